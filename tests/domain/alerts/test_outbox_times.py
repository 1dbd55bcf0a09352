"""When an alert leaves: held, gathered, dropped."""

import pytest

from tests.cast import mails, opens, says
from tests.domain.alerts.rows import GATHER, HOLD, seconds, states, told
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.tickets import conversation, messages, tickets

pytestmark = pytest.mark.usefixtures("confirmations_are_out")


def test_a_mail_is_held_for_twenty_seconds(work, clock, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert outbox.next_due_at(work) == clock.now + seconds(HOLD)
    clock.advance(seconds=HOLD - 1)
    assert told(work) == []
    clock.advance(seconds=1)
    assert told(work) == ["reply"]


def test_what_was_read_by_then_is_not_mailed(work, clock, ana, linh, ticket):
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    conversation.seen(work, ana, ticket.number, reply.seq)
    clock.advance(seconds=HOLD)
    assert told(work) == []
    assert states(work, "reply") == ["dropped"]


def test_what_the_team_read_is_mailed_all_the_same(work, clock, linh, admin, ticket):
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    conversation.seen(work, admin, ticket.number, reply.seq)
    clock.advance(seconds=HOLD)
    assert told(work) == ["reply"]


def test_having_read_the_first_of_two_drops_only_the_first(work, clock, ana, linh, ticket):
    first = messages.reply(work, linh, ticket.number, says("One"))
    second = messages.reply(work, linh, ticket.number, says("Two"))
    conversation.seen(work, ana, ticket.number, first.seq)
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
