"""A ticket's ordered log: every change is one entry, and nothing changes without one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.store import search
from ticket_portal.store.tables import Event, Message, Ticket
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class LoggedEvent:
    """What was put into the log, as far as alerts tell of it."""

    seq: int
    actor_role: str
    data: dict[str, Any]


@dataclass(frozen=True)
class PostedMessage:
    """A message that is in the log; as its row, but no object that is watched for changes."""

    id: int
    ticket_id: int
    seq: int
    kind: str
    author_role: str
    author_id: int | None
    author_name: str
    body: str
    client_id: str
    files: int
    created_at: datetime


def post(
    work: Work,
    ticket: Ticket,
    author: Viewer,
    kind: str,
    body: str,
    client_id: str,
    *,
    files: int = 0,
    event: str = "",
    **data: Any,
) -> tuple[PostedMessage, LoggedEvent]:
    """Put a message into the log, with the entry that tells of it (`event`: another word for that than its kind)."""
    row: dict[str, Any] = {
        "ticket_id": ticket.id,
        "seq": ticket.last_seq + 1,
        "kind": kind,
        "author_role": author.role,
        "author_id": author.account_id,
        "author_name": author.name,
        "body": body,
        "client_id": client_id,
        "files": files,
        "created_at": work.now,
    }
    posted = PostedMessage(work.insert(Message, **row), **row)
    if kind != "note":
        search.remember(work, ticket, "message", posted.id, body)
    entry = record(work, ticket, author, event or kind, public=kind != "note", message_id=posted.id, **data)
    return posted, entry


def record(
    work: Work,
    ticket: Ticket,
    viewer: Viewer,
    kind: str,
    *,
    public: bool = True,
    message_id: int | None = None,
    **data: Any,
) -> LoggedEvent:
    """Add an entry to the log. The ticket's row is locked by then, so numbers have neither gaps nor doubles."""
    seq = ticket.last_seq + 1
    work.insert(
        Event,
        ticket_id=ticket.id,
        seq=seq,
        kind=kind,
        public=public,
        actor_role=viewer.role,
        actor_id=viewer.account_id,
        actor_name=viewer.name,
        message_id=message_id,
        data=data,
        at=work.now,
    )
    # Touched after everything is inserted: so its row is written once, with all that changes in it.
    ticket.last_seq = seq
    if public:
        _remember_who_spoke(work, ticket, viewer)
    work.changed(ticket)
    return LoggedEvent(seq, viewer.role, data)


def _remember_who_spoke(work: Work, ticket: Ticket, viewer: Viewer) -> None:
    ticket.updated_at = work.now
    if viewer.of_team or viewer.role == Role.SYSTEM:
        ticket.team_seq = ticket.last_seq
    else:
        ticket.requester_seq = ticket.last_seq
