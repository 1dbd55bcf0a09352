"""A ticket's ordered log: every change is one entry, and nothing changes without one."""

from typing import Any

from ticket_portal.domain.people import Viewer
from ticket_portal.store import search
from ticket_portal.store.tables import Event, Message, Ticket
from ticket_portal.store.unit_of_work import Work


def record(
    work: Work,
    ticket: Ticket,
    viewer: Viewer,
    kind: str,
    *,
    public: bool = True,
    message: Message | None = None,
    **data: Any,
) -> Event:
    """Add an entry to the log. The ticket's row is locked by then, so numbers have neither gaps nor doubles."""
    seq = ticket.last_seq + 1
    if message:
        message.seq = seq
        work.session.add(message)
        work.session.flush()  # before the ticket is touched: its row is written once, with all that changes in it
        if public:
            search.remember(work, ticket, "message", message.id, message.body)
    ticket.last_seq = seq
    event = Event(
        ticket_id=ticket.id,
        seq=seq,
        kind=kind,
        public=public,
        actor_role=viewer.role,
        actor_id=viewer.account_id,
        actor_name=viewer.name,
        message_id=message.id if message else None,
        data=data,
        at=work.now,
    )
    work.session.add(event)
    if public:
        _remember_who_spoke(work, ticket, viewer)
    work.changed(ticket)
    return event


def _remember_who_spoke(work: Work, ticket: Ticket, viewer: Viewer) -> None:
    ticket.updated_at = work.now
    if viewer.of_team or viewer.role == "system":
        ticket.team_seq = ticket.last_seq
    else:
        ticket.requester_seq = ticket.last_seq
