"""Alerts: who is told of what, when it leaves, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.cast import mails, opens, reads, says
from ticket_portal.domain import guests, messages, notifications, tickets
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.store.tables import Alert

HOLD = 20
GATHER = 120


@pytest.fixture(autouse=True)
def _confirmations_are_out(request):
    """What a test opens is confirmed at once; these tests are about what comes after."""
    for name in ("ticket", "guest_ticket"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
            mails(request.getfixturevalue("work"))


def told(work) -> list[str]:
    """The kinds of the mails that leave now."""
    return [m.kind for m in mails(work)]


def states(work, kind: str) -> list[str]:
    """What became of the alerts of a kind, oldest first."""
    work.session.flush()
    work.session.expire_all()
    query = select(Alert.state).where(Alert.kind == kind).order_by(col(Alert.id))
    return list(work.session.exec(query).all())


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


# When it leaves: held, gathered, dropped.


def test_a_mail_is_held_for_twenty_seconds(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert notifications.next_due_at(work) == clock.now + _seconds(HOLD)
    clock.advance(seconds=HOLD - 1)
    assert told(work) == []
    clock.advance(seconds=1)
    assert told(work) == ["reply"]


def test_what_was_read_by_then_is_not_mailed(work, clock, ana, linh, ticket):
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    messages.seen(work, ana, ticket.number, reply.seq)
    clock.advance(seconds=HOLD)
    assert told(work) == []
    assert states(work, "reply") == ["dropped"]


def test_what_the_team_read_is_mailed_all_the_same(work, clock, linh, admin, ticket):
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    messages.seen(work, admin, ticket.number, reply.seq)
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"]


def test_having_read_the_first_of_two_drops_only_the_first(work, clock, ana, linh, ticket):
    first = messages.reply(work, linh, ticket.number, says("One"))
    second = messages.reply(work, linh, ticket.number, says("Two"))
    messages.seen(work, ana, ticket.number, first.seq)
    clock.advance(seconds=HOLD)
    assert [m.seq for m in mails(work)] == [second.seq]
    assert states(work, "reply") == ["dropped", "sent"]


def test_what_happens_during_the_hold_leaves_as_one_mail(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("One"))
    clock.advance(seconds=HOLD - 1)
    messages.reply(work, linh, ticket.number, says("Two"))
    clock.advance(seconds=1)
    assert told(work) == ["reply"]
    assert states(work, "reply") == ["gathered", "sent"]
    clock.advance(days=1)
    assert told(work) == []


def test_what_follows_within_two_minutes_is_gathered_at_their_end(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("One"))
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"]
    for _ in range(3):
        clock.advance(seconds=30)
        messages.reply(work, linh, ticket.number, says("More"))
    clock.advance(seconds=29)
    assert told(work) == []
    clock.advance(seconds=1)
    assert told(work) == ["reply"]
    clock.advance(days=1)
    assert told(work) == []


def test_what_comes_at_the_very_end_of_the_two_minutes_is_still_held(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("One"))
    clock.advance(seconds=HOLD)
    mails(work)
    clock.advance(seconds=GATHER - 1)
    messages.reply(work, linh, ticket.number, says("Two"))
    clock.advance(seconds=HOLD - 1)
    assert told(work) == []
    clock.advance(seconds=1)
    assert told(work) == ["reply"]


def _reply(work, linh, number):
    messages.reply(work, linh, number, says("Hello"))


def _details(work, linh, number):
    messages.request_details(work, linh, number, says("Which?"))


def _resolve(work, linh, number):
    tickets.resolve(work, linh, number)


@pytest.mark.parametrize(
    ("acts", "named"),
    [
        ((_reply, _resolve), "resolved"),
        ((_resolve, _reply), "resolved"),
        ((_reply, _details), "details_requested"),
        ((_details, _reply), "details_requested"),
        ((_details, _resolve), "details_requested"),
        ((_resolve, _details, _reply), "details_requested"),
        ((_reply, _reply, _reply), "reply"),
    ],
)
@pytest.mark.parametrize("when", ["held", "gathered", "overdue"])
def test_one_mail_named_by_the_most_demanding(work, clock, linh, ticket, acts, named, when):
    """Also when all are overdue and come in one batch: the leading one must not leave a second time."""
    if when == "gathered":
        _reply(work, linh, ticket.number)
        clock.advance(seconds=HOLD)
        mails(work)
    for act in acts:
        act(work, linh, ticket.number)
        clock.advance(seconds=1)
    clock.advance(seconds={"held": HOLD, "gathered": GATHER, "overdue": 3600}[when])

    assert told(work) == [named]
    assert told(work) == []
    clock.advance(days=1)
    assert told(work) == []


def test_confirmations_codes_and_security_are_never_held_and_start_no_gathering(work, clock, ana, linh):
    ticket = opens(work, ana)
    assert told(work) == ["confirmation"]
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"], "held, but not until two minutes after the confirmation"


def test_each_ticket_and_reader_is_gathered_alone(work, clock, ana, budi, linh):
    opened = [opens(work, viewer) for viewer in (ana, ana, budi)]
    mails(work)
    for ticket in opened:
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert sorted(m.number for m in mails(work)) == sorted(t.number for t in opened)


# Muting.


def test_a_muted_ticket_is_quiet_for_that_address_only(work, clock, ana, budi, linh):
    quiet, loud = opens(work, ana), opens(work, budi)
    mails(work)
    for _ in range(2):
        notifications.mute(work, quiet.id, ana.address)
    for ticket in (quiet, loud):
        messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert [m.number for m in mails(work)] == [loud.number]
    assert "Hello" in reads(work, ana, quiet.number)

    notifications.unmute(work, quiet.id, ana.address)
    messages.reply(work, linh, quiet.number, says("Hello"))
    clock.advance(seconds=HOLD)
    assert [m.number for m in mails(work)] == [quiet.number]


def test_muting_during_the_hold_is_in_time(work, clock, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    notifications.mute(work, ticket.id, ana.address)
    clock.advance(seconds=HOLD)
    assert told(work) == []
    assert states(work, "reply") == ["dropped"]


def test_the_link_in_an_alert_mutes_its_ticket_and_needs_no_more_proof(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [mail] = mails(work)
    assert not notifications.look_at_muting(work, mail.mute_token).muted
    notifications.mute_by_link(work, mail.mute_token)
    assert notifications.look_at_muting(work, mail.mute_token).muted
    notifications.unmute_by_link(work, mail.mute_token)
    assert not notifications.look_at_muting(work, mail.mute_token).muted


def test_a_mute_link_for_another_ticket_cannot_be_made_up(work, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    work.now += _seconds(HOLD)
    [mail] = mails(work)
    signed = mail.mute_token.partition("-")[2]
    other = opens(work, ana)
    for token in (
        "", "-", "x", f"{other.id}-{signed}", f"{ticket.id}-", f"{ticket.id}-{signed}0", f"-{signed}",
        f"{10**14}-{signed}", f"{2**31}-{signed}", f"{10**30}-{signed}", f"²-{signed}", f"{ticket.id}-\ud800",
    ):  # fmt: skip
        for act in (notifications.look_at_muting, notifications.mute_by_link, notifications.unmute_by_link):
            with pytest.raises(LinkInvalid):
                act(work, token)


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


def _seconds(n: int):
    return timedelta(seconds=n)
