"""The rule who may read a ticket, and the conditions that queries are made of: one description, the same answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement
from sqlmodel import col

from ticket_portal.domain import permissions
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.people import NOBODY, SYSTEM, Viewer
from ticket_portal.domain.permissions import can_read, owned_by, owned_by_role, owner_params, readable_by
from ticket_portal.store.tables import Muted, Ticket
from ticket_portal.store.unit_of_work import Work

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MOMENTS = [NOW + timedelta(seconds=seconds) for seconds in (-1, 0, 1)]
ADDRESSES = ["ana@example.com", "budi@example.com", "minh@example.com", "minh+a@example.com", ERASED]
# Which of the accounts in the database: Ana's, Budi's, an agent's, or none.
ACCOUNTS = ["ana", "budi", "linh", None]
WITHOUT_LEFTOVERS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_numbers = count(500_000)

TICKETS = st.fixed_dictionaries(
    {
        "account": st.sampled_from(ACCOUNTS),
        "address": st.sampled_from(ADDRESSES),
        "guest_until": st.none() | st.sampled_from(MOMENTS),
        "locked_at": st.none() | st.sampled_from(MOMENTS),
        "status": st.sampled_from(["new", "open", "waiting_customer", "resolved", "closed", "merged"]),
        "proved_by": st.sampled_from(["", "code", "account"]),
        "is_muted": st.booleans(),
    }
)
VIEWERS = st.builds(
    lambda role, account, address, as_of: (role, account, address, as_of),
    st.sampled_from(["nobody", "customer", "guest", "agent", "admin", "system"]),
    st.sampled_from(ACCOUNTS),
    st.sampled_from([*ADDRESSES, ""]),
    st.none() | st.sampled_from(MOMENTS),
)


@pytest.fixture
def accounts(ana: Viewer, budi: Viewer, linh: Viewer) -> dict[Any, int | None]:
    """The keys of the accounts by which tickets and viewers are generated."""
    return {"ana": ana.account_id, "budi": budi.account_id, "linh": linh.account_id, None: None}


def keep(work: Work, accounts: dict[Any, int | None], facts: list[dict[str, Any]]) -> list[Ticket]:
    """Put generated tickets into the database."""
    kept: list[Ticket] = []
    for fact in facts:
        columns = {k: v for k, v in fact.items() if k not in ("account", "is_muted")}
        ticket = Ticket(
            number=next(_numbers), account_id=accounts[fact["account"]], subject="Deposit", requester="Ana",
            created_at=NOW, updated_at=NOW, waiting_since=NOW, **columns,
        )  # fmt: skip
        work.session.add(ticket)
        work.session.flush()
        if fact["is_muted"]:
            work.session.add(Muted(ticket_id=ticket.id, address=ticket.address, at=NOW))
        kept.append(ticket)
    work.session.flush()
    return kept


def found(work: Work, tickets: list[Ticket], condition: ColumnElement[bool], values: Any = None) -> set[int]:
    """Return which of the tickets a query with this condition finds."""
    among = col(Ticket.id).in_([ticket.id for ticket in tickets])
    return set(work.execute(sqlalchemy.select(col(Ticket.id)).where(among, condition), values).scalars())


def compare(
    work: Work,
    accounts: dict[Any, int | None],
    facts: list[dict[str, Any]],
    people: list[Any],
    check: Callable[[list[Ticket], Viewer], None],
) -> None:
    """Check each generated viewer against all generated tickets, and leave nothing of them."""
    with work.session.begin_nested() as transaction:
        tickets = keep(work, accounts, facts)
        for role, account, address, as_of in people:
            check(tickets, Viewer(role=role, account_id=accounts[account], address=address, as_of=as_of))
        transaction.rollback()


@WITHOUT_LEFTOVERS
@given(facts=st.lists(TICKETS, min_size=1, max_size=4), people=st.lists(VIEWERS, min_size=4, max_size=8))
def test_a_query_finds_what_the_rule_allows(work, accounts, facts, people):
    def check(tickets: list[Ticket], viewer: Viewer) -> None:
        allowed = {ticket.id for ticket in tickets if can_read(viewer, ticket)}
        assert found(work, tickets, readable_by(viewer)) == allowed

    compare(work, accounts, facts, people, check)


@WITHOUT_LEFTOVERS
@given(facts=st.lists(TICKETS, min_size=1, max_size=4), people=st.lists(VIEWERS, min_size=4, max_size=8))
def test_an_own_list_has_only_what_its_reader_may_read(work, accounts, facts, people):
    """And a guest's list all of it; a query that was composed once says the same as one for this viewer."""

    def check(tickets: list[Ticket], viewer: Viewer) -> None:
        if viewer.role not in ("customer", "guest"):
            with pytest.raises(NotFound):
                owned_by(viewer, NOW)
            with pytest.raises(NotFound):
                owned_by_role(viewer.role)
            return
        own = found(work, tickets, owned_by(viewer, NOW))
        assert found(work, tickets, owned_by_role(viewer.role), owner_params(viewer, NOW)) == own
        then = Viewer(viewer.role, viewer.account_id, viewer.address, as_of=NOW)
        readable = {ticket.id for ticket in tickets if can_read(then, ticket)}
        assert own <= readable
        offered = found(work, tickets, permissions.offered_to(then))
        assert own | offered == readable
        assert not own & offered

    compare(work, accounts, facts, people, check)


def test_each_way_to_a_ticket_is_taken(work, accounts):
    """The generated tickets and viewers do meet: a rule that lets none through would pass the other tests."""
    fact = {"account": None, "address": "minh@example.com", "guest_until": None, "locked_at": None,
            "status": "open", "proved_by": "", "is_muted": False}  # fmt: skip
    taken_over = fact | {"account": "ana", "guest_until": MOMENTS[2]}
    tickets = keep(work, accounts, [fact, fact | {"account": "ana"}, taken_over, fact | {"locked_at": NOW}])
    of_guest, of_ana, shared, locked = (ticket.id for ticket in tickets)
    minh = Viewer("guest", address="minh@example.com", as_of=NOW)
    for viewer, readable in [
        (minh, {of_guest, shared}),
        (Viewer("guest", address="minh@example.com"), {of_guest}),
        (Viewer("guest", address="minh@example.com", as_of=MOMENTS[2]), {of_guest}),
        (Viewer("customer", accounts["ana"], "ana@example.com"), {of_ana, shared}),
        (Viewer("customer", accounts["budi"], "minh@example.com"), {of_guest}),
        (Viewer("customer", None, "nobody@example.com"), set()),
        (Viewer("agent", accounts["linh"]), {of_guest, of_ana, shared, locked}),
        (NOBODY, set()),
        (SYSTEM, set()),
    ]:
        assert found(work, tickets, readable_by(viewer)) == readable
        assert {ticket.id for ticket in tickets if can_read(viewer, ticket)} == readable
