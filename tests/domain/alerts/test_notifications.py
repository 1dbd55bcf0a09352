"""Alerts: who is told of what."""

import pytest
from sqlmodel import select

from tests.cast import mails, opens, says
from tests.domain.alerts.rows import GATHER, HOLD, told
from ticket_portal.domain.guests import page
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.store.tables import Alert

pytestmark = pytest.mark.usefixtures("confirmations_are_out")


def test_a_confirmation_leaves_at_once_with_a_link_for_a_guest_only(work, ana, minh):
    of_ana, of_minh = opens(work, ana), opens(work, minh)
    first, second = mails(work)
    assert (first.kind, first.address, first.number, first.language) == (
        "confirmation", ana.address, of_ana.number, "es",
    )  # fmt: skip
    assert first.guest_token == ""
    assert (second.kind, second.address, second.language) == ("confirmation", minh.address, "vi")
    assert page.arrive(work, second.guest_token, "").number == of_minh.number


def test_each_public_act_of_the_team_is_told(work, clock, linh, ana):
    acts = {
        "reply": lambda n: messages.reply(work, linh, n, says("Hello")),
        "details_requested": lambda n: messages.request_details(work, linh, n, says("Which?")),
        "resolved": lambda n: tickets.resolve(work, linh, n),
    }
    for kind, act in acts.items():
        ticket = opens(work, ana)
        mails(work)
        act(ticket.number)
        clock.advance(seconds=HOLD)
        [mail] = mails(work)
        assert (mail.kind, mail.address, mail.number) == (kind, ana.address, ticket.number)


def test_nobody_is_told_of_what_they_did_or_of_what_stays_inside(work, clock, linh, ana, ticket):
    messages.note(work, linh, ticket.number, says("Looks like fraud."))
    tickets.assign_to_me(work, linh, ticket.number)
    messages.reply(work, ana, ticket.number, says("Hello?"))
    assert work.session.exec(select(Alert).where(Alert.state == "waiting")).all() == []

    tickets.resolve(work, linh, ticket.number)
    clock.advance(seconds=HOLD)
    assert told(work) == ["resolved"]
    tickets.still_need_help(work, ana, ticket.number)
    tickets.resolve(work, linh, ticket.number)
    clock.advance(seconds=GATHER)
    assert told(work) == ["resolved"]
    tickets.confirm_solved(work, ana, ticket.number)
    messages.reply(work, ana, ticket.number, says("It came back."))
    clock.advance(days=1)
    assert told(work) == []


def test_what_leaves_holds_nothing_of_what_was_written(work, clock, linh, guest_ticket):
    messages.reply(work, linh, guest_ticket.number, says("The secret answer."))
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    for secret in ("secret answer", "Linh", guest_ticket.subject, "Monday", "Minh"):
        assert secret not in str(mail)


def test_the_mail_speaks_the_language_of_its_reader(work, clock, linh, budi, minh):
    for viewer in (budi, minh):
        messages.reply(work, linh, opens(work, viewer).number, says("Hello"))
    mails(work)
    clock.advance(seconds=HOLD)
    assert [(m.language, m.time_zone) for m in mails(work)] == [("id", "Asia/Jakarta"), ("vi", "UTC")]


def test_a_refused_or_repeated_reply_tells_nobody_twice(work, clock, linh, ticket):
    form = says("Hello")
    messages.reply(work, linh, ticket.number, form)
    messages.reply(work, linh, ticket.number, form)
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"]
    messages.reply(work, linh, ticket.number, form)
    clock.advance(days=1)
    assert told(work) == []


def test_every_alert_has_a_key_of_its_own(work, clock, linh, ana, budi):
    for viewer in (ana, budi):
        ticket = opens(work, viewer)
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(minutes=1)
    keys = [m.key for m in mails(work)]
    assert len(set(keys)) == 4
    assert not any("@" in key or "ana" in key for key in keys)
