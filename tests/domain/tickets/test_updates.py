"""What is unread, what a customer was told of, and who may know."""

import pytest
from sqlmodel import col, select

from tests.cast import MINH, mails, opens, says
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.guests import claims, disown
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, messages, muting, resolution, tickets, updates
from ticket_portal.store.tables import Reading, TicketUpdate

HOLD = 20


def told(work, viewer: Viewer) -> list[tuple[str, int, bool]]:
    """The entries of the first page: kind, number, whether it is unread."""
    work.session.flush()
    return [(row.kind, row.number, row.unread) for row in updates.mine(work, viewer).rows]


# Counting.


def test_tickets_are_counted_not_messages_and_only_ones_own(work, ana, budi, linh):
    mine, other, his = opens(work, ana), opens(work, ana), opens(work, budi)
    assert [updates.unread(work, viewer) for viewer in (ana, budi)] == [0, 0]
    for ticket in (mine, mine, other, his):
        messages.reply(work, linh, ticket.number, says("Hello"))
    assert [updates.unread(work, viewer) for viewer in (ana, budi)] == [2, 1]
    assert [updates.unread(work, viewer) for viewer in (linh, NOBODY)] == [0, 0]


def test_what_they_read_wrote_or_must_not_see_is_not_counted(work, ana, linh, admin, ticket):
    messages.reply(work, ana, ticket.number, says("Hello?"))
    messages.note(work, linh, ticket.number, says("Looks like fraud."))
    tickets.assign_to_me(work, linh, ticket.number)
    assert updates.unread(work, ana) == 0

    first = messages.reply(work, linh, ticket.number, says("Hello"))
    conversation.seen(work, admin, ticket.number, first.seq)  # the team's own reading
    assert updates.unread(work, ana) == 1
    conversation.seen(work, ana, ticket.number, first.seq)
    assert updates.unread(work, ana) == 0
    tickets.resolve(work, linh, ticket.number)
    conversation.seen(work, ana, ticket.number, first.seq)  # a tab that knows less comes later
    assert updates.unread(work, ana) == 1


def test_a_guest_counts_the_tickets_of_the_address_they_proved(work, clock, minh, linh, guest_ticket):
    messages.reply(work, linh, guest_ticket.number, says("Hello"))
    stranger = Viewer(role="guest", address="stranger@example.com")
    assert [updates.unread(work, viewer) for viewer in (minh, stranger)] == [1, 0]

    clock.advance(seconds=HOLD)
    [mail] = [m for m in mails(work) if m.kind == "reply"]
    disown.lock(work, mail.lock_token)
    assert updates.unread(work, minh) == 0


def test_what_was_joined_with_another_ticket_is_read_there(work, ana, linh):
    ticket, other = opens(work, ana), opens(work, ana)
    messages.reply(work, linh, ticket.number, says("Hello"))
    resolution.merge(work, linh, ticket.number, other.number)
    assert updates.unread(work, ana) == 1
    conversation.seen(work, ana, other.number, other.last_seq)
    assert updates.unread(work, ana) == 0
    assert [row.unread for row in tickets.mine(work, ana).rows] == [False, False]


# The entries.


def test_every_alert_is_kept_the_newest_first(work, clock, ana, linh, ticket):
    messages.note(work, linh, ticket.number, says("Looks like fraud."))
    acts = {
        "reply": lambda: messages.reply(work, linh, ticket.number, says("Hello")),
        "details_requested": lambda: messages.request_details(work, linh, ticket.number, says("Which?")),
        "resolved": lambda: tickets.resolve(work, linh, ticket.number),
        "reopened": lambda: resolution.reopen(work, linh, ticket.number),
        "closed": lambda: resolution.close(work, linh, ticket.number),
    }
    for act in acts.values():
        clock.advance(minutes=1)
        act()
    assert told(work, ana) == [(kind, ticket.number, True) for kind in reversed(acts)]
    conversation.seen(work, ana, ticket.number, ticket.last_seq - 1)
    assert [unread for _kind, _number, unread in told(work, ana)] == [True, False, False, False, False]


def test_they_are_kept_whether_or_not_an_alert_left(work, ana, linh, ticket):
    muting.mute_address(work, ticket.id, ana.address)
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert told(work, ana) == [("reply", ticket.number, True)]
    assert updates.unread(work, ana) == 1


def test_they_are_their_owners_alone(work, ana, budi, linh, minh, ticket, guest_ticket):
    for one in (ticket, guest_ticket):
        messages.reply(work, linh, one.number, says("Hello"))
    assert told(work, ana) == [("reply", ticket.number, True)]
    assert told(work, budi) == []
    for nobody in (linh, minh, NOBODY):
        with pytest.raises(NotAllowed):
            updates.mine(work, nobody)
        with pytest.raises(NotAllowed):
            updates.read_all(work, nobody, 10**6)


def test_pages_follow_each_other_without_gap_or_double(work, clock, ana, linh, ticket):
    for n in range(updates.PAGE + 10):
        clock.advance(minutes=n % 2)  # some of them at the same moment
        messages.reply(work, linh, ticket.number, says("Hello"))
    first = updates.mine(work, ana)
    second = updates.mine(work, ana, first.after)
    ids = [row.id for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows), second.after) == (updates.PAGE, 10, "")
    assert ids == sorted(ids, reverse=True)
    for nonsense in ("x", "0~x~1", "0~2026-01-01T00:00:00+00:00~-1", "~~", "9" * 50):
        assert updates.mine(work, ana, nonsense).rows == first.rows


def test_after_ninety_days_they_are_gone(work, clock, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Hello"))
    clock.advance(days=89)
    updates.sweep(work)
    assert len(told(work, ana)) == 1
    clock.advance(days=2)
    assert told(work, ana) == []
    updates.sweep(work)
    assert work.session.exec(select(TicketUpdate)).all() == []
    assert updates.unread(work, ana) == 1  # what nobody read is unread for ever


def test_all_are_marked_as_read_but_not_what_came_meanwhile(work, ana, budi, linh):
    early, late, his = opens(work, ana), opens(work, ana), opens(work, budi)
    for ticket in (early, late, his):
        messages.reply(work, linh, ticket.number, says("Hello"))
    work.session.flush()
    newest = max(row.id for row in updates.mine(work, ana).rows)
    messages.reply(work, linh, late.number, says("And one more."))
    updates.read_all(work, ana, newest)
    assert [row.unread for row in tickets.mine(work, ana).rows if row.number == early.number] == [False]
    assert (updates.unread(work, ana), updates.unread(work, budi)) == (1, 1)

    updates.read_all(work, ana, 2**70)
    assert (updates.unread(work, ana), updates.unread(work, budi)) == (0, 1)
    reading = select(Reading.seq).where(Reading.reader == ana.reader).order_by(col(Reading.ticket_id))
    assert list(work.session.exec(reading).all()) == [early.last_seq, late.last_seq]


def test_what_was_marked_as_read_is_not_mailed(work, clock, ana, linh, ticket):
    mails(work)
    messages.reply(work, linh, ticket.number, says("Hello"))
    updates.read_all(work, ana, 2**31 - 1)
    clock.advance(seconds=HOLD)
    assert mails(work) == []


def test_a_guest_who_becomes_a_customer_finds_them_and_may_give_them_back(work, ana, linh):
    guest = Viewer(role="guest", address=ana.address, name="Ana")
    ticket = opens(work, guest)
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert told(work, ana) == []
    scope = codes.CodeScope(claims.PURPOSE, ana.address, "browser")
    codes.send(work, scope, "en")
    [code] = [m.secret["code"] for m in mails(work) if m.kind == "code"]
    assert claims.verify(work, ana, "browser", "", code) is None
    assert told(work, ana) == [("reply", ticket.number, True)]
    assert updates.unread(work, ana) == 1
    claims.undo(work, ana)
    assert told(work, ana) == []
    assert (updates.unread(work, ana), updates.unread(work, guest)) == (0, 1)


def test_reading_tells_every_list_and_counts_at_once(store, ana, linh):
    ticket = store.write(lambda work: opens(work, ana))
    reply = store.write(messages.reply, linh, ticket.number, says("Hello"))
    assert store.read(updates.unread, ana) == 1
    heard: list[set[str]] = []
    store.listeners.append(heard.append)
    store.write(conversation.seen, ana, ticket.number, reply.seq)
    assert heard == [{f"list:{ana.account_id}"}]
    assert store.read(updates.unread, ana) == 0
    assert store.read(updates.unread, MINH) == 0
