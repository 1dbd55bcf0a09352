"""The team's queue: what waits for an answer, the one that waits longest on top (docs/contract.md#tickets)."""

from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Select
from sqlmodel import col

from ticket_portal.domain.people import Viewer, require_team
from ticket_portal.domain.tickets import listing
from ticket_portal.domain.tickets.listing import PAGE, TicketPage
from ticket_portal.sets.statuses import FINAL_RANK
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Work


def page(work: Work, viewer: Viewer, after: str = "") -> TicketPage:
    """Return a page of the team's queue: unanswered first, the one that waits longest on top; not the closed."""
    require_team(viewer)
    mark = listing.parse_cursor(after)
    found = work.execute(_waiting(further=mark is not None), listing.cursor_params(mark)).all()
    rows = [
        listing.row(
            t,
            unread=t.requester_seq > t.seen_by_team_seq,
            requester=t.requester or t.address,
            language=t.language,
            assignee=t.assignee or "",
        )
        for t in found[:PAGE]
    ]
    last_one = found[PAGE - 1] if len(found) > PAGE else None
    return TicketPage(
        rows, listing.place(last_one.queue_rank, last_one.waiting_since, last_one.id) if last_one else ""
    )


@cache  # composed once: that takes longer than to run it
def _waiting(*, further: bool) -> Select[*tuple[Any, ...]]:
    said = (
        Ticket.queue_rank,
        Ticket.requester_seq,
        Ticket.seen_by_team_seq,
        Ticket.requester,
        Ticket.address,
    )
    query = (
        sqlalchemy.select(
            *listing.ROW, *map(col, said), col(Ticket.language), col(Account.name).label("assignee")
        )
        .join(Account, col(Account.id) == col(Ticket.assignee_id), isouter=True)
        .where(col(Ticket.queue_rank) < FINAL_RANK)
    )
    return listing.keyset_page(query, col(Ticket.queue_rank), col(Ticket.waiting_since), further=further)
