"""How a page of a ticket begins: which ticket it is, how far its reader has read it, what they were writing."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import can_read
from ticket_portal.domain.tickets import conversation, drafts, tickets
from ticket_portal.domain.tickets.drafts import DraftView
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class Opening:
    """The ticket that a page is opened for, up to which entry its reader has read it, and their draft of a reply.

    `came_from`: the number of the ticket that was joined with it and led here; 0 if none did.
    """

    id: int
    number: int
    merged_into: int | None
    came_from: int
    read: int
    draft: DraftView = field(default_factory=DraftView)


def by_number(work: Work, viewer: Viewer, number: int, joined: int = 0) -> Opening:
    """Return what a page of a ticket begins with; `joined` may be any number. Raises NotFound, TicketLocked."""
    ticket = tickets.look_up(work, viewer, number)
    came_from = 0
    with suppress(NotFound):
        came_from = joined if joined and tickets.look_up(work, viewer, joined).merged_into == number else 0
    return _opening(work, viewer, ticket, came_from)


def of_link(work: Work, viewer: Viewer, ticket: Any, *, original: bool) -> Opening:
    """Return what the page of a valid link begins with: its ticket, or where that goes on if not the `original`.

    Raises NotFound, TicketLocked.
    """
    if not can_read(viewer, ticket):
        raise NotFound
    if original or not ticket.merged_into:
        return _opening(work, viewer, ticket, 0)
    return _opening(work, viewer, tickets.look_up(work, viewer, ticket.merged_into), ticket.number)


def _opening(work: Work, viewer: Viewer, ticket: Any, came_from: int) -> Opening:
    read = conversation.read_up_to(work, viewer, ticket)
    draft = drafts.load(work, viewer, str(ticket.number))
    return Opening(ticket.id, ticket.number, ticket.merged_into, came_from, read, draft)
