"""The conversation as one viewer may see it, and how far each side has read it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Select, and_, bindparam, case, func
from sqlalchemy.orm import aliased
from sqlmodel import col

from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.files import attachments
from ticket_portal.domain.files.attachments import FileView
from ticket_portal.domain.history import PostedMessage
from ticket_portal.domain.people import SIDE_OF_TEAM, Viewer, requester
from ticket_portal.domain.text import markup
from ticket_portal.domain.tickets import detail_requests, resolution, tickets
from ticket_portal.domain.tickets.detail_requests import DetailView
from ticket_portal.domain.tickets.resolution import ResolutionView
from ticket_portal.store.tables import Account, Event, Message, Muted, Rating, Reading, Ticket
from ticket_portal.store.unit_of_work import Work

WINDOW = 30


@dataclass(frozen=True)
class MessageView:
    """An entry of the conversation as one viewer may see it; the only shape that leaves the domain.

    `kind`: reply, note, details, answers, or event (then `event` says which). `role`: whose it is. `key`: the writer's
    own client id, "" for everybody else. `html`: safe to put into a page.
    `other`: the ticket that an event names; `whom`: the agent.
    """

    seq: int
    kind: str
    role: str
    author: str
    at: str
    html: str = ""
    event: str = ""
    mine: bool = False
    key: str = ""
    files: list[FileView] = field(default_factory=list)
    other: int = 0
    whom: str = ""


@dataclass(frozen=True)
class ThreadEntry:
    """A view before it is one viewer's: with what decides whether it is "mine"."""

    view: MessageView
    author_id: int | None
    client_id: str


@dataclass(frozen=True)
class Thread:
    """The newest part of a ticket's conversation for one audience (the team, or the requester).

    Shared between viewers, so it holds nothing that differs between them; `permissions` decides from `account_id`
    and `address` who may have it.
    """

    id: int
    number: int
    subject: str
    status: str
    account_id: int | None
    address: str
    guest_until: datetime | None
    locked_at: datetime | None
    requester: str
    language: str
    proved_by: str
    assignee: str
    created_at: str
    updated_at: str
    reopen_until: str
    can_reopen: bool
    last_seq: int
    seen_by_team_seq: int
    has_earlier: bool
    resolution: ResolutionView = field(default_factory=ResolutionView)
    topic: str = ""
    muted: bool = False
    details: list[DetailView] = field(default_factory=list)
    entries: list[ThreadEntry] = field(default_factory=list)


def thread(work: Work, ticket_id: int, *, team: bool) -> Thread:
    """Return the newest part of a conversation for an audience; ask `permissions` before anybody gets it."""
    ticket = work.execute(_with_its_people(), {"ticket_id": ticket_id}).first()
    if ticket is None:
        raise NotFound
    entries = _entries(work, ticket_id, team=team, before=None)
    until = tickets.reopen_until(ticket, work.settings.reopen_days)
    return Thread(
        id=ticket.id,
        number=ticket.number or 0,
        subject=ticket.subject,
        status=ticket.status,
        account_id=ticket.account_id,
        address=ticket.address,
        guest_until=ticket.guest_until,
        locked_at=ticket.locked_at,
        requester=ticket.requester,
        language=ticket.language,
        proved_by=ticket.proved_by,
        assignee=(ticket.assignee or "") if team else "",
        created_at=ticket.created_at.isoformat(),
        updated_at=ticket.updated_at.isoformat(),
        reopen_until=until.isoformat() if until else "",
        can_reopen=until is not None and work.now < until,
        last_seq=entries[-1].view.seq if entries else 0,
        seen_by_team_seq=ticket.seen_by_team_seq,
        has_earlier=len(entries) > WINDOW,
        resolution=resolution.view(work, ticket),
        topic=ticket.topic,
        muted=ticket.muted_by is not None,
        details=detail_requests.of_ticket(work, ticket_id) if ticket.has_details else [],
        entries=entries[-WINDOW:],
    )


def earlier(work: Work, viewer: Viewer, number: int, before: int) -> tuple[list[MessageView], bool]:
    """Return the entries before one, oldest first, and whether there are still earlier ones."""
    ticket = tickets.find(work, viewer, number)
    # From the browser; a database takes no number that large.
    before = min(max(before, 0), ticket.last_seq + 1)
    entries = _entries(work, ticket.id, team=viewer.of_team, before=before)
    return views(entries[-WINDOW:], viewer), len(entries) > WINDOW


def views(entries: list[ThreadEntry], viewer: Viewer) -> list[MessageView]:
    """Return entries as this viewer sees them: only their own carry their client id."""
    return [replace(e.view, mine=True, key=e.client_id) if _mine(e, viewer) else e.view for e in entries]


def posted(message: PostedMessage) -> MessageView:
    """Return a message without files that was just posted, as its writer sees it and as `thread` has it from now on."""
    return MessageView(
        seq=message.seq,
        kind=message.kind,
        role=message.author_role,
        author=message.author_name,
        at=message.created_at.isoformat(),
        html=markup.as_html(message.body),
        mine=True,
        key=message.client_id,
    )


def seen(work: Work, viewer: Viewer, number: int, seq: int) -> None:
    """Remember that the viewer has read the conversation up to an entry, in a visible page."""
    ticket = tickets.find(work, viewer, number)
    seq = min(seq, ticket.last_seq)
    # A guest's ticket has one reader, also when its address signed up and reads it from the account.
    reader = viewer.reader if viewer.of_team else requester(ticket)
    reading = work.session.get(Reading, (ticket.id, reader))
    if reading is None:
        reading = Reading(ticket_id=ticket.id, reader=reader)
    if seq <= reading.seq:
        return
    reading.seq, reading.at = seq, work.now
    work.session.add(reading)
    work.publish(f"list:{ticket.account_id or ticket.address}")
    if not viewer.of_team:
        ticket.seen_by_requester_seq = max(ticket.seen_by_requester_seq, seq)
        work.session.add(ticket)
    elif seq > ticket.seen_by_team_seq:
        ticket.seen_by_team_seq = seq
        work.changed(ticket)


def read_up_to(work: Work, viewer: Viewer, ticket: Any) -> int:
    """Return up to which entry the viewer's side has read a ticket (its row or columns); 0 if they never opened it."""
    reader = viewer.reader if viewer.of_team else requester(ticket)
    return work.scalar(_read(), {"ticket_id": ticket.id, "reader": reader}) or 0


def first_unread(entries: list[MessageView], viewer: Viewer, read: int) -> int:
    """Return the number of the first message of the other side that is not read yet; 0 if there is none."""
    for entry in entries:
        theirs = viewer.of_team != (entry.role in SIDE_OF_TEAM)
        if entry.seq > read and theirs and entry.kind != "event":
            return entry.seq
    return 0


# What of the log is an entry of the conversation; the rest is kept for the audit.
_SHOWN_EVENTS = (
    "created",
    "reply",
    "note",
    "details",
    "answers",
    "resolved",
    "reopened",
    "closed",
    "merged",
    "joined",
    "assigned",
    "assigned_to",
    "unassigned",
    "claimed",
    "unclaimed",
    "locked",
    "unlocked",
    "erased",
)
_WITH_DATA = ("merged", "joined", "assigned_to")


def _entries(work: Work, ticket_id: int, *, team: bool, before: int | None) -> list[ThreadEntry]:
    """Read one more than a window, so that the caller can tell whether there are earlier ones."""
    asked = {"ticket_id": ticket_id, "before": before}
    found = work.execute(_log(team=team, before=before is not None), asked).all()
    files = attachments.of_messages(work, [line.message_id for line in found if line.files])
    return [_entry(line, files.get(line.message_id or 0, [])) for line in reversed(found)]


def _entry(line: Any, files: list[FileView]) -> ThreadEntry:
    written: bool = line.written is not None
    view = MessageView(
        seq=line.seq,
        kind=line.written if written else "event",
        role=line.actor_role,
        author=line.author_name if written else line.actor_name,
        at=line.at.isoformat(),
        html=markup.as_html(line.body) if written else "",
        event="" if written else line.kind,
        files=files,
        other=(line.data.get("into") or line.data.get("other") or 0) if line.data else 0,
        whom=line.data.get("agent") or "" if line.data else "",
    )
    return ThreadEntry(view, line.actor_id, line.client_id or "")


def _mine(entry: ThreadEntry, viewer: Viewer) -> bool:
    if viewer.of_team:
        return entry.author_id == viewer.account_id
    # A ticket has one requester, also when they sign up later.
    return entry.view.role in ("customer", "guest")


# The queries of an open page are composed once: that takes longer than to run them.
@cache
def _read() -> Select[int]:
    """Up to which entry somebody has read a ticket."""
    theirs = and_(
        col(Reading.ticket_id) == bindparam("ticket_id"), col(Reading.reader) == bindparam("reader")
    )
    return sqlalchemy.select(col(Reading.seq)).where(theirs)


@cache
def _with_its_people() -> Select[*tuple[Any, ...]]:
    """A ticket with its assignee's name, its rating, and the address that is told if it muted the ticket."""
    columns = (*Ticket.__table__.columns, *resolution.RATING)  # pyright: ignore[reportAttributeAccessIssue]
    owner = aliased(Account)
    told_at = func.coalesce(col(owner.address), col(Ticket.address))
    theirs = and_(col(Muted.ticket_id) == col(Ticket.id), col(Muted.address) == told_at)
    return (
        sqlalchemy.select(*columns, col(Account.name).label("assignee"), col(Muted.address).label("muted_by"))
        .join(Account, col(Account.id) == col(Ticket.assignee_id), isouter=True)
        .join(Rating, col(Rating.ticket_id) == col(Ticket.id), isouter=True)
        .join(owner, col(owner.id) == col(Ticket.account_id), isouter=True)
        .join(Muted, theirs, isouter=True)
        .where(col(Ticket.id) == bindparam("ticket_id"))
    )


@cache
def _log(*, team: bool, before: bool) -> Select[Any]:
    """The newest entries of a ticket's log, or the newest `before` one, as far as an audience may see them."""
    event = (Event.seq, Event.kind, Event.actor_role, Event.actor_id, Event.actor_name, Event.at)
    # JSON is read line by line, and only these have something in it that is shown.
    data = case((col(Event.kind).in_(_WITH_DATA), col(Event.data)), else_=None).label("data")
    message = (Message.author_name, Message.body, Message.client_id, Message.files)
    query = (
        # Columns, not rows of two tables: the objects of those cost three times as much.
        sqlalchemy.select(
            *map(col, event),
            *map(col, message),
            data,
            col(Message.kind).label("written"),
            col(Event.message_id),
        )
        .select_from(Event)
        .join(Message, col(Message.id) == col(Event.message_id), isouter=True)
        .where(col(Event.ticket_id) == bindparam("ticket_id"), col(Event.kind).in_(_SHOWN_EVENTS))
    )
    if not team:
        query = query.where(col(Event.public))
    if before:
        query = query.where(col(Event.seq) < bindparam("before"))
    return query.order_by(col(Event.seq).desc()).limit(WINDOW + 1)
