"""Alerts on their way: taken, tried again, given up."""

import pytest

from tests.cast import mails, opens, says
from tests.domain.alerts.rows import HOLD, states, told
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.guests import access
from ticket_portal.domain.tickets import messages

pytestmark = pytest.mark.usefixtures("confirmations_are_out")


def test_what_is_taken_is_nobody_elses_for_a_while_and_then_again(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [first] = outbox.take_due(work)
    assert outbox.take_due(work) == []

    clock.advance(seconds=outbox.LEASE.total_seconds())
    [again] = outbox.take_due(work)
    assert (again.key, again.seq, again.attempt) == (first.key, first.seq, first.attempt + 1)


def test_a_second_try_sends_the_same_link(work, clock, linh, guest_ticket):
    messages.reply(work, linh, guest_ticket.number, says("Hello"))
    clock.advance(seconds=HOLD)
    [first] = outbox.take_due(work)
    outbox.failed(work, first, "450 try later")
    clock.advance(minutes=1)
    [again] = outbox.take_due(work)
    assert (again.guest_token, again.key, again.at) == (first.guest_token, first.key, first.at)


def test_a_failed_try_comes_again_less_and_less_often_and_not_for_ever(work, clock, ana, settings):
    opens(work, ana)
    begun, pauses = clock.now, []
    while due := outbox.next_due_at(work):
        pauses.append((due - clock.now).total_seconds())
        work.now = max(work.now, due)
        [taken] = outbox.take_due(work)
        outbox.failed(work, taken, "connection refused")
    assert pauses[:4] == [0, 5, 10, 20]
    assert pauses == sorted(pauses)
    span = (clock.now - begun).total_seconds()
    assert settings.alert_give_up_seconds <= span <= settings.alert_give_up_seconds * 1.1
    assert states(work, "confirmation") == ["failed"]


def test_what_the_carrier_refuses_for_good_is_not_tried_again(work, clock, ana):
    opens(work, ana)
    [taken] = outbox.take_due(work)
    outbox.failed(work, taken, "550 no such user", for_good=True)
    clock.advance(days=2)
    assert told(work) == []
    assert states(work, "confirmation") == ["failed"]


def test_while_the_carrier_is_down_news_gather_behind_the_first(work, clock, linh, ticket):
    for n in range(3):
        messages.reply(work, linh, ticket.number, says(f"{n}"))
        clock.advance(seconds=HOLD)
        for taken in outbox.take_due(work):
            outbox.failed(work, taken, "connection refused")
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


def test_a_code_that_could_not_leave_in_time_does_not_leave(work, clock, guest_ticket):
    link = access.new_link(work, guest_ticket)
    access.send_code(work, link, "browser", "192.0.2.7", "en")
    clock.advance(minutes=10)
    assert told(work) == []
