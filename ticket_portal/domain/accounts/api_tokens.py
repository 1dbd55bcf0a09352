"""The tokens of the REST API: made for one agent, with a scope and an end, listed, and taken back.

A token is a password that a program keeps for months, in files and variables of other systems. So it has a prefix that
scanners for leaked secrets find, it ends by itself, its last use is seen, and its end is immediate: each request asks
the database, nothing about a token is remembered by any process (RFC 6750; OWASP ASVS 7.4).
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import Select, bindparam
from sqlmodel import col, select, update

from ticket_portal.domain import keys, limits, security_log, sessions
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.errors import DomainError, NotFound, TooMany
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.text.cleaning import one_line
from ticket_portal.store.tables import Account, ApiToken
from ticket_portal.store.unit_of_work import Store, Work

PREFIX = "tp_"
# Those from before there was a prefix are still taken.
_FORM = re.compile(rf"(?:{PREFIX})?[A-Za-z0-9_-]{{43}}")
LIFETIME = timedelta(days=365)
NEVER = "never"
LONGEST_NAME = 80
PUBLIC_ID_BYTES = 6
LAST_USE_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may do, within what its agent may."""

    READ = "read"
    WRITE = "write"


INCLUDES: dict[Scope, frozenset[Scope]] = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.WRITE: frozenset({Scope.READ, Scope.WRITE}),
}


class TokenState(StrEnum):
    """Whether a token works, or why not; `suspended`: its agent is not an agent now."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


class BadToken(DomainError):
    """No token, or one that is unknown, expired or revoked, or whose agent is not an agent now."""

    code = "unauthorized"
    # Only programs and operators are told of these, in English; nothing to translate.
    text = "Send a valid token: Authorization: Bearer <token>."


class ScopeMissing(DomainError):
    """The token may not do this; `scope` is what it would need."""

    code = "insufficient_scope"
    text = "This token may only read. Make one with the scope {scope} for this."


class TooManyBadTokens(TooMany):
    """This network sent too many bad tokens; a good one is still taken."""

    text = "Too many bad tokens came from your network. Bad ones are not looked at until {until}; good ones work."


class BadExpiry(DomainError):
    """Not a number of days, not a date, or not in the future."""

    code = "bad_expiry"
    text = "{typed} is no time to expire. Give days (90d), a date in the future (2027-12-31), or never."


class NoSuchToken(DomainError):
    """No token has this id."""

    code = "no_such_token"
    text = "There is no token with the id {id}. See list-api-tokens."


class TokenUnclear(DomainError):
    """More than one token has an id that begins like this."""

    code = "token_unclear"
    text = "More than one token's id begins with {id}. Give more of it; see list-api-tokens."


@dataclass(frozen=True)
class Caller:
    """A system that calls: the agent it acts as, its token's hash and scope, and whether its use is to be noted."""

    viewer: Viewer
    token_hash: str
    scope: Scope = Scope.READ
    note_use: bool = False


@dataclass(frozen=True)
class TokenView:
    """A token as an operator sees it; never the token itself. Moments are None where there was or is none."""

    id: str
    name: str
    agent: str
    scope: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    state: TokenState
    created_by: str


def new_token(
    work: Work,
    email: str,
    *,
    name: str = "",
    scope: Scope = Scope.WRITE,
    expires: str = "",
    by: int | None = None,
) -> str:
    """Return a new token that acts as an agent; it can't be shown again.

    `expires`: see `expiry`; "" is a year. `by`: the account that makes it, None at the command line. Raises BadAddress,
    BadExpiry, NotFound (no such account, not the team's, or deactivated).
    """
    account = _account(
        work, email, locked=True
    )  # or it could be deactivated meanwhile, and this token live on
    if account.deactivated_at or not sessions.of_account(account).of_team:
        raise NotFound
    token = PREFIX + keys.new_token()
    made = ApiToken(
        token_hash=keys.token_hash(token),
        public_id=secrets.token_hex(PUBLIC_ID_BYTES),
        account_id=account.id,
        name=one_line(name)[:LONGEST_NAME] or f"{account.name}, {work.now:%Y-%m-%d}",
        scope=scope,
        created_by=by,
        created_at=work.now,
        expires_at=expiry(work, expires),
    )
    work.session.add(made)
    security_log.happened(
        work,
        SecurityEvent.API_TOKEN_CREATED,
        address=account.address,
        token=made.public_id,
        scope=made.scope,
        expires=f"{made.expires_at:%Y-%m-%d}" if made.expires_at else NEVER,
    )
    return token


def expiry(work: Work, typed: str) -> datetime | None:
    """Return when a token ends: after days (`90d`), after a day's end in UTC (`2027-12-31`), None for `never`.

    "" is a year: a forgotten token must not open the portal for ever. Raises BadExpiry.
    """
    wanted = typed.strip().lower()
    if wanted == NEVER:
        return None
    try:
        if not wanted:
            return work.now + LIFETIME
        if days := re.fullmatch(r"([0-9]{1,5})d", wanted):
            ends = work.now + timedelta(days=int(days[1]))
        else:
            day = datetime.strptime(wanted, "%Y-%m-%d").date()  # noqa: DTZ007 - a date, put into UTC below
            ends = datetime.combine(day, time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadExpiry(typed=one_line(typed)[:LONGEST_NAME]) from None
    if ends <= work.now:
        raise BadExpiry(typed=one_line(typed)[:LONGEST_NAME])
    return ends


def authenticate(store: Store, token: str, ip: str) -> Caller:
    """Return the caller that a token identifies. Raises BadToken; TooManyBadTokens once the network sent too many.

    Guessing 256 bits is hopeless; the limit is for systems that go on with a token that ended, and for the log. The
    token is looked at first, so a network that is over its limit is no reason to refuse a good one (many systems may
    share an address). Past the limit nothing is written: one indexed read for the token, one for the limit.
    """
    found = store.read(_known, token, ip)
    if not found.viewer.of_team:
        store.write(_count_bad_token, ip)
        raise BadToken
    return found


def caller(work: Work, token: str) -> Caller:
    """Return whom a token stands for: NOBODY, if it is bad."""
    if not _FORM.fullmatch(token):
        return Caller(NOBODY, "")
    return _by_hash(work, keys.token_hash(token))


def require(work: Work, by: Caller, scope: Scope) -> None:
    """Look at the token once more, in the transaction that writes. Raises BadToken, ScopeMissing.

    The first look was before the request's body was read. A caller that sends its body slowly could otherwise begin a
    request, be revoked, and finish it an hour later.
    """
    now = _by_hash(work, by.token_hash)
    if not now.viewer.of_team:
        raise BadToken
    require_scope(now, scope)


def require_scope(by: Caller, scope: Scope) -> None:
    """Raise ScopeMissing unless the token's scope includes this one."""
    if scope not in INCLUDES[by.scope]:
        raise ScopeMissing(scope=scope.value)


def note_use(work: Work, by: Caller) -> None:
    """Remember that the token was used; once a minute at most, so that reading costs no write."""
    work.session.exec(
        update(ApiToken).where(col(ApiToken.token_hash) == by.token_hash).values(last_used_at=work.now)
    )


def views(work: Work, email: str = "") -> list[TokenView]:
    """Return all tokens, or an agent's, the newest first. Raises BadAddress, NotFound (no such account)."""
    query = select(ApiToken, Account).join(Account, col(Account.id) == col(ApiToken.account_id))
    if email:
        query = query.where(col(ApiToken.account_id) == _account(work, email).id)
    found = work.session.exec(query.order_by(col(ApiToken.created_at).desc(), col(ApiToken.public_id))).all()
    makers = {token.created_by for token, _agent in found} - {None}
    named = dict(
        work.session.exec(select(Account.id, Account.address).where(col(Account.id).in_(makers))).all()
    )
    return [_view(work, token, agent, named.get(token.created_by or 0, "")) for token, agent in found]


def revoke(work: Work, prefix: str) -> TokenView:
    """End the token whose id is or begins with this: its next request is refused. One that has ended stays as it is.

    Raises NoSuchToken, TokenUnclear (more than one).
    """
    shown = one_line(prefix)[:LONGEST_NAME]
    found = work.session.exec(
        select(ApiToken, Account)
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .where(col(ApiToken.public_id).startswith(prefix, autoescape=True))
        .limit(2)
    ).all()
    if not prefix or not found:
        raise NoSuchToken(id=shown)
    if len(found) > 1:
        raise TokenUnclear(id=shown)
    [(token, agent)] = found
    if token.revoked_at is None:
        _revoke(work, token, agent, by="operator")
    return _view(work, token, agent, "")


def end_all(work: Work, account: Account) -> None:
    """End every token that acts as this account, for a reason of the table in `domain/accounts/endings`."""
    query = select(ApiToken).where(ApiToken.account_id == account.id, col(ApiToken.revoked_at).is_(None))
    for token in work.session.exec(query).all():
        _revoke(work, token, account)


def _account(work: Work, email: str, *, locked: bool = False) -> Account:
    query = select(Account).where(Account.address == canonical(email))
    found = work.session.exec(query.with_for_update() if locked else query).first()
    if found is None:
        raise NotFound
    return found


def _revoke(work: Work, token: ApiToken, agent: Account, by: str = "") -> None:
    token.revoked_at = work.now
    work.session.add(token)
    security_log.happened(
        work, SecurityEvent.API_TOKEN_REVOKED, address=agent.address, token=token.public_id, by=by
    )


def _known(work: Work, token: str, ip: str) -> Caller:
    """Return whom a token stands for; NOBODY for a bad one. Raises TooManyBadTokens."""
    found = caller(work, token)
    if not found.viewer.of_team and (end := limits.until(work, _bad_tokens(work), ip)):
        raise TooManyBadTokens(until=end)
    return found


def _count_bad_token(work: Work, ip: str) -> None:
    # Looked for and counted in one piece: of many that come at once, as many are answered 401 as the limit says.
    limits.spend(work, _bad_tokens(work), ip, refusal=TooManyBadTokens)
    security_log.happened(work, SecurityEvent.API_TOKEN_REFUSED, ip=ip)
    if limits.until(work, _bad_tokens(work), ip):
        security_log.happened(work, SecurityEvent.LIMIT_REACHED, ip=ip, rule=_bad_tokens(work).rule)


def _bad_tokens(work: Work) -> Limit:
    return Limit("bad_tokens_ip", work.settings.limit_bad_tokens_per_ip_per_hour)


def _by_hash(work: Work, token_hash: str) -> Caller:
    row = work.execute(_with_its_agent(), {"token_hash": token_hash, "now": work.now}).first()
    if row is None:
        return Caller(NOBODY, token_hash)
    agent = sessions.of_account(row)
    used: datetime | None = row.last_used_at
    return Caller(
        viewer=agent if agent.of_team else NOBODY,
        token_hash=token_hash,
        scope=Scope(row.scope),
        note_use=used is None or used <= work.now - LAST_USE_EVERY,
    )


@cache  # composed once: every request of the API asks
def _with_its_agent() -> Select[*tuple[Any, ...]]:
    """A token's columns with its agent's, if it has not ended and the agent may still come in."""
    return (
        sqlalchemy.select(col(ApiToken.scope), col(ApiToken.last_used_at), *sessions._OF_ACCOUNT)
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .where(
            col(ApiToken.token_hash) == bindparam("token_hash"),
            col(ApiToken.revoked_at).is_(None),
            sqlalchemy.or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > bindparam("now")),
            col(Account.deactivated_at).is_(None),
        )
    )


def _view(work: Work, token: ApiToken, agent: Account, maker: str) -> TokenView:
    return TokenView(
        id=token.public_id,
        name=token.name,
        agent=agent.address,
        scope=token.scope,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        expires_at=token.expires_at,
        state=_state(work, token, agent),
        created_by=maker,
    )


def _state(work: Work, token: ApiToken, agent: Account) -> TokenState:
    if token.revoked_at:
        return TokenState.REVOKED
    if token.expires_at and token.expires_at <= work.now:
        return TokenState.EXPIRED
    if agent.deactivated_at or not sessions.of_account(agent).of_team:
        return TokenState.SUSPENDED
    return TokenState.ACTIVE
