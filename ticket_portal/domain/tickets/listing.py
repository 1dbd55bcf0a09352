"""Lists of tickets: one row, one page of rows, and the place where the next page begins."""

import operator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_
from sqlmodel import col

from ticket_portal.addresses import LARGEST
from ticket_portal.store.tables import Ticket

PAGE = 25
# Columns, because the objects of a table cost three times as much.
_IN_A_ROW = (Ticket.id, Ticket.number, Ticket.subject, Ticket.status, Ticket.has_files, Ticket.merged_into)
ROW: tuple[Any, ...] = tuple(map(col, (*_IN_A_ROW, Ticket.updated_at, Ticket.waiting_since)))


@dataclass(frozen=True)
class TicketRow:
    """One row of a list of tickets, as one viewer may see it.

    In search results, `marked` is the subject and `hit` a piece of a message or a file's name, as safe HTML.
    """

    number: int
    subject: str
    status: str
    updated_at: str
    waiting_since: str
    unread: bool
    requester: str = ""
    language: str = ""
    assignee: str = ""
    has_files: bool = False
    joined_with: int = 0
    marked: str = ""
    hit: str = ""


@dataclass(frozen=True)
class TicketPage:
    """Some rows of a list, and where the next ones begin ("" after the last)."""

    rows: list[TicketRow]
    after: str = ""


def row(
    ticket: Any, *, unread: bool, requester: str = "", language: str = "", assignee: str = ""
) -> TicketRow:
    """Return a ticket, or the columns of `ROW` of one, as a row of a list."""
    return TicketRow(
        number=ticket.number or 0,
        subject=ticket.subject,
        status=ticket.status,
        updated_at=ticket.updated_at.isoformat(),
        waiting_since=ticket.waiting_since.isoformat(),
        unread=unread,
        requester=requester,
        language=language,
        assignee=assignee,
        has_files=ticket.has_files,
        joined_with=ticket.merged_into or 0,
    )


def place(rank: int, at: datetime, last: int) -> str:
    """Return where a page of a list ends, for the next one to begin there."""
    return f"{rank}~{at.isoformat()}~{last}"


def parse_cursor(after: str) -> tuple[int, datetime, int] | None:
    """Read a place back. It comes from the browser: what `place` would not write is the beginning."""
    try:
        rank, at, last = after.split("~")
        found = int(rank), datetime.fromisoformat(at).astimezone(UTC), int(last)
    except (ValueError, OverflowError):
        return None
    known = 0 <= found[0] <= LARGEST and 0 <= found[2] <= LARGEST
    return found if known and place(*found) == after else None


def cursor_params(mark: tuple[int, datetime, int] | None) -> dict[str, object]:
    """Return the values that a further page of a list asks for (`in_order`); none for the first."""
    return dict(zip(("rank", "at", "last"), mark, strict=True)) if mark else {}


def keyset_page(
    query: Select[*tuple[Any, ...]], rank: Any, at: Any, *, further: bool, newest_first: bool = False
) -> Select[*tuple[Any, ...]]:
    """Keyset pagination: PAGE + 1 rows after the cursor, ordered by rank, time, id."""
    last = col(Ticket.id)
    if further:
        from_rank, from_at, from_last = bindparam("rank"), bindparam("at"), bindparam("last")
        beyond = operator.lt if newest_first else operator.gt
        query = query.where(
            rank >= from_rank,
            or_(rank > from_rank, beyond(at, from_at), and_(at == from_at, beyond(last, from_last))),
        )
    order = (rank, at.desc(), last.desc()) if newest_first else (rank, at, last)
    return query.order_by(*order).limit(PAGE + 1)
