"""Tickets: finding one, listing one's own, and moving one from state to state (docs/contract.md#tickets)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, bindparam, func, true
from sqlmodel import col

from ticket_portal.addresses import LARGEST
from ticket_portal.domain import history
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.alerts import deadlines, notifications
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.errors import NotFound, TicketLocked, TicketMerged
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import (
    by_address,
    can_confirm,
    can_read,
    can_work,
    owned_by_role,
    owner_params,
    require,
)
from ticket_portal.domain.tickets import listing
from ticket_portal.domain.tickets.listing import PAGE, TicketPage
from ticket_portal.sets.roles import Role, Side
from ticket_portal.sets.statuses import IN_PART, REOPENING, ListPart, Status, rules_of
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work

# The team wrote or did something that the requester has not read yet.
UNREAD = col(Ticket.team_seq) > col(Ticket.seen_by_requester_seq)


def find(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Return a ticket that the viewer may read, locked when this work writes. Raises NotFound.

    One answer for "no such ticket" and "not yours": a guest with a guessed number must not learn which numbers
    exist.
    """
    return _readable(viewer, work.session.scalar(_by_number(locked=work.writing), _named(number)))


def look_up(work: Work, viewer: Viewer, number: int) -> Any:
    """Return the columns of a ticket that the viewer may read, without its object. Raises as `find`."""
    return _readable(viewer, work.execute(_columns_by_number(), _named(number)).first())


def _named(number: int) -> dict[str, int]:
    if not 0 < number <= LARGEST:  # from an address bar
        raise NotFound
    return {"number": number}


def _readable(viewer: Viewer, ticket: Any) -> Any:
    if ticket is None:
        raise NotFound
    if not can_read(viewer, ticket):
        raise TicketLocked if ticket.locked_at and by_address(viewer, ticket) else NotFound
    return ticket


def mine(work: Work, viewer: Viewer, after: str = "", show: str = ListPart.ALL) -> TicketPage:
    """Return a page of the viewer's own tickets: waiting for them first, then the last activity first."""
    mark = listing.parse_cursor(after)
    query = _own(viewer.role, show if show in IN_PART else ListPart.ALL, further=mark is not None)
    found = work.execute(query, owner_params(viewer, work.now) | listing.cursor_params(mark)).all()
    rows = [listing.row(t, unread=t.unread) for t in found[:PAGE]]
    last_one = found[PAGE - 1] if len(found) > PAGE else None
    return TicketPage(
        rows, listing.place(last_one.turn_rank, last_one.updated_at, last_one.id) if last_one else ""
    )


def counts(work: Work, viewer: Viewer) -> dict[str, int]:
    """Return how many tickets each part of the viewer's list has."""
    found = work.execute(_by_status(viewer.role), owner_params(viewer, work.now)).all()
    return {show: sum(n for status, n in found if not of or status in of) for show, of in IN_PART.items()}


def status_condition(show: str) -> ColumnElement[bool]:
    """Return the condition that a ticket belongs to a part of a list; a part that nobody knows is all of it."""
    statuses = IN_PART[ListPart(show)] if show in IN_PART else ()
    return col(Ticket.status).in_(statuses) if statuses else true()


def other_tickets_count(work: Work, viewer: Viewer) -> int:
    """Return how many tickets a guest has besides the one they look at."""
    return max(0, (work.scalar(_how_many(Role.GUEST), owner_params(viewer, work.now)) or 0) - 1)


def resolve(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Say that it is solved; the requester is asked to confirm. What is resolved or closed stays as it is."""
    ticket = find(work, viewer, number)
    require(viewer, can_work, ticket)
    refuse_merged(ticket)
    if ticket.status in REOPENING:
        return ticket
    event = history.record(work, ticket, viewer, EventKind.RESOLVED)
    move(work, ticket, Status.RESOLVED)
    notifications.about(work, ticket, event, AlertKind.RESOLVED)
    return ticket


def assign_to_me(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Assign a ticket to the viewer; only the team sees it."""
    ticket = find(work, viewer, number)
    require(viewer, can_work, ticket)
    if ticket.assignee_id != viewer.account_id:
        ticket.assignee_id = viewer.account_id
        history.record(work, ticket, viewer, EventKind.ASSIGNED)
    return ticket


def confirm_solved(work: Work, viewer: Viewer, number: int) -> Ticket:
    """The requester says that it is solved: the ticket closes. They are not told what they did themselves."""
    ticket = find(work, viewer, number)
    require(viewer, can_confirm, ticket)
    if ticket.status == Status.RESOLVED:
        history.record(work, ticket, viewer, EventKind.CLOSED)
        move(work, ticket, Status.CLOSED)
    return ticket


def still_need_help(work: Work, viewer: Viewer, number: int) -> Ticket:
    """The requester says that it is not solved: the ticket is the team's again."""
    ticket = find(work, viewer, number)
    require(viewer, can_confirm, ticket)
    if ticket.status == Status.RESOLVED:
        history.record(work, ticket, viewer, EventKind.REOPENED)
        move(work, ticket, Status.OPEN, unanswered=True)
    return ticket


def move(work: Work, ticket: Ticket, status: str, *, unanswered: bool = False) -> None:
    """Put a ticket into a state and keep the lists' order in step with it.

    `unanswered` says that the requester spoke last, which puts an open ticket at the head of the queue.
    """
    rules = rules_of(status)
    rank = 0 if unanswered else rules.rank
    if rank != ticket.queue_rank or not unanswered:
        ticket.waiting_since = work.now
    ticket.status = status
    ticket.queue_rank = rank
    ticket.turn_rank = 0 if rules.side == Side.REQUESTER else 1
    ticket.resolved_at = work.now if status == Status.RESOLVED else None
    ticket.closed_at = work.now if rules.is_final else None
    deadlines.begin(work, ticket)
    work.session.add(ticket)
    work.changed(ticket)


def reopen_until(ticket: Any, reopen_days: int) -> datetime | None:
    """Return until when a reply reopens a closed ticket (a row or its columns). One whose sender is gone never is."""
    if ticket.address == ERASED:
        return ticket.closed_at
    return ticket.closed_at + timedelta(days=reopen_days) if ticket.closed_at else None


def refuse_merged(ticket: Ticket) -> None:
    """Raise TicketMerged: nothing is done in a ticket that goes on elsewhere."""
    if ticket.status == Status.MERGED:
        raise TicketMerged


# The queries behind every open page are composed once: that takes longer than to run them.
@cache
def _by_number(*, locked: bool) -> Select[Ticket]:
    query = sqlalchemy.select(Ticket).where(col(Ticket.number) == bindparam("number"))
    return query.with_for_update() if locked else query


@cache
def _columns_by_number() -> Select[*tuple[Any, ...]]:
    columns = Ticket.__table__.columns  # pyright: ignore[reportAttributeAccessIssue]
    return sqlalchemy.select(*columns).where(col(Ticket.number) == bindparam("number"))


@cache
def _own(role: str, show: str, *, further: bool) -> Select[*tuple[Any, ...]]:
    columns = (*listing.ROW, col(Ticket.turn_rank), UNREAD.label("unread"))
    query = sqlalchemy.select(*columns).where(owned_by_role(role), status_condition(show))
    return listing.keyset_page(
        query, col(Ticket.turn_rank), col(Ticket.updated_at), newest_first=True, further=further
    )


@cache
def _by_status(role: str) -> Select[str, int]:
    counted = sqlalchemy.select(col(Ticket.status), func.count())
    return counted.where(owned_by_role(role)).group_by(col(Ticket.status))


@cache
def _how_many(role: str) -> Select[int]:
    return sqlalchemy.select(func.count()).select_from(Ticket).where(owned_by_role(role))
