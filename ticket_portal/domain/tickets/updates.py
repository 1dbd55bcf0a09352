"""What is new for a requester: unread tickets, and what they were told of lately (docs/contract.md#alerts).

The entries are written by `notifications.about`, in the transaction of what they tell of; whether one is unread is
the ticket's to say, so that reading a ticket anywhere is enough.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import sqlalchemy
from sqlalchemy import Select, func, or_
from sqlmodel import col, delete, select, update

from ticket_portal.addresses import LARGEST
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.people import Viewer, requester
from ticket_portal.domain.permissions import owned_by, owned_by_role, owner_params
from ticket_portal.domain.tickets import listing, tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Reading, Ticket, TicketUpdate
from ticket_portal.store.unit_of_work import Work

PAGE = 25
RETENTION = timedelta(days=90)


@dataclass(frozen=True)
class UpdateRow:
    """Something that happened in a ticket of the viewer's."""

    id: int
    kind: str
    number: int
    subject: str
    at: str
    unread: bool
    joined_with: int = 0


@dataclass(frozen=True)
class UpdatePage:
    """Some of them, the newest first, and where the next ones begin ("" after the last)."""

    rows: list[UpdateRow]
    after: str = ""


def unread(work: Work, viewer: Viewer) -> int:
    """Return in how many of the viewer's own tickets there is something that they have not read; 0 for the team."""
    if not viewer.is_requester:
        return 0
    return work.scalar(_how_many_unread(viewer.role), owner_params(viewer, work.now)) or 0


def mine(work: Work, viewer: Viewer, after: str = "") -> UpdatePage:
    """Return a page of what the viewer was told of in the last 90 days. Raises NotAllowed for others than customers."""
    query = (
        select(TicketUpdate, Ticket)
        .join(Ticket, col(Ticket.id) == col(TicketUpdate.ticket_id))
        .where(TicketUpdate.owner == _owner(viewer), col(TicketUpdate.at) > work.now - RETENTION)
    )
    if mark := listing.parse_cursor(after):
        _rank, at, last = mark
        query = query.where(
            col(TicketUpdate.at) <= at,
            or_(col(TicketUpdate.at) < at, col(TicketUpdate.id) < last),
        )
    order = (col(TicketUpdate.at).desc(), col(TicketUpdate.id).desc())
    found = work.session.exec(query.order_by(*order).limit(PAGE + 1)).all()
    rows = [_row(entry, ticket) for entry, ticket in found[:PAGE]]
    last_one = found[PAGE - 1][0] if len(found) > PAGE else None
    return UpdatePage(rows, listing.place(0, last_one.at, last_one.id) if last_one else "")


def read_all(work: Work, viewer: Viewer, newest: int) -> None:
    """Count every ticket as read, but not those in which something happened after the entry `newest` was seen.

    Raises NotAllowed for others than customers.
    """
    owner = _owner(viewer)
    seen = max(0, min(newest, LARGEST))
    later = select(TicketUpdate.ticket_id).where(TicketUpdate.owner == owner, col(TicketUpdate.id) > seen)
    found = work.session.exec(
        select(Ticket)
        .where(owned_by(viewer, work.now), tickets.UNREAD, col(Ticket.id).not_in(later))
        .with_for_update()
    ).all()
    unread_ones = select(Ticket.id).where(owned_by(viewer, work.now), tickets.UNREAD)
    readings = select(Reading).where(Reading.reader == owner, col(Reading.ticket_id).in_(unread_ones))
    known = {reading.ticket_id: reading for reading in work.session.exec(readings).all()}
    for ticket in found:
        reading = known.get(ticket.id) or Reading(ticket_id=ticket.id, reader=owner)
        reading.seq, reading.at = ticket.last_seq, work.now
        ticket.seen_by_requester_seq = ticket.last_seq
        work.session.add_all((reading, ticket))
    if found:
        work.publish(f"list:{viewer.account_id}")


def hand_over(work: Work, ticket: Ticket) -> None:
    """Let what was told about a ticket be found by whom it belongs to now."""
    work.session.exec(
        update(TicketUpdate).where(col(TicketUpdate.ticket_id) == ticket.id).values(owner=requester(ticket))
    )


def sweep(work: Work) -> None:
    """Delete what is past its retention."""
    work.session.exec(delete(TicketUpdate).where(col(TicketUpdate.at) < work.now - RETENTION))


@cache  # asked at each change of a list: it takes longer to compose than to run
def _how_many_unread(role: str) -> Select[int]:
    return sqlalchemy.select(func.count()).select_from(Ticket).where(owned_by_role(role), tickets.UNREAD)


def _owner(viewer: Viewer) -> str:
    if viewer.role != Role.CUSTOMER:
        raise NotAllowed
    return viewer.reader


def _row(entry: TicketUpdate, ticket: Ticket) -> UpdateRow:
    return UpdateRow(
        id=entry.id,
        kind=entry.kind,
        number=ticket.number or 0,
        subject=ticket.subject,
        at=entry.at.isoformat(),
        unread=entry.seq > ticket.seen_by_requester_seq,
        joined_with=ticket.merged_into or 0,
    )
