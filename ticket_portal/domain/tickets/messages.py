"""Messages: what people write in a ticket."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import Select, and_, bindparam
from sqlmodel import col, select

from ticket_portal.addresses import LARGEST
from ticket_portal.domain import history, limits
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.errors import (
    CannotReopen,
    EmptyMessage,
    Invalid,
    NotFound,
    SecretFound,
    TooFast,
    TooLong,
)
from ticket_portal.domain.files import attachments
from ticket_portal.domain.history import EventKind, LoggedEvent, MessageKind, PostedMessage
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import can_answer, can_reply, can_work, require
from ticket_portal.domain.text import secrets
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.domain.tickets import detail_requests, drafts, tickets
from ticket_portal.domain.tickets.detail_requests import DetailAnswer, DetailItemSpec
from ticket_portal.sets.statuses import REOPENING, Status
from ticket_portal.store.tables import Message, Ticket
from ticket_portal.store.unit_of_work import Work

LONGEST_BODY = 10_000


@dataclass(frozen=True)
class MessageForm:
    """A message as its writer sends it, checked. `items`: what a request for details asks for, beside its text.

    `secret`: what its text must not hold, and does; the team may quote such things.
    """

    body: str
    client_id: str
    files: tuple[str, ...] = ()
    items: tuple[DetailItemSpec, ...] = ()
    secret: type[SecretFound] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look for secrets, so that no form is without it."""
        object.__setattr__(self, "secret", secrets.secret_in(self.body))

    @classmethod
    def parse(cls, typed: dict[str, object]) -> "MessageForm":
        """Check what was typed. Raises EmptyMessage, TooLong, Invalid."""
        files = attachments.parse_ids(typed.get("files"))
        body = checked_body(typed.get("body"), may_be_empty=bool(files))
        return cls(body, checked_client_id(typed.get("client_id")), files)

    @classmethod
    def parse_request(cls, typed: dict[str, object]) -> "MessageForm":
        """Check a request for details; with items its text may be missing. Raises as `parse`, and Missing."""
        items = detail_requests.parse_wanted(typed.get("items") or ())
        client_id = checked_client_id(typed.get("client_id"))
        files = attachments.parse_ids(typed.get("files"))
        body = checked_body(typed.get("body"), may_be_empty=bool(items or files))
        return cls(body, client_id, files, items)


@dataclass(frozen=True)
class AnswersForm:
    """Answers to items of one request (by its number in the log), checked as far as they can be without the items."""

    request: int
    given: tuple[DetailAnswer, ...]
    client_id: str
    secret: type[SecretFound] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look for secrets, so that no form is without it."""
        object.__setattr__(self, "secret", secrets.secret_in(*(one.value for one in self.given)))

    @classmethod
    def parse(cls, typed: dict[str, object]) -> "AnswersForm":
        """Check what was typed. Raises Invalid, BadDetail."""
        request = typed.get("request")
        if type(request) is not int or not 0 < request <= LARGEST:
            raise Invalid("details")
        given = detail_requests.parse_given(typed.get("given"))
        return cls(request, given, checked_client_id(typed.get("client_id")))


def reply(work: Work, viewer: Viewer, number: int, form: MessageForm) -> PostedMessage:
    """Post a public reply. The same client id again returns the same message.

    A team's reply moves a new ticket to open; a requester's moves a waiting, resolved or recently closed one there.
    Raises NotFound, TooFast, CannotReopen, TicketMerged, FileGone, TooManyFiles; for a requester also what the shield
    raises.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_reply, ticket)
    if earlier := _already(work, ticket, viewer, form.client_id):
        return earlier
    _require_open(work, ticket)
    message, event = _post(work, ticket, viewer, MessageKind.REPLY, form)
    if viewer.of_team:
        _after_team_reply(work, ticket, viewer)
        notifications.about(work, ticket, event, AlertKind.REPLY)
    else:
        codes.refuse_own(work, viewer.address, form.body)  # the last refusal, see there
        _after_requesters_reply(work, ticket, viewer)
    return message


def note(work: Work, viewer: Viewer, number: int, form: MessageForm) -> PostedMessage:
    """Write an internal note: for the team alone, in no customer channel."""
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    if earlier := _already(work, ticket, viewer, form.client_id):
        return earlier
    return _post(work, ticket, viewer, MessageKind.NOTE, form)[0]


def request_details(work: Work, viewer: Viewer, number: int, form: MessageForm) -> PostedMessage:
    """Ask the requester for details; it is their turn then. Raises TicketMerged, CannotReopen."""
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    if earlier := _already(work, ticket, viewer, form.client_id):
        return earlier
    _require_open(work, ticket)
    # The alert counts all that is missing, also what was asked for before.
    count = len(form.items) + detail_requests.still_open(work, ticket.id) if form.items else 0
    facts = {"count": count} if count else {}
    message, event = _post(work, ticket, viewer, MessageKind.DETAILS, form, **facts)
    detail_requests.add(work, message, form.items)
    ticket.has_details = ticket.has_details or bool(form.items)
    tickets.move(work, ticket, Status.WAITING_CUSTOMER)
    notifications.about(work, ticket, event, AlertKind.DETAILS_REQUESTED)
    return message


def answer_details(work: Work, viewer: Viewer, number: int, form: AnswersForm) -> PostedMessage:
    """Give details that were asked for, or say why they can't be given; a part of them will do.

    It is the team's turn when none is open any more. The same client id again returns the same message.
    Raises NotFound, BadDetail, AlreadyAnswered, TooFast, CannotReopen, TicketMerged and what the shield raises.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_answer, ticket)
    if earlier := _already(work, ticket, viewer, form.client_id):
        return earlier
    _require_open(work, ticket)
    _spend(work, viewer, form.secret)
    fitting = detail_requests.fit(work, _request(work, ticket, form.request), form.given)
    body = detail_requests.values([one for _item, one in fitting])
    files = tuple(file for _item, one in fitting for file in one.files)
    message, _event = _write(work, ticket, viewer, MessageKind.ANSWERS, body, form.client_id, files)
    codes.refuse_own(work, viewer.address, body)
    detail_requests.settle(work, message, fitting)
    if ticket.status != Status.WAITING_CUSTOMER or not detail_requests.still_open(work, ticket.id):
        _after_requesters_reply(work, ticket, viewer)
    return message


def checked_body(body: Any, *, may_be_empty: bool = False) -> str:
    """Return the text of a message; only files may come without one. Raises EmptyMessage, TooLong."""
    text = storable(str(body or "")).strip()
    if not text and not may_be_empty:
        raise EmptyMessage
    if len(text) > LONGEST_BODY:
        raise TooLong("body", length=len(text), most=LONGEST_BODY)
    return text


def checked_client_id(client_id: Any) -> str:
    """Return the browser's own name for what it sends (a UUID, RFC 9562). Raises Invalid."""
    try:
        return str(UUID(str(client_id)))
    except ValueError:
        raise Invalid("client_id") from None


def _request(work: Work, ticket: Ticket, seq: int) -> Message:
    found = work.session.exec(
        select(Message).where(
            Message.ticket_id == ticket.id, Message.seq == seq, Message.kind == MessageKind.DETAILS
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def _already(work: Work, ticket: Ticket, viewer: Viewer, client_id: str) -> PostedMessage | None:
    found = work.execute(_sent_as(), {"ticket_id": ticket.id, "client_id": client_id}).mappings().first()
    if found and (found["author_role"], found["author_id"]) != (viewer.role, viewer.account_id):
        raise NotFound
    return PostedMessage(**found) if found else None


def _post(
    work: Work, ticket: Ticket, viewer: Viewer, kind: MessageKind, form: MessageForm, **facts: Any
) -> tuple[PostedMessage, LoggedEvent]:
    _spend(work, viewer, form.secret)
    return _write(work, ticket, viewer, kind, form.body, form.client_id, form.files, **facts)


def _write(
    work: Work,
    ticket: Ticket,
    viewer: Viewer,
    kind: MessageKind,
    body: str,
    client_id: str,
    files: tuple[str, ...],
    **facts: Any,
) -> tuple[PostedMessage, LoggedEvent]:
    drafts.sent(work, viewer, str(ticket.number), body)
    author = replace(viewer, name=viewer.name or (ticket.requester if not viewer.of_team else ""))
    message, entry = history.post(work, ticket, author, kind, body, client_id, files=len(files), **facts)
    attachments.take_along(work, ticket, viewer, message, files)
    return message, entry


def _require_open(work: Work, ticket: Ticket) -> None:
    tickets.refuse_merged(ticket)
    until = tickets.reopen_until(ticket, work.settings.reopen_days)
    if until and work.now >= until:
        raise CannotReopen


def _after_team_reply(work: Work, ticket: Ticket, viewer: Viewer) -> None:
    if ticket.status == Status.CLOSED:
        history.record(work, ticket, viewer, EventKind.REOPENED)
    status = Status.OPEN if ticket.status in (Status.NEW, Status.OPEN, Status.CLOSED) else ticket.status
    tickets.move(work, ticket, status)


def _after_requesters_reply(work: Work, ticket: Ticket, viewer: Viewer) -> None:
    if ticket.status in REOPENING:
        history.record(work, ticket, viewer, EventKind.REOPENED)
    tickets.move(work, ticket, Status.NEW if ticket.status == Status.NEW else Status.OPEN, unanswered=True)


def _spend(work: Work, viewer: Viewer, secret: type[SecretFound] | None) -> None:
    """Count a message of a requester, then refuse one with a secret: a refused message is counted too."""
    if not viewer.of_team:
        most = work.settings.limit_messages_per_10_minutes
        limits.spend(work, Limit("messages", most, timedelta(minutes=10)), viewer.reader, refusal=TooFast)
        secrets.refuse(work.settings, secret, address=viewer.address)


@cache  # composed once: that takes longer than to run it
def _sent_as() -> Select[*tuple[Any, ...]]:
    """The message that a browser sent under this name."""
    theirs = and_(
        col(Message.ticket_id) == bindparam("ticket_id"), col(Message.client_id) == bindparam("client_id")
    )
    return sqlalchemy.select(*Message.__table__.columns).where(theirs)  # pyright: ignore[reportAttributeAccessIssue]
