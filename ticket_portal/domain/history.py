"""A ticket's ordered log: every change is one entry, and nothing changes without one."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any

from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.store import search
from ticket_portal.store.tables import Event, Message, Ticket
from ticket_portal.store.unit_of_work import Work


class MessageKind(StrEnum):
    """What a message is."""

    REPLY = "reply"
    NOTE = "note"
    DETAILS = "details"
    ANSWERS = "answers"


class EventKind(StrEnum):
    """What happened: what an entry of the log tells. A message is told by its kind, the first one by CREATED."""

    CREATED = "created"
    REPLY = MessageKind.REPLY
    NOTE = MessageKind.NOTE
    DETAILS = MessageKind.DETAILS
    ANSWERS = MessageKind.ANSWERS
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"
    JOINED = "joined"
    ASSIGNED = "assigned"
    ASSIGNED_TO = "assigned_to"
    UNASSIGNED = "unassigned"
    CLAIMED = "claimed"
    UNCLAIMED = "unclaimed"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ERASED = "erased"
    RATED = "rated"
    REMINDER = "reminder"


class ShownAs(Enum):
    """How an entry of the log is seen in the conversation."""

    MESSAGE = auto()
    SENTENCE = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class EventRules:
    """Who sees an entry, and as what.

    `public`: the requester sees it too, and the ticket counts as updated. `shown`: what is not shown is kept for the
    audit. `has_facts`: its sentence names something of its data.
    """

    public: bool = True
    shown: ShownAs = ShownAs.SENTENCE
    has_facts: bool = False


EVENTS: dict[EventKind, EventRules] = {
    EventKind.CREATED: EventRules(shown=ShownAs.MESSAGE),
    EventKind.REPLY: EventRules(shown=ShownAs.MESSAGE),
    EventKind.NOTE: EventRules(public=False, shown=ShownAs.MESSAGE),
    EventKind.DETAILS: EventRules(shown=ShownAs.MESSAGE),
    EventKind.ANSWERS: EventRules(shown=ShownAs.MESSAGE),
    EventKind.RESOLVED: EventRules(),
    EventKind.REOPENED: EventRules(),
    EventKind.CLOSED: EventRules(),
    EventKind.MERGED: EventRules(has_facts=True),
    EventKind.JOINED: EventRules(has_facts=True),
    EventKind.ASSIGNED: EventRules(public=False),
    EventKind.ASSIGNED_TO: EventRules(public=False, has_facts=True),
    EventKind.UNASSIGNED: EventRules(public=False),
    EventKind.CLAIMED: EventRules(public=False),
    EventKind.UNCLAIMED: EventRules(public=False),
    EventKind.LOCKED: EventRules(public=False),
    EventKind.UNLOCKED: EventRules(public=False),
    EventKind.ERASED: EventRules(public=False),
    EventKind.RATED: EventRules(public=False, shown=ShownAs.NOTHING),
    EventKind.REMINDER: EventRules(public=False, shown=ShownAs.NOTHING),
}


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
    kind: MessageKind,
    body: str,
    client_id: str,
    *,
    files: int = 0,
    event: EventKind | None = None,
    **data: Any,
) -> tuple[PostedMessage, LoggedEvent]:
    """Put a message into the log, with the entry that tells of it (`event`: where that is of another kind)."""
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
    if EVENTS[EventKind(kind)].public:
        search.remember(work, ticket, "message", posted.id, body)
    entry = record(work, ticket, author, event or EventKind(kind), message_id=posted.id, **data)
    return posted, entry


def record(
    work: Work,
    ticket: Ticket,
    viewer: Viewer,
    kind: EventKind,
    *,
    message_id: int | None = None,
    **data: Any,
) -> LoggedEvent:
    """Add an entry to the log. The ticket's row is locked by then, so numbers have neither gaps nor doubles."""
    seq, public = ticket.last_seq + 1, EVENTS[kind].public
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
