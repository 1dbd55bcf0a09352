"""What makes the portal fast, in numbers that do not depend on the machine: statements, plans, bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.cast import MINH, opens, says
from tests.conftest import advance
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.alerts import outbox, undeliverable
from ticket_portal.domain.desk import assignment
from ticket_portal.domain.operations import api
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.text import markup
from ticket_portal.domain.tickets import conversation, listing, messages, queue, search, tickets, updates
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Store, Work

# Found by an index, or a row at a time by one; never by looking through a table that grows with the portal.
GROWING = (
    "ticket", "message", "event", "reading", "session", "account", "alert", "limithit", "searchentry", "ticketupdate",
    "challenge", "apitoken",
)  # fmt: skip


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


@pytest.fixture
def ticket_of_ana(store: Store, ana: Viewer, linh: Viewer) -> tuple[int, int]:
    """Ana's ticket with some messages, committed: its id and its number."""

    def write(work: Work) -> tuple[int, int]:
        ticket = opens(work, ana)
        for viewer in (linh, ana, linh):
            messages.reply(work, viewer, ticket.number or 0, says("One more."))
        return ticket.id, ticket.number or 0

    return store.write(write)


Read = Callable[[Work], object]


@pytest.fixture(
    params=[
        "list",
        "list_below",
        "closed",
        "counts",
        "unread",
        "guests_unread",
        "updates",
        "updates_below",
        "search",
        "search_below",
        "search_id",
        "queue",
        "queue_below",
        "api_list",
        "api_list_below",
        "api_list_of_status",
        "api_list_of_status_below",
        "api_list_since",
        "api_token",
        "bad_api_token",
        "thread",
        "ticket",
        "viewer",
    ]
)
def read(request: pytest.FixtureRequest, ana: Viewer, linh: Viewer, ticket_of_ana: tuple[int, int]) -> Read:
    """What an open page asks for."""
    ticket_id, number = ticket_of_ana
    below = "1~2026-01-01T00:00:00+00:00~5"
    cursor = api._cursor(datetime(2026, 1, 1, tzinfo=UTC), 5)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    reads: dict[str, Read] = {
        "list": lambda work: tickets.mine(work, ana),
        "list_below": lambda work: tickets.mine(work, ana, below),
        "closed": lambda work: tickets.mine(work, ana, below, "closed"),
        "counts": lambda work: tickets.counts(work, ana),
        "unread": lambda work: updates.unread(work, ana),
        "guests_unread": lambda work: updates.unread(work, MINH),
        "updates": lambda work: updates.mine(work, ana),
        "updates_below": lambda work: updates.mine(work, ana, below),
        "search": lambda work: search.mine(work, ana, "one mor"),
        "search_below": lambda work: search.mine(work, ana, "one", "all", "2~2027-01-01T00:00:00+00:00~5"),
        "search_id": lambda work: search.mine(work, ana, "5c504ed4"),
        "queue": lambda work: queue.page(work, linh),
        "queue_below": lambda work: queue.page(work, linh, below),
        "api_list": lambda work: api.page(work, linh),
        "api_list_below": lambda work: api.page(work, linh, cursor=cursor),
        "api_list_of_status": lambda work: api.page(work, linh, status="open"),
        "api_list_of_status_below": lambda work: api.page(work, linh, status="open", cursor=cursor),
        "api_list_since": lambda work: api.page(work, linh, updated_since=since),
        "api_token": lambda work: api_tokens.caller(work, f"tp_{'x' * 43}"),
        "bad_api_token": lambda work: api_tokens._known(work, f"tp_{'x' * 43}", "192.0.2.1"),
        "thread": lambda work: conversation.thread(work, ticket_id, team=False),
        "ticket": lambda work: tickets.find(work, ana, number),
        "viewer": lambda work: sessions.viewer(work, "0" * 64),
    }
    return reads[request.param]


def test_a_page_is_read_with_one_or_two_statements(store: Store, read: Read):
    with statements(store) as asked:
        store.read(read)

    assert len([s for s, _ in asked if s.startswith("SELECT") and "testclock" not in s]) in (1, 2)


def test_no_page_looks_through_a_whole_table(store: Store, read: Read):
    with statements(store) as asked:
        store.read(read)

    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            assert scanned(store, statement, parameters) == [], statement


def test_no_delivery_looks_through_a_whole_table(store: Store, ticket_of_ana: tuple[int, int]):
    """Also the second try, for which is looked again whether it is still wanted."""
    assert ticket_of_ana
    with statements(store) as asked:
        for _try in range(2):
            advance(store, minutes=5)
            taken = store.write(outbox.take_due)
            assert taken
            for delivery in taken:
                store.write(outbox.failed, delivery, "the carrier is down")
        advance(store, minutes=5)
        for delivery in store.write(outbox.take_due):
            store.write(outbox.delivered, delivery.id)

    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            assert scanned(store, statement, parameters) == [], statement


def test_what_is_looked_up_by_an_address_is_found_by_an_index(store: Store, ana: Viewer, ticket_of_ana):
    with statements(store) as asked:
        store.write(undeliverable.mark, ana.address, undeliverable.BOUNCED)
        store.write(undeliverable.clear, ana.address)
        store.write(messages.reply, ana, ticket_of_ana[1], says("It was 482 913, I think."))

    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            assert scanned(store, statement, parameters) == [], statement


def test_what_an_operator_ends_is_found_by_an_index(store: Store, linh: Viewer, ticket_of_ana):
    with statements(store) as asked:
        store.write(tickets.assign_to_me, linh, ticket_of_ana[1])
        store.write(lambda work: assignment.hand_over(work, accounts.find(work, linh.address)))
        store.write(lambda work: api_tokens.end_all(work, accounts.find(work, linh.address)))

    for statement, parameters in asked:
        if statement.startswith("SELECT"):
            assert scanned(store, statement, parameters) == [], statement


def scanned(store: Store, statement: str, parameters: Any) -> list[str]:
    """The growing tables that a statement looks through from one end to the other."""
    with store.engine.connect() as connection:
        if store.on_sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            lines = [row[3] for row in plan]
            return [
                li
                for li in lines
                if li.split()[0] == "SCAN" and li.split()[1] in GROWING and "USING" not in li
            ]
        # In a table of ten rows a scan is right; forbidden, it is only taken where no index fits.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
        found = [
            row[0].split("Seq Scan on ")[1].split()[0].strip('"') for row in plan if "Seq Scan on " in row[0]
        ]
        return [table for table in found if table in GROWING]


def test_lists_come_in_their_index_order(store: Store, ana: Viewer, linh: Viewer):
    for read in (
        lambda work: tickets.mine(work, ana),
        lambda work: queue.page(work, linh),
        lambda work: api.page(work, linh),
        lambda work: api.page(work, linh, status="open"),
        lambda work: api.page(work, linh, cursor=api._cursor(work.now, 5), updated_since=work.now),
    ):
        with statements(store) as asked:
            store.read(read)
        if store.on_sqlite:
            statement, parameters = next((s, p) for s, p in asked if "LIMIT" in s)
            with store.engine.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not [row[3] for row in plan if "TEMP B-TREE" in row[3]]


def test_a_reply_takes_a_dozen_statements(
    store: Store, ana: Viewer, linh: Viewer, ticket_of_ana: tuple[int, int]
):
    for viewer, most in ((ana, 12), (linh, 15)):  # two of them: which devices are told, what was told
        with statements(store) as asked:
            store.write(messages.reply, viewer, ticket_of_ana[1], says("And now?"))
        done = [s for s, _ in asked if not s.startswith("BEGIN") and "testclock" not in s]
        assert len(done) <= most, done


def test_the_list_is_one_statement_however_many_tickets(store: Store, ana: Viewer):
    def many(work: Work) -> None:
        work.settings.limit_tickets_per_hour = 1_000
        for _ in range(40):
            opens(work, ana)

    kept = store.settings.limit_tickets_per_hour
    try:
        store.write(many)
    finally:
        store.settings.limit_tickets_per_hour = kept
    with statements(store) as asked:
        page = store.read(tickets.mine, ana)

    assert len(page.rows) == listing.PAGE
    assert len([s for s, _ in asked if Ticket.__tablename__ in s]) == 1


def test_texts_become_html_once(store: Store, ticket_of_ana: tuple[int, int]):
    store.read(conversation.thread, ticket_of_ana[0], team=False)
    before = markup.as_html.cache_info().misses

    store.read(conversation.thread, ticket_of_ana[0], team=False)

    assert markup.as_html.cache_info().misses == before
