"""Tickets: submitting, the two lists, and every way from state to state."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.cast import IP, asks_about, opens, reads, says, sees
from ticket_portal.domain import accounts, messages, tickets
from ticket_portal.domain.errors import (
    BadAddress,
    EmptyMessage,
    Invalid,
    Missing,
    NotAllowed,
    NotFound,
    TicketMerged,
    TooFast,
    TooLong,
    TooMany,
)
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import PAGE, TicketForm
from ticket_portal.store.tables import Event, Ticket

# Submitting.


def test_a_customers_ticket_is_the_accounts(work, ana, budi):
    ticket = opens(work, ana)
    assert (ticket.account_id, ticket.address, ticket.proved_by) == (ana.account_id, ana.address, "account")
    assert ticket.status == "new"
    assert reads(work, ana, ticket.number) == ["Since Monday."]


def test_a_guests_ticket_belongs_to_an_address_that_is_not_proved_yet(work, minh):
    ticket = opens(work, minh)
    assert (ticket.account_id, ticket.address, ticket.proved_by) == (None, minh.address, "")
    assert ticket.requester == "Minh"


def test_a_stranger_who_types_a_customers_address_opens_nothing_in_the_account(work, ana):
    form = TicketForm.parse(
        NOBODY, {"email": ana.address, "subject": "Hi", "body": "Hi", "client_id": str(uuid4())}
    )
    ticket = tickets.submit(work, NOBODY, form, IP)

    assert ticket.account_id is None
    assert tickets.mine(work, ana).rows == []


def test_a_signed_in_customer_cannot_send_in_another_name(ana):
    form = TicketForm.parse(
        ana,
        {
            "email": "budi@example.com",
            "name": "Budi",
            "subject": "Hi",
            "body": "Hi",
            "client_id": str(uuid4()),
        },
    )
    assert (form.address, form.name) == (ana.address, ana.name)


def test_numbers_are_digits_and_never_twice(work, ana, minh):
    numbers = [opens(work, viewer).number for viewer in (ana, minh, ana)]
    assert len(set(numbers)) == 3
    assert min(numbers) >= 12345


def test_submitting_twice_opens_one_ticket(work, clock, ana, minh):
    for viewer in (ana, NOBODY):
        form = asks_about(ana if viewer is ana else minh)
        first = tickets.submit(work, viewer, form, IP)
        clock.advance(hours=1)
        assert tickets.submit(work, viewer, form, IP) is first
        assert len(reads(work, ana if viewer is ana else minh, first.number)) == 1


def test_submitting_twice_at_once_opens_one_ticket(store, ana):
    form = asks_about(ana)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: store.write(tickets.submit, ana, form, IP).number, range(12)))
    assert len(set(numbers)) == 1
    assert len(store.read(tickets.mine, ana).rows) == 1


def test_somebody_elses_form_id_gives_nothing_away(work, ana, minh, ticket):
    with pytest.raises(NotFound):
        tickets.submit(work, NOBODY, asks_about(minh, client_id=ticket.client_id), IP)


def test_new_tickets_of_a_customer_are_limited(work, settings, clock, ana, budi):
    settings.limit_tickets_per_hour = 2
    opens(work, ana)
    opens(work, ana)
    with pytest.raises(TooFast):
        opens(work, ana)
    opens(work, budi)
    clock.advance(hours=1)
    opens(work, ana)


def test_new_tickets_of_guests_are_limited_per_address_and_per_place(work, settings, clock, minh):
    settings.limit_guest_tickets_per_hour = 2
    settings.limit_guest_tickets_per_ip_per_hour = 3
    other = Viewer(role="guest", address="other@example.com")
    opens(work, minh, ip="192.0.2.1")
    opens(work, minh, ip="192.0.2.2")
    with pytest.raises(TooMany):
        opens(work, minh, ip="192.0.2.3")
    opens(work, other, ip="192.0.2.1")
    opens(work, Viewer(role="guest", address="third@example.com"), ip="192.0.2.1")
    with pytest.raises(TooMany):
        opens(work, other, ip="192.0.2.1")
    clock.advance(hours=1)
    opens(work, minh, ip="192.0.2.1")


def test_a_flood_at_once_gets_no_more_through_than_a_slow_one(store, settings, minh):
    settings.limit_guest_tickets_per_hour = 3

    def flood(_: int) -> int:
        try:
            store.write(opens, minh)
        except TooMany:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(flood, range(16))) == 3


GOOD = {"email": "minh@example.com", "subject": "Hi", "body": "Text", "client_id": str(uuid4())}


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"subject": ""}, Missing),
        ({"subject": " \n "}, Missing),
        ({"subject": None}, Missing),
        ({"subject": "\0"}, Missing),
        ({"subject": "x" * 151}, TooLong),
        ({"body": "  "}, EmptyMessage),
        ({"body": "x" * 10_001}, TooLong),
        ({"email": ""}, BadAddress),
        ({"email": None}, BadAddress),
        ({"email": "minh"}, BadAddress),
        ({"email": "minh@example.com, ana@example.com"}, BadAddress),
        ({"email": "minh@example.com\nBcc: ana@example.com"}, BadAddress),
        ({"email": "a" * 300 + "@example.com"}, BadAddress),
        ({"email": 12}, BadAddress),
        ({"email": "\ud800@example.com"}, BadAddress),
        ({"email": "\0minh@example.com"}, BadAddress),
        ({"client_id": "1"}, Invalid),
    ],
)
def test_what_is_not_accepted(typed, refusal):
    with pytest.raises(refusal):
        TicketForm.parse(NOBODY, GOOD | typed)
    assert TicketForm.parse(NOBODY, GOOD)


def test_lines_are_joined_and_long_names_cut(work):
    form = TicketForm.parse(NOBODY, GOOD | {"subject": " a \r\n b\0\ud800 ", "name": "x" * 500 + "\0"}, "tlh")
    assert (form.subject, len(form.name), form.language) == ("a b?", 80, "en")
    assert tickets.submit(work, NOBODY, form, IP).subject == "a b?"


def test_the_companys_systems_open_a_ticket_in_somebodys_name(work, linh, ana, minh):
    for_ana = tickets.submit_for(work, linh, asks_about(ana))
    for_minh = tickets.submit_for(work, linh, asks_about(minh))

    assert [r.number for r in tickets.mine(work, ana).rows] == [for_ana.number]
    assert [r.number for r in tickets.mine(work, minh).rows] == [for_minh.number]
    assert sees(work, ana, for_ana.number)[0].mine
    for viewer in (ana, minh, NOBODY):
        with pytest.raises(NotFound):
            tickets.submit_for(work, viewer, asks_about(minh))


# The customer's list.


def test_waiting_for_me_comes_first_then_the_last_activity(work, clock, ana, linh):
    first, second, third = (_after_a_minute(clock, opens, work, ana) for _ in range(3))
    assert _numbers(work, ana) == [third.number, second.number, first.number]

    _after_a_minute(clock, messages.reply, work, linh, second.number, says("Hello"))
    assert _numbers(work, ana) == [second.number, third.number, first.number]

    _after_a_minute(clock, tickets.resolve, work, linh, first.number)
    assert _numbers(work, ana) == [first.number, second.number, third.number]

    _after_a_minute(clock, messages.reply, work, ana, third.number, says("Hello?"))
    _after_a_minute(clock, tickets.confirm_solved, work, ana, first.number)
    assert _numbers(work, ana) == [first.number, third.number, second.number]


def test_pages_follow_each_other_without_gaps_or_doubles(work, clock, settings, ana, budi, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [opens(work, ana).number for _ in range(PAGE * 2 + 3)]  # many at the very same moment
    for number in opened[::7]:
        tickets.resolve(work, linh, number)
    opens(work, budi)

    pages = list(_pages(work, ana))
    assert [len(p) for p in pages] == [PAGE, PAGE, 3]
    listed = [n for page in pages for n in page]
    assert sorted(listed) == sorted(opened)
    assert set(listed[: len(opened[::7])]) == set(opened[::7])


def test_exactly_full_pages_end_without_an_empty_one(work, settings, ana):
    settings.limit_tickets_per_hour = 1000
    for _ in range(PAGE):
        opens(work, ana)
    assert tickets.mine(work, ana).after == ""
    opens(work, ana)
    assert [len(p) for p in _pages(work, ana)] == [PAGE, 1]


def test_tickets_that_move_between_two_pages_hide_no_other(work, clock, settings, ana, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [_after_a_minute(clock, opens, work, ana).number for _ in range(PAGE * 3)]
    moved: set[int] = set()
    listed: list[int] = []
    after, turn = "", 0
    while True:
        page = tickets.mine(work, ana, after)
        listed += [r.number for r in page.rows]
        if not page.after:
            break
        after, turn = page.after, turn + 1
        for number, act in ((opened[turn], messages.reply), (opened[-turn], messages.reply)):
            act(work, linh, number, says("Hello"))
            moved.add(number)
        tickets.resolve(work, linh, opened[turn + 5])
        moved.add(opened[turn + 5])
        opens(work, ana)
        clock.advance(minutes=1)

    still = [n for n in listed if n not in moved]
    assert sorted(still) == sorted(set(opened) - moved)


HOSTILE_PLACES = [
    "~",
    "a~b~c",
    "1~2026-01-01~5~6",
    f"{10**30}~2026-01-01T00:00:00+00:00~1",
    f"0~2026-01-01T00:00:00+00:00~{-(10**30)}",
    "1~9999-12-31T23:59:59-14:00~1",
    "1~0001-01-01T00:00:00+14:00~1",
    "1~2026-01-01T00:00:00~x' OR 1=1",
    "\ud800~\0~1",
    "9" * 5000 + "~x~1",
]


@pytest.mark.parametrize("place", HOSTILE_PLACES)
def test_a_place_that_is_none_is_the_beginning(work, ana, linh, ticket, place):
    assert [r.number for r in tickets.mine(work, ana, place).rows] == [ticket.number]
    assert [r.number for r in tickets.queue(work, linh, place).rows] == [ticket.number]


# The team's queue.


def test_who_waits_longest_for_an_answer_is_on_top(work, clock, ana, budi, minh, linh):
    of_ana, of_budi, of_minh = (_after_a_minute(clock, opens, work, v) for v in (ana, budi, minh))
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    _after_a_minute(clock, messages.reply, work, ana, of_ana.number, says("Hello?"))
    assert _queue(work, linh)[0] == of_ana.number, "asking again loses no place"

    _after_a_minute(clock, messages.reply, work, linh, of_ana.number, says("Hello"))
    assert _queue(work, linh) == [of_budi.number, of_minh.number, of_ana.number]

    _after_a_minute(clock, messages.request_details, work, linh, of_budi.number, says("Which?"))
    assert _queue(work, linh) == [of_minh.number, of_ana.number, of_budi.number]

    _after_a_minute(clock, tickets.resolve, work, linh, of_minh.number)
    assert _queue(work, linh) == [of_ana.number, of_budi.number, of_minh.number]

    _after_a_minute(clock, tickets.still_need_help, work, minh, of_minh.number)
    _after_a_minute(clock, messages.reply, work, budi, of_budi.number, says("This one."))
    assert _queue(work, linh) == [of_minh.number, of_budi.number, of_ana.number]


def test_closed_tickets_are_no_work(work, ana, minh, linh):
    closed, merged = opens(work, ana), opens(work, minh)
    tickets.resolve(work, linh, closed.number)
    tickets.confirm_solved(work, ana, closed.number)
    tickets.move(work, merged, "merged")
    assert _queue(work, linh) == []


def test_the_queues_pages_have_no_gaps_or_doubles(work, settings, ana, linh):
    settings.limit_tickets_per_hour = 1000
    opened = [opens(work, ana).number for _ in range(PAGE * 2 + 1)]
    for number in opened[::3]:
        messages.reply(work, linh, number, says("Hello"))
    listed, after = [], ""
    while True:
        page = tickets.queue(work, linh, after)
        listed += [r.number for r in page.rows]
        if not (after := page.after):
            break
    assert listed == [n for n in opened if n not in opened[::3]] + opened[::3]


def test_the_queue_says_whose_ticket_it_is_and_who_has_it(work, ana, minh, linh, admin, ticket, guest_ticket):
    tickets.assign_to_me(work, linh, ticket.number)
    rows = {r.number: r for r in tickets.queue(work, admin).rows}
    assert (rows[ticket.number].requester, rows[ticket.number].assignee) == ("Ana", "Linh")
    assert (rows[guest_ticket.number].requester, rows[guest_ticket.number].assignee) == ("Minh", "")
    assert tickets.mine(work, ana).rows[0].assignee == ""


# From state to state.

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
    assert messages.thread(work, ticket.id, team=True).assignee == "Admin"
    assert messages.thread(work, ticket.id, team=False).assignee == ""


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


def test_an_account_made_later_is_found_by_the_companys_systems(work, linh, minh):
    account = accounts.create(work, minh.address, "Minh", "-")
    assert tickets.submit_for(work, linh, asks_about(minh)).account_id == account.id


def _after_a_minute(clock, act, *args):
    done = act(*args)
    clock.advance(minutes=1)
    return done


def _numbers(work, viewer) -> list[int]:
    return [r.number for r in tickets.mine(work, viewer).rows]


def _queue(work, viewer) -> list[int]:
    return [r.number for r in tickets.queue(work, viewer).rows]


def _pages(work, viewer):
    after = ""
    while True:
        page = tickets.mine(work, viewer, after)
        yield [r.number for r in page.rows]
        if not (after := page.after):
            return
