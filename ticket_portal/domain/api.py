"""The company's own systems: their tokens, each request's one effect, and a ticket as they get it (SPEC 9)."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, delete, select

from ticket_portal.domain import accounts, detail_requests, keys, sessions, tickets
from ticket_portal.domain.detail_requests import DetailView
from ticket_portal.domain.errors import DomainError, NotFound
from ticket_portal.domain.events import Posted
from ticket_portal.domain.people import NOBODY, Viewer, canonical, require_team
from ticket_portal.store.tables import Account, ApiAnswer, ApiToken, Message, Ticket
from ticket_portal.store.unit_of_work import Work

NEWEST = 100
KEPT = timedelta(days=7)


class KeyReused(DomainError):
    """An Idempotency-Key came with another request than the one it was made for."""

    code = "idempotency_key_reused"
    # Only the API says this, and it speaks English; nothing to translate.
    text = "This Idempotency-Key was already used for a different request."


@dataclass(frozen=True)
class Caller:
    """A system that calls: the agent it acts as, and its token's hash."""

    viewer: Viewer
    token_hash: str


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
    """What a request is answered, and whether it was answered before."""

    status: int
    body: dict[str, Any]
    repeated: bool = False


def new_token(work: Work, email: str) -> str:
    """Return a new token that acts as an agent. Raises BadAddress, NotFound (no such account, or not the team's)."""
    account = accounts.find(work, canonical(email))
    if account is None or not sessions.of_account(account).of_team:
        raise NotFound
    token = keys.new_token()
    work.session.add(ApiToken(token_hash=keys.token_hash(token), account_id=account.id, created_at=work.now))
    return token


def caller(work: Work, token: str) -> Caller:
    """Return whom a token stands for: nobody, if it is unknown or revoked, or the agent is one no longer."""
    hashed = keys.token_hash(token)
    account = work.session.exec(
        select(Account)
        .join(ApiToken, col(ApiToken.account_id) == col(Account.id))
        .where(ApiToken.token_hash == hashed, col(ApiToken.revoked_at).is_(None))
    ).first()
    viewer = sessions.of_account(account) if account else NOBODY
    return Caller(viewer if viewer.of_team else NOBODY, hashed)


def once(work: Work, caller: Caller, request: Request, do: Callable[[Work, Viewer], Answer]) -> Answer:
    """Do what is asked and keep the answer for a week; a request with a key that was answered is not done again.

    The effect and the kept answer are one transaction, so of two that come at once the second fails on the key,
    is run again by the store, and finds the first one's answer. A refusal has no effect and is not kept.
    Raises KeyReused, and whatever `do` raises.
    """
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
    """Forget what was answered long ago: nobody repeats a request as late as that."""
    work.session.exec(delete(ApiAnswer).where(col(ApiAnswer.at) < work.now - KEPT))


def short(work: Work, ticket: Ticket) -> dict[str, Any]:
    """Return a ticket in three words: its number, its state, and where people read it."""
    return {
        "number": ticket.number,
        "status": ticket.status,
        "url": f"{work.settings.public_url}/tickets/{ticket.number}",
    }


def full(work: Work, viewer: Viewer, number: int) -> dict[str, Any]:
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
    return {
        **short(work, ticket),
        "subject": ticket.subject,
        "language": ticket.language,
        "requester": {
            "email": ticket.address,
            "name": ticket.requester,
            "verified_by": ticket.proved_by or None,
        },
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
        "has_earlier": len(found) > NEWEST,
        "messages": [message(m, items) for m in reversed(found[:NEWEST])],
    }


def requested(work: Work, written: Posted) -> dict[str, Any]:
    """Return a request for details with its items."""
    return message(written, detail_requests.of_ticket(work, written.ticket_id))


def message(written: Message | Posted, items: Iterable[DetailView] = ()) -> dict[str, Any]:
    """Return a message as the company's systems get it; a request for details carries its items as they are now."""
    return {
        "seq": written.seq,
        "kind": written.kind,
        "role": written.author_role,
        "author": written.author_name,
        "body": written.body,
        "created_at": written.created_at.isoformat(),
        "items": [detail_requests.plain(item) for item in items if item.request == written.seq],
    }
