"""Alerts: who is told of what, and what becomes of it on its way."""

import pytest
from sqlmodel import select

from tests.cast import mails, opens, says
from tests.domain.alerts import GATHER, HOLD, states, told
from ticket_portal.domain import guests, messages, notifications, tickets
from ticket_portal.store.tables import Alert

pytestmark = pytest.mark.usefixtures("confirmations_are_out")


# Who is told of what.
def test_a_confirmation_leaves_at_once_with_a_link_for_a_guest_only(work, ana, minh):
    of_ana, of_minh = opens(work, ana), opens(work, minh)
    first, second = mails(work)
    assert (first.kind, first.address, first.number, first.language) == (
        "confirmation", ana.address, of_ana.number, "es",
    )  # fmt: skip
    assert first.guest_token == ""
    assert (second.kind, second.address, second.language) == ("confirmation", minh.address, "vi")
    assert guests.look(work, second.guest_token, "").number == of_minh.number


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


# On its way.
def test_what_is_taken_is_nobody_elses_for_a_while_and_then_again(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [first] = notifications.take_due(work)
    assert notifications.take_due(work) == []

    clock.advance(seconds=notifications.LEASE.total_seconds())
    [again] = notifications.take_due(work)
    assert (again.key, again.seq, again.attempt) == (first.key, first.seq, first.attempt + 1)


def test_a_second_try_sends_the_same_link(work, clock, linh, guest_ticket):
    messages.reply(work, linh, guest_ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [first] = notifications.take_due(work)
    notifications.failed(work, first, "450 try later")
    clock.advance(minutes=1)
    [again] = notifications.take_due(work)
    assert (again.guest_token, again.key, again.at) == (first.guest_token, first.key, first.at)


def test_a_failed_try_comes_again_less_and_less_often_and_not_for_ever(work, clock, ana, settings):
    opens(work, ana)
    begun, pauses = clock.now, []
    while due := notifications.next_due_at(work):
        pauses.append((due - clock.now).total_seconds())
        work.now = max(work.now, due)
        [taken] = notifications.take_due(work)
        notifications.failed(work, taken, "connection refused")
    assert pauses[:4] == [0, 5, 10, 20]
    assert pauses == sorted(pauses)
    span = (clock.now - begun).total_seconds()
    assert settings.alert_give_up_seconds <= span <= settings.alert_give_up_seconds * 1.1
    assert states(work, "confirmation") == ["failed"]


def test_what_the_carrier_refuses_for_good_is_not_tried_again(work, clock, ana):
    opens(work, ana)
    [taken] = notifications.take_due(work)
    notifications.failed(work, taken, "550 no such user", for_good=True)
    clock.advance(days=2)
    assert told(work) == []
    assert states(work, "confirmation") == ["failed"]


def test_while_the_carrier_is_down_news_gather_behind_the_first(work, clock, linh, ticket):
    for n in range(3):
        messages.reply(work, linh, ticket.number, says(f"{n}"))
        clock.advance(seconds=HOLD)
        for taken in notifications.take_due(work):
            notifications.failed(work, taken, "connection refused")
    left = []
    for _ in range(30):
        clock.advance(seconds=30)
        left += mails(work)
    assert [m.kind for m in left] == ["reply", "reply"]
    assert left[0].seq < left[1].seq


def test_a_mail_knows_the_ones_before_it_at_most_nine(work, clock, linh, ticket):
    for _ in range(12):
        messages.reply(work, linh, ticket.number, says("Hello"))
        clock.advance(minutes=5)
        [mail] = mails(work)
    assert len(mail.earlier_seqs) == 9
    assert mail.earlier_seqs == sorted(mail.earlier_seqs)
    assert mail.seq > max(mail.earlier_seqs)


def test_every_alert_has_a_key_of_its_own(work, clock, linh, ana, budi):
    for viewer in (ana, budi):
        ticket = opens(work, viewer)
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(minutes=1)
    keys = [m.key for m in mails(work)]
    assert len(set(keys)) == 4
    assert not any("@" in key or "ana" in key for key in keys)


def test_a_code_that_could_not_leave_in_time_does_not_leave(work, clock, guest_ticket):
    link = guests.new_link(work, guest_ticket)
    guests.send_code(work, link, "browser", "192.0.2.7", "en")
    clock.advance(minutes=10)
    assert told(work) == []
