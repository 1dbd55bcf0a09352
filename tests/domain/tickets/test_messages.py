"""Messages: replies, notes and requests for details, each once, and what they do to the ticket."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlmodel import func, select

from tests.cast import opens, reads, says, sees
from ticket_portal.domain.errors import (
    CannotReopen,
    NotFound,
    TicketMerged,
    TooFast,
)
from ticket_portal.domain.tickets import conversation, messages, tickets
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.store.tables import Alert, Event, Message, Ticket


def test_a_reply_is_read_by_both_sides(work, ana, linh, ticket):
    messages.reply(work, linh, ticket.number, says("Try again now."))
    messages.reply(work, ana, ticket.number, says("It works!"))

    assert reads(work, ana, ticket.number) == ["Since Monday.", "Try again now.", "It works!"]
    assert reads(work, linh, ticket.number) == ["Since Monday.", "Try again now.", "It works!"]
    assert [m.mine for m in sees(work, ana, ticket.number)] == [True, False, True]
    assert [m.mine for m in sees(work, linh, ticket.number)] == [False, True, False]


def test_an_internal_note_is_for_the_team_only(work, ana, linh, admin, ticket):
    messages.note(work, linh, ticket.number, says("Called twice already."))

    assert reads(work, admin, ticket.number)[-1] == "Called twice already."
    assert "Called twice already." not in str(conversation.thread(work, ticket.id, team=False))
    assert "Called twice already." not in str(conversation.earlier(work, ana, ticket.number, 99))
    assert "Called twice already." in str(conversation.earlier(work, linh, ticket.number, 99))


def test_an_internal_note_leaves_no_trace_on_the_customers_side(work, clock, ana, linh, ticket):
    before = conversation.thread(work, ticket.id, team=False), tickets.mine(work, ana)
    clock.advance(minutes=5)
    messages.note(work, linh, ticket.number, says("Looks like fraud."))
    tickets.assign_to_me(work, linh, ticket.number)

    assert (conversation.thread(work, ticket.id, team=False), tickets.mine(work, ana)) == before
    assert ticket.status == "new"
    assert [a.kind for a in work.session.exec(select(Alert)).all()] == ["confirmation"]


def test_the_team_may_note_in_a_ticket_that_is_long_closed(work, clock, ana, linh, ticket):
    tickets.resolve(work, linh, ticket.number)
    tickets.confirm_solved(work, ana, ticket.number)
    clock.advance(days=400)
    messages.note(work, linh, ticket.number, says("For the record."))
    assert ticket.status == "closed"


def test_the_writers_own_id_is_for_the_writer_only(work, ana, linh, ticket):
    own = str(uuid4())
    messages.reply(work, ana, ticket.number, says("Hello", own))

    assert sees(work, ana, ticket.number)[-1].key == own
    assert sees(work, linh, ticket.number)[-1].key == ""


def test_a_guests_messages_are_the_guests_own(work, minh, linh, guest_ticket):
    messages.reply(work, minh, guest_ticket.number, says("Hello"))
    assert [m.mine for m in sees(work, minh, guest_ticket.number)] == [True, True]
    assert [m.mine for m in sees(work, linh, guest_ticket.number)] == [False, False]
    assert [m.author for m in sees(work, linh, guest_ticket.number)] == ["Minh", "Minh"]


# Sent again: a double click, a retry, a reconnect.
def test_the_same_reply_again_is_the_same_message(work, clock, ana, ticket):
    form = says("Once.")
    first = messages.reply(work, ana, ticket.number, form)
    clock.advance(hours=3)

    assert messages.reply(work, ana, ticket.number, form) == first
    assert reads(work, ana, ticket.number).count("Once.") == 1


def test_a_repeated_reply_is_confirmed_even_where_a_new_one_would_be_refused(work, settings, ana, ticket):
    settings.limit_messages_per_10_minutes = 1
    form = says("Once.")
    first = messages.reply(work, ana, ticket.number, form)

    with pytest.raises(TooFast):
        messages.reply(work, ana, ticket.number, says("Twice."))
    assert messages.reply(work, ana, ticket.number, form) == first


def test_somebody_elses_id_is_refused_and_tells_nothing(work, ana, linh, ticket):
    form = says("Mine.")
    messages.reply(work, ana, ticket.number, form)
    for act in (messages.reply, messages.note, messages.request_details):
        with pytest.raises(NotFound):
            act(work, linh, ticket.number, form)
    assert reads(work, linh, ticket.number).count("Mine.") == 1


def test_one_id_in_two_tickets_is_two_messages(work, ana, ticket):
    form = says("Any news?")
    other = opens(work, ana)
    first, second = (messages.reply(work, ana, n, form) for n in (ticket.number, other.number))
    assert first.id != second.id


def test_the_same_reply_from_two_threads_at_once_is_posted_once(store, ana):
    number = store.write(opens, ana).number
    form = says("Double click.")
    with ThreadPoolExecutor(8) as pool:
        posted = list(pool.map(lambda _: store.write(messages.reply, ana, number, form).id, range(16)))

    assert len(set(posted)) == 1
    assert store.read(reads, ana, number) == ["Since Monday.", "Double click."]


def test_the_first_message_sent_again_as_a_reply_is_the_first_message(work, ana):
    ticket = opens(work, ana)
    form = MessageForm("Since Monday.", ticket.client_id)
    assert messages.reply(work, ana, ticket.number, form).seq == 1


def test_replies_at_once_get_numbers_without_gaps_or_doubles(store, settings, ana, linh):
    settings.limit_messages_per_10_minutes = 100
    number = store.write(opens, ana).number

    def write(n: int) -> int:
        return store.write(messages.reply, (ana, linh)[n % 2], number, says(f"Reply {n}")).seq

    with ThreadPoolExecutor(8) as pool:
        seqs = list(pool.map(write, range(24)))

    assert sorted(seqs) == list(range(2, 26))
    assert store.read(lambda work: work.session.exec(select(Ticket)).one().last_seq) == 25
    assert [m.seq for m in store.read(sees, ana, number)] == list(range(1, 26))


def test_a_refused_reply_leaves_nothing(store, ana, budi):
    number = store.write(opens, ana).number
    counted = store.read(_count_rows)
    with pytest.raises(NotFound):
        store.write(messages.reply, budi, number, says("Let me in."))
    assert store.read(_count_rows) == counted


def _count_rows(work) -> list[int]:
    return [
        work.session.exec(select(func.count()).select_from(table)).one() for table in (Message, Event, Alert)
    ]


def test_nobody_writes_faster_than_a_person(work, clock, settings, ana, linh, ticket):
    settings.limit_messages_per_10_minutes = 3
    for n in range(3):
        messages.reply(work, ana, ticket.number, says(f"{n}"))
    with pytest.raises(TooFast) as refused:
        messages.reply(work, ana, ticket.number, says("4"))
    messages.reply(work, linh, ticket.number, says("The team is not counted."))

    work.now = refused.value.values["until"]
    messages.reply(work, ana, ticket.number, says("4"))


# What a reply does to the ticket.
@pytest.mark.parametrize(
    ("before", "after_team", "after_customer"),
    [
        ("new", "open", "new"),
        ("open", "open", "open"),
        ("waiting_customer", "waiting_customer", "open"),
        ("on_hold", "on_hold", "open"),
        ("resolved", "resolved", "open"),
        ("closed", "open", "open"),
    ],
)
def test_what_a_reply_does_to_the_state(work, ana, linh, before, after_team, after_customer):
    for viewer, after in ((linh, after_team), (ana, after_customer)):
        ticket = opens(work, ana)
        tickets.move(work, ticket, before)
        messages.reply(work, viewer, ticket.number, says("Hello"))
        assert ticket.status == after
        reopened = "reopened" in [m.event for m in sees(work, ana, ticket.number)]
        assert reopened == (before == "closed" or (before == "resolved" and viewer is ana))


def test_a_joined_ticket_takes_nothing_any_more(work, ana, linh, ticket):
    tickets.move(work, ticket, "merged")
    for viewer, act in (
        (ana, messages.reply),
        (linh, messages.reply),
        (linh, messages.request_details),
    ):
        with pytest.raises(TicketMerged):
            act(work, viewer, ticket.number, says("Hello"))
    with pytest.raises(TicketMerged):
        tickets.resolve(work, linh, ticket.number)


def test_a_closed_ticket_can_be_reopened_for_fourteen_days_to_the_second(work, clock, ana, linh):
    for viewer in (ana, linh):
        ticket = opens(work, ana)
        tickets.move(work, ticket, "closed")
        assert conversation.thread(work, ticket.id, team=False).can_reopen
        clock.advance(days=14, seconds=-1)
        assert conversation.thread(work, ticket.id, team=False).can_reopen
        messages.reply(work, viewer, ticket.number, says("Again."))
        assert (ticket.status, ticket.closed_at) == ("open", None)

        tickets.move(work, ticket, "closed")
        clock.advance(days=14)
        assert not conversation.thread(work, ticket.id, team=False).can_reopen
        with pytest.raises(CannotReopen):
            messages.reply(work, viewer, ticket.number, says("Again."))
        assert ticket.status == "closed"


def test_a_request_for_details_makes_it_the_customers_turn(work, clock, ana, linh, ticket):
    messages.request_details(work, linh, ticket.number, says("Which network?"))
    assert (ticket.status, ticket.turn_rank) == ("waiting_customer", 0)
    assert sees(work, ana, ticket.number)[-1].kind == "details"

    tickets.move(work, ticket, "closed")
    clock.advance(days=14)
    with pytest.raises(CannotReopen):
        messages.request_details(work, linh, ticket.number, says("Which network?"))
