"""The company's own systems: each request's one effect, a ticket as they get it, and their list of tickets."""

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Integer, Select, bindparam, or_
from sqlmodel import col, delete, select

from ticket_portal.addresses import LARGEST, TICKET
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.accounts.api_tokens import Caller, Scope
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.history import PostedMessage
from ticket_portal.domain.operations import answers
from ticket_portal.domain.operations.answers import (
    Answered,
    AssignedTicket,
    Assignee,
    Detail,
    Requester,
    TicketPage,
    TicketState,
    TicketSummary,
)
from ticket_portal.domain.people import Viewer, require_team
from ticket_portal.domain.tickets import detail_requests, tickets
from ticket_portal.domain.tickets.detail_requests import DetailView
from ticket_portal.store.tables import Account, ApiAnswer, Message, Ticket
from ticket_portal.store.unit_of_work import Work

NEWEST = 100
PAGE = 25
LARGEST_PAGE = 100
RETENTION = timedelta(days=7)


class KeyReused(DomainError):
    """An Idempotency-Key came with another request than the one it was made for."""

    code = "idempotency_key_reused"
    # Only the API says this, and it speaks English; nothing to translate.
    text = "This Idempotency-Key was already used for a different request."


class BadCursor(DomainError):
    """Not a cursor that a page of the list gave."""

    code = "bad_cursor"
    text = "This cursor is not one that the list gave. Begin again without a cursor."


@dataclass(frozen=True)
class Request:
    """What makes two requests the same one."""

    key: str
    method: str
    path: str
    body: bytes

    @property
    def hash(self) -> str:
        """A digest of all but the key."""
        return hashlib.sha256(b"\0".join([self.method.encode(), self.path.encode(), self.body])).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What a request is answered, as JSON, and whether it was answered before."""

    status: int
    body: dict[str, Any]
    repeated: bool = False

    @classmethod
    def of(cls, status: int, answered: Answered) -> "Answer":
        """Return the first answer to a request."""
        return cls(status, answered.plain())


def once(work: Work, caller: Caller, request: Request, do: Callable[[Work, Viewer], Answer]) -> Answer:
    """Do what is asked and keep the answer for a week; a request with a key that was answered is not done again.

    The effect and the kept answer are one transaction, so of two that come at once the second fails on the key,
    is run again by the store, and finds the first one's answer. A refusal has no effect and is not kept.
    The token is looked at again: it may have ended since the request began. Raises BadToken, KeyReused, and whatever
    `do` raises.
    """
    api_tokens.require(work, caller, Scope.WRITE)
    if not request.key:
        return do(work, caller.viewer)
    if earlier := work.session.get(ApiAnswer, (caller.token_hash, request.key)):
        if earlier.request_hash != request.hash:
            raise KeyReused
        return Answer(earlier.status, earlier.body, repeated=True)
    answer = do(work, caller.viewer)
    work.session.add(
        ApiAnswer(
            token_hash=caller.token_hash,
            key=request.key,
            request_hash=request.hash,
            status=answer.status,
            body=answer.body,
            at=work.now,
        )
    )
    work.session.flush()
    return answer


def sweep(work: Work) -> None:
    """Delete stored answers past their retention: no client repeats a request that late."""
    work.session.exec(delete(ApiAnswer).where(col(ApiAnswer.at) < work.now - RETENTION))


def short(work: Work, ticket: Any) -> TicketState:
    """Return a ticket in three words: its number, its state, and where people read it."""
    return TicketState(**_state(work, ticket))


def _state(work: Work, ticket: Any) -> dict[str, Any]:
    url = f"{work.settings.public_url}{TICKET}{ticket.number}"
    return {"number": ticket.number, "status": str(ticket.status), "url": url}


def assigned(work: Work, ticket: Ticket) -> AssignedTicket:
    """Return a ticket's number, state and address, and whose it is."""
    agent = work.session.get(Account, ticket.assignee_id) if ticket.assignee_id else None
    return AssignedTicket(**_state(work, ticket), assignee=_assignee(agent) if agent else None)


def page(
    work: Work,
    viewer: Viewer,
    *,
    cursor: str = "",
    limit: int = PAGE,
    status: str = "",
    updated_since: datetime | None = None,
) -> TicketPage:
    """Return tickets, the last activity first, and the cursor of the next page (None after the last).

    Keyset pagination: a page costs the same however far down it is, and nothing is shown twice. What is updated while
    a client pages moves to the top, so those who follow changes ask again, with `updated_since` as the time they began.
    Raises BadCursor, NotFound (not of the team).
    """
    require_team(viewer)
    asked: dict[str, object] = {"most": limit + 1}
    if cursor:
        asked["at"], asked["last"] = _parse_cursor(cursor)
    if status:
        asked["status"] = status
    if updated_since:
        asked["since"] = updated_since
    found = work.execute(_list(frozenset(asked)), asked).all()
    last = found[limit - 1] if len(found) > limit else None
    return TicketPage(
        tickets=[TicketSummary(**_summary(work, t, _assignee_of(t))) for t in found[:limit]],
        next_cursor=_cursor(last.updated_at, last.id) if last else None,
    )


def _assignee_of(listed: Any) -> Assignee | None:
    return Assignee(email=listed.agent_address, name=listed.agent_name) if listed.agent_address else None


@cache  # composed once for each combination of filters
def _list(asked: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Select a page: `asked` names the filters. The order is that of ix_ticket_recent and ix_ticket_status_recent."""
    at, last = col(Ticket.updated_at), col(Ticket.id)
    columns = (Ticket.id, Ticket.number, Ticket.status, Ticket.subject, Ticket.language, Ticket.address)
    more = (Ticket.requester, Ticket.proved_by, Ticket.created_at, Ticket.updated_at)
    query = sqlalchemy.select(
        *map(col, (*columns, *more)),
        col(Account.address).label("agent_address"),
        col(Account.name).label("agent_name"),
    ).join(Account, col(Account.id) == col(Ticket.assignee_id), isouter=True)
    if "status" in asked:
        query = query.where(col(Ticket.status) == bindparam("status"))
    if "since" in asked:
        query = query.where(at >= bindparam("since"))
    if "at" in asked:
        query = query.where(at <= bindparam("at"), or_(at < bindparam("at"), last < bindparam("last")))
    return query.order_by(at.desc(), last.desc()).limit(bindparam("most", type_=Integer))


def _cursor(at: datetime, last: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}~{last}".encode()).decode().rstrip("=")


def _parse_cursor(cursor: str) -> tuple[datetime, int]:
    """Return where the page before ended. Raises BadCursor for anything that `_cursor` would not make."""
    try:
        at, last = (
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode().split("~")
        )
        parsed = datetime.fromisoformat(at).astimezone(UTC), int(last)
    except (ValueError, OverflowError):  # Unicode and base64 errors are ValueErrors
        raise BadCursor from None
    if not 0 < parsed[1] <= LARGEST or _cursor(*parsed) != cursor:
        raise BadCursor
    return parsed


def _summary(work: Work, ticket: Any, assignee: Assignee | None) -> dict[str, Any]:
    """Return what is said of a ticket, or of the columns of one, with and without its messages."""
    return {
        **_state(work, ticket),
        "subject": ticket.subject,
        "language": ticket.language,
        "requester": Requester(
            email=ticket.address, name=ticket.requester, verified_by=ticket.proved_by or None
        ),
        "assignee": assignee,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
    }


def _assignee(agent: Account) -> Assignee:
    return Assignee(email=agent.address, name=agent.name)


def full(work: Work, viewer: Viewer, number: int) -> answers.Ticket:
    """Return a ticket with its newest messages, internal notes included. Raises NotFound."""
    require_team(viewer)
    ticket = tickets.find(work, viewer, number)
    newest_first = (
        select(Message)
        .where(Message.ticket_id == ticket.id)
        .order_by(col(Message.seq).desc())
        .limit(NEWEST + 1)
    )
    found = work.session.exec(newest_first).all()
    items = detail_requests.of_ticket(work, ticket.id)
    agent = work.session.get(Account, ticket.assignee_id) if ticket.assignee_id else None
    return answers.Ticket(
        **_summary(work, ticket, _assignee(agent) if agent else None),
        has_earlier=len(found) > NEWEST,
        messages=[message(m, items) for m in reversed(found[:NEWEST])],
    )


def requested(work: Work, written: PostedMessage) -> answers.Message:
    """Return a request for details with its items."""
    return message(written, detail_requests.of_ticket(work, written.ticket_id))


def message(written: Message | PostedMessage, items: Iterable[DetailView] = ()) -> answers.Message:
    """Return a message as the company's systems get it; a request for details carries its items as they are now."""
    sent: dict[str, Any] = {"kind": written.kind, "role": written.author_role}
    return answers.Message(
        **sent,
        seq=written.seq,
        author=written.author_name,
        body=written.body,
        created_at=written.created_at,
        items=[Detail(**detail_requests.plain(item)) for item in items if item.request == written.seq],
    )
