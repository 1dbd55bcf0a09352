"""The conversation as each side sees it: what was read, and one window after the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import opens, says
from ticket_portal.domain.errors import (
    NotFound,
)
from ticket_portal.domain.tickets import conversation, messages, queue, tickets
from ticket_portal.domain.tickets.conversation import WINDOW


# What was read.
def test_a_reply_is_unread_until_it_is_seen(work, ana, budi, linh, ticket):
    def unread() -> bool:
        return tickets.mine(work, ana).rows[0].unread

    assert not unread()
    reply = messages.reply(work, linh, ticket.number, says("Hello"))
    assert unread()
    conversation.seen(work, ana, ticket.number, reply.seq - 1)
    assert unread()
    conversation.seen(work, ana, ticket.number, reply.seq)
    assert not unread()
    conversation.seen(work, ana, ticket.number, 1)
    assert not unread(), "reading the beginning again takes nothing back"


def test_nobody_reads_ahead(work, ana, linh, ticket):
    for seq in (10**30, -(10**30)):
        conversation.seen(work, ana, ticket.number, seq)
    messages.reply(work, linh, ticket.number, says("Hello"))
    assert tickets.mine(work, ana).rows[0].unread


def test_the_team_reads_as_one_and_the_customer_sees_how_far(work, ana, linh, admin, ticket):
    reply = messages.reply(work, ana, ticket.number, says("Anybody there?"))
    assert queue.page(work, admin).rows[0].unread
    conversation.seen(work, linh, ticket.number, reply.seq)

    assert not queue.page(work, admin).rows[0].unread
    assert conversation.thread(work, ticket.id, team=False).seen_by_team_seq == reply.seq


def test_two_first_readings_at_once_are_one(store, ana):
    number = store.write(opens, ana).number
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.write(conversation.seen, ana, number, 1), range(16)))


# What was just posted.
@pytest.mark.parametrize("act", [messages.reply, messages.note])
@pytest.mark.parametrize("who", ["ana", "linh", "minh"])
def test_its_writer_sees_it_as_everybody_who_reads_it_again(work, request, act, who, ticket, guest_ticket):
    writer = request.getfixturevalue(who)
    if act is messages.note and not writer.of_team:
        return
    number = guest_ticket.number if who == "minh" else ticket.number
    posted = act(work, writer, number, says("See <b>https://example.com</b>"))
    newest = conversation.thread(work, posted.ticket_id, team=writer.of_team)
    assert [conversation.posted(posted)] == conversation.views(newest.entries, writer)[-1:]


# The conversation in windows.
def test_a_long_conversation_comes_in_windows_without_gaps(work, ana, linh, ticket):
    for n in range(WINDOW * 2 + 5):
        act = messages.note if n % 3 == 0 else messages.reply
        act(work, linh, ticket.number, says(f"n{n}"))

    for viewer in (ana, linh):
        newest = conversation.thread(work, ticket.id, team=viewer.of_team)
        everything, more = conversation.views(newest.entries, viewer), newest.has_earlier
        assert len(everything) == WINDOW
        while more:
            older, more = conversation.earlier(work, viewer, ticket.number, everything[0].seq)
            everything = older + everything
        seqs = [m.seq for m in everything]
        assert seqs == sorted(set(seqs))
        notes = [m for m in everything if m.kind == "note"]
        assert (len(notes) > 0) == viewer.of_team
        expected = [n for n in range(WINDOW * 2 + 5) if n % 3 or viewer.of_team]
        assert [m.html for m in everything[1:]] == [f"n{n}" for n in expected]


@pytest.mark.parametrize("size", [WINDOW - 1, WINDOW, WINDOW + 1])
def test_the_edge_of_a_window(work, linh, ticket, size):
    for n in range(size - 1):  # the first message is there already
        messages.reply(work, linh, ticket.number, says(f"{n}"))
    thread = conversation.thread(work, ticket.id, team=True)
    assert thread.has_earlier == (size > WINDOW)
    assert len(thread.entries) == min(size, WINDOW)
    earlier, more = conversation.earlier(work, linh, ticket.number, thread.entries[0].view.seq)
    assert (len(earlier), more) == (max(0, size - WINDOW), False)


@pytest.mark.parametrize("before", [0, -1, -(10**30), 1])
def test_before_the_beginning_there_is_nothing(work, ana, ticket, before):
    assert conversation.earlier(work, ana, ticket.number, before) == ([], False)


def test_a_number_from_a_hostile_browser_is_only_a_number(work, ana, ticket):
    assert [m.html for m in conversation.earlier(work, ana, ticket.number, 10**30)[0]] == ["Since Monday."]


def test_a_ticket_that_is_not_there_has_no_conversation(work):
    with pytest.raises(NotFound):
        conversation.thread(work, 999_999, team=True)
