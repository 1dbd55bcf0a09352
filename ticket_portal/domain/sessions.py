"""Who is at a browser: random tokens in HttpOnly cookies, of which only hashes are kept."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

import sqlalchemy
from sqlalchemy import Select, bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys
from ticket_portal.domain.people import NOBODY, Role, Viewer
from ticket_portal.domain.text.cleaning import one_line
from ticket_portal.sets.roles import role_of
from ticket_portal.store.tables import Account, Device, Session, Undeliverable
from ticket_portal.store.unit_of_work import Work

SEEN_EVERY = timedelta(minutes=1)
RETENTION = timedelta(days=7)
MOST_TOLD = 10
LONGEST_USER_AGENT = 300
PLAIN = "plain:"
"""How the key of a session begins whose cookie may lack the prefix `__Host-` on https: one from before that prefix."""

_NAMES = (Account.id, Account.address, Account.name, Account.role, Account.language)
_OF_ACCOUNT = tuple(map(col, (*_NAMES, Account.time_zone, Account.zone_is_chosen)))


@dataclass(frozen=True)
class Credentials:
    """What a browser brought along: hashes of its cookies' tokens, never the tokens, and where it called from."""

    session: str = ""
    guest: str = ""
    browser: str = ""
    ip: str = ""
    zone: str = ""

    def packed(self) -> str:
        """Return them as one word for a header."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    @lru_cache(maxsize=2_000)  # every event asks for them, several times
    def unpack(cls, packed: str) -> "Credentials":
        """Read them back; what can't be read means no credentials."""
        try:
            return cls(**json.loads(base64.urlsafe_b64decode(packed)))
        except (ValueError, TypeError):
            return cls()


@dataclass(frozen=True)
class Arrival:
    """The browser in which someone proves who they are.

    `user_agent`: what it calls itself. `browser`: the hash of its token until now, `successor`: of the one that it
    gets now. `session`: the hash of the session that it brought along. `ip`: the network that it calls from.
    """

    user_agent: str = ""
    browser: str = ""
    successor: str = ""
    session: str = ""
    ip: str = ""


def begin(work: Work, account: Account, user_agent: str = "", *, unfamiliar: bool = False) -> str:
    """Sign an account in and return the token for its cookie. `user_agent`: what its browser calls itself."""
    return _begin(work, account_id=account.id, user_agent=user_agent, unfamiliar=unfamiliar)


def begin_guest(work: Work, address: str) -> str:
    """Remember that this browser proved the address, and return the token for its cookie."""
    return _begin(work, address=address)


def renew(work: Work, token_hash: str) -> str:
    """Begin another session for the owner of this one and return its token; "" where it is unknown or ended.

    The caller ends the old one with `endings.end`.
    """
    before = work.session.get(Session, token_hash) if token_hash else None
    if before is None or before.ended_at:
        return ""
    return _begin(
        work,
        account_id=before.account_id,
        address=before.address,
        user_agent=before.user_agent,
        unfamiliar=before.unfamiliar,
    )


def surplus(work: Work, account_id: int | None, address: str | None = None) -> Sequence[str]:
    """Return the hashes of an account's or a guest's open sessions that are too many, the longest unused ones."""
    whose = col(Session.account_id) == account_id if account_id else col(Session.address) == address
    newest_first = (
        select(Session.token_hash)
        .where(whose, col(Session.ended_at).is_(None))
        .order_by(col(Session.seen_at).desc(), col(Session.created_at).desc())
    )
    return work.session.exec(newest_first.offset(work.settings.limit_sessions_per_account)).all()


def viewer(work: Work, token_hash: str) -> Viewer:
    """Return who has this session; NOBODY when it is unknown, ended, too old or was idle for too long."""
    row = work.execute(_with_whose_it_is(), {"token_hash": token_hash}).first()
    if row is None or row.ended_at or is_over(work, row, row if row.id else None):
        return NOBODY
    if row.id is None:
        return Viewer(
            role=Role.GUEST,
            address=row.guest_address or "",
            session=token_hash,
            as_of=work.now,
            mail_problem=row.problem or "",
        )
    return of_account(row, token_hash, row.problem or "", new_sign_in=bool(row.new_sign_in))


@cache  # composed once: every page that comes asks for it
def _with_whose_it_is() -> Select[*tuple[Any, ...]]:
    """A session's columns, with its account's if it has one."""
    session = (col(Session.created_at), col(Session.seen_at), col(Session.ended_at))
    other = aliased(Session)
    new_sign_in = sqlalchemy.exists().where(
        other.account_id == Session.account_id,  # pyright: ignore[reportArgumentType]
        other.token_hash != Session.token_hash,  # pyright: ignore[reportArgumentType]
        other.unfamiliar.is_(True),  # pyright: ignore[reportAttributeAccessIssue]
        other.ended_at.is_(None),  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    )
    return (
        sqlalchemy.select(
            *session,
            col(Session.address).label("guest_address"),
            *_OF_ACCOUNT,
            col(Undeliverable.problem),
            new_sign_in.label("new_sign_in"),
        )
        .join(Account, col(Account.id) == col(Session.account_id), isouter=True)
        .join(
            Undeliverable,
            col(Undeliverable.address) == func.coalesce(Account.address, Session.address),
            isouter=True,
        )
        # Its sessions end when an account is deactivated; none of them counts even if one was left.
        .where(col(Session.token_hash) == bindparam("token_hash"), col(Account.deactivated_at).is_(None))
    )


def of_account(
    account: Any, session: str = "", mail_problem: str = "", *, new_sign_in: bool = False
) -> Viewer:
    """Return an account, or the columns of one, as a viewer."""
    return Viewer(
        role=role_of(account.role),
        account_id=account.id,
        address=account.address,
        name=account.name,
        language=account.language,
        time_zone=account.time_zone,
        zone_is_chosen=account.zone_is_chosen,
        session=session,
        new_sign_in=new_sign_in,
        mail_problem=mail_problem,
    )


def of_address(work: Work, address: str) -> list[str]:
    """Return the hashes of sessions of an address, of its account or its guest: open ones, the last seen first."""
    its_account = select(Account.id).where(Account.address == address).scalar_subquery()
    query = select(Session.token_hash).where(
        or_(col(Session.address) == address, col(Session.account_id) == its_account),
        col(Session.ended_at).is_(None),
    )
    return list(work.session.exec(query.order_by(col(Session.seen_at).desc()).limit(MOST_TOLD)).all())


def seen(work: Work, token_hash: str) -> None:
    """Note that the person did something, so that the session is not idle (once a minute at most).

    A session that is over stays over: a page that was left open must not bring it back.
    """
    if viewer(work, token_hash) == NOBODY:
        return
    work.session.exec(
        update(Session)
        .where(col(Session.token_hash) == token_hash, col(Session.seen_at) < work.now - SEEN_EVERY)
        .values(seen_at=work.now)
    )


def end(work: Work, token_hash: str) -> None:
    """Sign this browser out; its other tabs lose their rights with the commit."""
    work.session.exec(
        update(Session)
        .where(col(Session.token_hash) == token_hash, col(Session.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    # Signing out ends this browser's notifications; a session that merely expires keeps them.
    work.session.exec(delete(Device).where(col(Device.session) == token_hash))
    work.publish(f"session:{token_hash}")


def supersede(work: Work, token_hash: str, successor: str) -> bool:
    """End a session because this browser gets another one now, whose hash is `successor` (ASVS 7.2.4).

    Return whether there was one to end.

    Sockets of its other tabs are closed with the commit and connect again at once, perhaps sooner than the browser has
    the new cookie: `replaced:` lets the guard of the sockets refuse the old token until then, so that no tab takes the
    old one's end for the person's. Push notifications go on where both sessions are of the same person.
    """
    before = work.session.get(Session, token_hash)
    after = work.session.get(Session, successor) if successor else None
    if before is None or before.ended_at:
        return False
    if after and (before.account_id, before.address) == (after.account_id, after.address):
        work.session.exec(
            update(Device).where(col(Device.session) == token_hash).values(session=after.token_hash)
        )
    work.publish(f"replaced:{token_hash}")
    end(work, token_hash)
    return True


def end_all(work: Work, account: Account, *, but: str = "") -> None:
    """Sign the account out everywhere, `but` the session with this hash."""
    for token_hash in open_ones(work, account.id):
        if token_hash != but:
            end(work, token_hash)


def changed(work: Work, account_id: int) -> None:
    """Invalidate what open pages know of the account: its name, zone or address has changed."""
    work.publish(*(f"viewer:{token_hash}" for token_hash in open_ones(work, account_id)))


def sweep(work: Work) -> None:
    """Delete sessions some days after their end."""
    oldest = work.now - timedelta(days=work.settings.session_days) - RETENTION
    work.session.exec(
        delete(Session).where(
            or_(col(Session.created_at) < oldest, col(Session.ended_at) < work.now - RETENTION)
        )
    )


def open_ones(work: Work, account_id: int) -> Sequence[str]:
    """Return the hashes of all sessions of an account that nothing has ended."""
    query = select(Session.token_hash).where(
        Session.account_id == account_id, col(Session.ended_at).is_(None)
    )
    return work.session.exec(query).all()


def open_guests(work: Work, address: str) -> Sequence[str]:
    """Return the hashes of all sessions of guests who proved this address that nothing has ended."""
    query = select(Session.token_hash).where(Session.address == address, col(Session.ended_at).is_(None))
    return work.session.exec(query).all()


def _begin(
    work: Work,
    *,
    account_id: int | None = None,
    address: str | None = None,
    user_agent: str = "",
    unfamiliar: bool = False,
) -> str:
    token = keys.new_token()
    work.session.add(
        Session(
            token_hash=keys.token_hash(token),
            account_id=account_id,
            address=address,
            user_agent=one_line(user_agent)[:LONGEST_USER_AGENT],
            unfamiliar=unfamiliar,
            created_at=work.now,
            seen_at=work.now,
        )
    )
    return token


def is_over(work: Work, session: Any, account: Any) -> bool:
    """Whether a session has grown too old, or was idle for too long; the account is None for a guest's.

    Both may be rows of tables, or columns of them.
    """
    s = work.settings
    if account is None:
        most, idle = timedelta(hours=s.guest_session_hours), timedelta(minutes=s.guest_idle_minutes)
    elif account.role == Role.CUSTOMER:
        most, idle = timedelta(days=s.session_days), timedelta(days=s.session_idle_days)
    else:
        most, idle = timedelta(hours=s.agent_session_hours), timedelta(hours=s.agent_idle_hours)
    return work.now >= session.created_at + most or work.now >= session.seen_at + idle
