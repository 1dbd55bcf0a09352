"""Tickets: every way from state to state."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.cast import opens, says
from ticket_portal.domain.errors import (
    NotAllowed,
    TicketMerged,
)
from ticket_portal.domain.tickets import conversation, messages, tickets
from ticket_portal.store.tables import Event, Ticket

STATES = ("new", "open", "waiting_customer", "on_hold", "resolved", "closed", "merged")


def _acts(work, ana, linh):
    return {
        "resolve": lambda n: tickets.resolve(work, linh, n),
        "confirm": lambda n: tickets.confirm_solved(work, ana, n),
        "still need help": lambda n: tickets.still_need_help(work, ana, n),
        "assign": lambda n: tickets.assign_to_me(work, linh, n),
        "note": lambda n: messages.note(work, linh, n, says("Note")),
        "details": lambda n: messages.request_details(work, linh, n, says("Which?")),
    }


EXPECTED = {
    "resolve": dict.fromkeys(STATES, "resolved") | {"closed": "closed", "merged": TicketMerged},
    "confirm": {s: s for s in STATES} | {"resolved": "closed"},
    "still need help": {s: s for s in STATES} | {"resolved": "open"},
    "assign": {s: s for s in STATES},
    "note": {s: s for s in STATES},
    "details": dict.fromkeys(STATES, "waiting_customer") | {"merged": TicketMerged},
}


@pytest.mark.parametrize("act", EXPECTED)
@pytest.mark.parametrize("state", STATES)
def test_each_act_in_each_state_and_its_trace_in_the_log(work, ana, linh, ticket, state, act):
    tickets.move(work, ticket, state)
    before, expected = ticket.last_seq, EXPECTED[act][state]
    if isinstance(expected, str):
        _acts(work, ana, linh)[act](ticket.number)
        assert ticket.status == expected
    else:
        with pytest.raises(expected):
            _acts(work, ana, linh)[act](ticket.number)
        assert ticket.status == state

    events = work.session.exec(select(Event).where(Event.ticket_id == ticket.id, Event.seq > before)).all()
    always = isinstance(expected, str) and act in ("assign", "note", "details")
    assert bool(events) == (always or ticket.status != state)
    assert ticket.last_seq == before + len(events)


def test_times_follow_the_state(work, clock, ana, linh, ticket):
    tickets.resolve(work, linh, ticket.number)
    assert (ticket.resolved_at, ticket.closed_at) == (clock.now, None)
    clock.advance(days=1)
    tickets.confirm_solved(work, ana, ticket.number)
    assert (ticket.resolved_at, ticket.closed_at) == (None, clock.now)
    assert tickets.reopen_until(ticket, 14) == clock.now + timedelta(days=14)
    clock.advance(days=1)
    messages.reply(work, ana, ticket.number, says("It came back."))
    assert (ticket.resolved_at, ticket.closed_at) == (None, None)


def test_resolving_or_taking_twice_is_once(work, linh, ticket):
    for act in (tickets.resolve, tickets.assign_to_me):
        act(work, linh, ticket.number)
        seq = ticket.last_seq
        act(work, linh, ticket.number)
        assert ticket.last_seq == seq


def test_taking_a_ticket_over(work, linh, admin, ticket):
    tickets.assign_to_me(work, linh, ticket.number)
    tickets.assign_to_me(work, admin, ticket.number)
    assert ticket.assignee_id == admin.account_id
    assert conversation.thread(work, ticket.id, team=True).assignee == "Admin"
    assert conversation.thread(work, ticket.id, team=False).assignee == ""


def test_a_guest_confirms_too(work, minh, linh, guest_ticket):
    tickets.resolve(work, linh, guest_ticket.number)
    with pytest.raises(NotAllowed):
        tickets.confirm_solved(work, linh, guest_ticket.number)
    tickets.confirm_solved(work, minh, guest_ticket.number)
    assert guest_ticket.status == "closed"


def test_confirming_and_replying_at_once_end_in_one_order(store, ana, linh):
    number = store.write(opens, ana).number
    store.write(tickets.resolve, linh, number)
    with ThreadPoolExecutor(2) as pool:
        confirmed = pool.submit(store.write, tickets.confirm_solved, ana, number)
        replied = pool.submit(store.write, messages.reply, ana, number, says("Wait!"))
        confirmed.result()
        replied.result()

    def log(work) -> tuple[str, list[int]]:
        seqs = work.session.exec(select(Event.seq).order_by(Event.seq)).all()
        return work.session.exec(select(Ticket)).one().status, list(seqs)

    status, seqs = store.read(log)
    assert status == "open", "whichever came first, the reply keeps it open"
    assert seqs == list(range(1, len(seqs) + 1))
