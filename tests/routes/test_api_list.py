"""The list of tickets over the API, a page at a time, and giving a ticket to an agent."""

import base64
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.cast import ADMIN, ANA, LINH, opens, says
from tests.conftest import advance
from tests.routes.system import System, opens_ticket, problem_of, reads_ticket
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.operations import api
from ticket_portal.domain.tickets import messages, tickets
from ticket_portal.store.tables import Event, Ticket
from ticket_portal.store.unit_of_work import Store, Work

LIST = "/api/v1/tickets"


@pytest.fixture
def seven(store: Store, ana, linh) -> list[int]:
    """The numbers of seven tickets, the newest first; three of them moved at the same moment."""

    def write(work: Work) -> list[int]:
        found = []
        for n in range(7):
            ticket = opens(work, ana)
            ticket.updated_at = work.now + timedelta(seconds=n // 3)
            if n % 2:
                tickets.move(work, ticket, "on_hold")
            found.append(ticket)
        return [t.number or 0 for t in sorted(found, key=lambda t: (t.updated_at, t.id), reverse=True)]

    return store.write(write)


def pages(system: System, query: str = "") -> list[list[int]]:
    """The numbers on each page, to the end of the list."""
    found, cursor = [], ""
    while True:
        answer = system.calls("GET", f"{LIST}?{query}{'&cursor=' + cursor if cursor else ''}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        found.append([t["number"] for t in answer.json()["tickets"]])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


def test_each_ticket_is_listed_once_the_last_activity_first(system, seven):
    assert pages(system) == [seven]
    for limit in (1, 2, 3, 6, 7):
        found = pages(system, f"limit={limit}")
        assert [number for page in found for number in page] == seven
        assert {len(page) for page in found[:-1]} <= {limit}


def test_the_list_can_be_of_one_status_and_since_a_moment(system, store, seven):
    for limit in (1, 100):
        held = [n for page in pages(system, f"status=on_hold&limit={limit}") for n in page]
        assert len(held) == 3
        assert held == [n for n in seven if n in held]
    [listed] = [system.calls("GET", LIST).json()["tickets"]]
    since = listed[2]["updated_at"].replace("+", "%2B")
    expected = [t["number"] for t in listed if t["updated_at"] >= listed[2]["updated_at"]]
    assert [n for page in pages(system, f"updated_since={since}&limit=2") for n in page] == expected
    assert len(expected) < len(seven)
    assert pages(system, "status=merged") == [[]]


def test_what_is_listed_is_the_ticket_without_its_messages(system, store, seven):
    system.calls("POST", f"{LIST}/{seven[0]}/assign", {"agent": ADMIN.address})
    listed = system.calls("GET", LIST).json()["tickets"][0]
    whole = reads_ticket(system, listed["number"])
    assert {key: whole[key] for key in listed} == listed
    assert set(whole) - set(listed) == {"has_earlier", "messages"}


def test_what_moves_to_the_top_meanwhile_is_not_listed_twice(system, store, ana, seven):
    first = system.calls("GET", f"{LIST}?limit=3").json()
    advance(store, minutes=1)
    store.write(messages.reply, ana, seven[5], says("Hello?"))
    rest = system.calls("GET", f"{LIST}?limit=100&cursor={first['next_cursor']}").json()
    assert [t["number"] for t in rest["tickets"]] == [n for n in seven[3:] if n != seven[5]]
    again = system.calls("GET", f"{LIST}?limit=1").json()
    assert [t["number"] for t in again["tickets"]] == [seven[5]]


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "é",
        _encoded("2026-01-01T00:00:00+00:00"),
        _encoded("2026-01-01T00:00:00~5"),
        _encoded("2026-01-01T00:00:00+00:00~0"),
        _encoded("2026-01-01T00:00:00+00:00~-1"),
        _encoded("2026-01-01T00:00:00+00:00~99999999999999999999"),
        _encoded("2026-01-01T00:00:00+00:00~٥"),
        _encoded("0001-01-01T00:00:00+14:00~5"),
        _encoded("2026-01-01T00:00:00+00:00~5~5"),
        _encoded("2026-01-01T00:00:00+02:00~5"),
        _encoded("' OR 1=1 --~5"),
        "_" * 200,
    ],
)
def test_what_no_page_gave_is_no_cursor(system, cursor):
    assert problem_of(system.calls("GET", f"{LIST}?cursor={cursor}")) == (400, "bad_cursor")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=ten", "limit=", "status=open,new", "status=", "updated_since=2026-01-01",
     "updated_since=yesterday", "updated_since=2026-01-01T00:00:00", "page=2", "email=ana@example.com",
     "cursor=" + "A" * 201],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused(system, query):
    answer = system.calls("GET", f"{LIST}?{query}")
    assert problem_of(answer) == (422, "invalid")
    assert [e["field"] for e in answer.json()["errors"]] == [query.partition("=")[0]]


def test_a_filter_at_the_ends_of_the_calendar_is_answered(system, seven):
    assert len(pages(system, "updated_since=0001-01-01T00:00:00Z")[0]) == len(seven)
    assert pages(system, "updated_since=9999-12-31T23:59:59Z") == [[]]


def test_a_ticket_is_given_to_an_agent_and_back_to_the_queue(system, store):
    number = opens_ticket(system, ANA.address)
    path = f"{LIST}/{number}/assign"

    given = system.calls("POST", path, {"agent": "ADMIN@example.com"})
    assert given.status_code == 200
    assert given.json() == {
        "number": number,
        "status": "new",
        "url": f"{store.settings.public_url}/tickets/{number}",
        "assignee": {"email": ADMIN.address, "name": "Admin"},
    }
    assert reads_ticket(system, number)["assignee"]["email"] == ADMIN.address
    assert system.calls("POST", path, {"agent": LINH.address}).json()["assignee"]["name"] == "Linh"
    assert system.calls("POST", path, {"agent": None}).json()["assignee"] is None
    assert _events(store) == ["created", "assigned_to", "assigned", "unassigned"]


def test_a_repeated_assignment_with_its_key_is_done_once(system, store):
    number = opens_ticket(system, ANA.address)
    path, sent = f"{LIST}/{number}/assign", {"agent": ADMIN.address}
    first = system.calls("POST", path, sent, Idempotency_Key="a-1")
    system.calls("POST", path, {"agent": None})
    again = system.calls("POST", path, sent, Idempotency_Key="a-1")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert reads_ticket(system, number)["assignee"] is None
    other = system.calls("POST", path, {"agent": LINH.address}, Idempotency_Key="a-1")
    assert problem_of(other) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"agent": ANA.address}, "not_an_agent"),
        ({"agent": "unknown@example.com"}, "not_an_agent"),
        ({"agent": "nonsense"}, "bad_address"),
        ({"agent": 5}, "invalid"),
        ({}, "invalid"),
        ({"agent": LINH.address, "more": 1}, "invalid"),
        ({"agent": "a" * 300}, "invalid"),
    ],
)
def test_an_assignment_that_makes_no_sense(system, store, sent, code):
    number = opens_ticket(system, ANA.address)
    assert problem_of(system.calls("POST", f"{LIST}/{number}/assign", sent)) == (422, code)
    assert _events(store) == ["created"]


def test_a_merged_ticket_is_given_to_nobody(system, store):
    number = opens_ticket(system, ANA.address)
    store.write(_merge, number)
    answer = system.calls("POST", f"{LIST}/{number}/assign", {"agent": LINH.address})
    assert problem_of(answer) == (409, "merged")


def test_an_address_with_a_slash_too_many_leads_nowhere_else(system):
    """A redirect would be made from the Host header, which its sender chooses."""
    answer = system.calls("POST", f"{LIST}/", {}, Host="evil.example")
    assert problem_of(answer) == (404, "not_found")


def test_no_cursor_reads_for_who_is_not_of_the_team(store, ana):
    with pytest.raises(tickets.NotFound):
        store.read(api.page, ana)
    assert store.read(api_tokens.views) == []


def _events(store: Store) -> list[str]:
    return list(store.read(lambda work: work.session.exec(select(Event.kind).order_by(Event.id)).all()))


def _merge(work: Work, number: int) -> None:
    tickets.move(work, work.session.exec(select(Ticket).where(Ticket.number == number)).one(), "merged")
