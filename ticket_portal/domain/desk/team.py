"""The accounts of the team as an operator manages them: made, listed, given another role, signed out, taken away.

Whatever takes rights away ends at once what was opened with them, in the same transaction: sessions (and with them open
pages and sockets, in every process), tokens of the API, devices that are notified (OWASP ASVS 7.4.2, 8.3.2).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, or_, select

from ticket_portal.domain import security_log, sessions
from ticket_portal.domain.accounts import accounts, endings
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.desk import assignment
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.sets.roles import TEAM, Role
from ticket_portal.store.tables import Account, ApiToken, Session
from ticket_portal.store.unit_of_work import Work


class AddressTaken(DomainError):
    """There is an account with the address."""

    code = "address_taken"
    # Only operators read these, in English; nothing to translate.
    text = "There is an account with the address {email} already."


class NoSuchAgent(DomainError):
    """No account of the team has the address."""

    code = "no_such_agent"
    text = "There is no agent with the address {email}. See list-agents; to make one: create-agent {email}"


class NoSuchAccount(DomainError):
    """No account has the address."""

    code = "no_such_account"
    text = "There is no account with the address {email}."


class LastAdmin(DomainError):
    """Without this account no active admin would be left."""

    code = "last_admin"
    text = "{email} is the last active admin. Make another admin first, or repeat it with --force."


@dataclass(frozen=True)
class Member:
    """An account of the team as an operator sees it. `seen_at`: its last use of a session that is still kept."""

    address: str
    name: str
    role: str
    active: bool
    created_at: datetime
    seen_at: datetime | None
    sessions: int
    tokens: int


@dataclass(frozen=True)
class Ended:
    """What ended with an account's rights."""

    sessions: int
    tokens: int
    tickets: int = 0


def members(work: Work) -> list[Member]:
    """Return the accounts of the team, and those that were deactivated, by address."""
    query = select(Account).where(
        or_(col(Account.role) != Role.CUSTOMER, col(Account.deactivated_at).is_not(None))
    )
    found = work.session.exec(query.order_by(col(Account.address))).all()
    ids = [account.id for account in found]
    open_now, seen, tokens = _open_sessions(work, ids), _last_seen(work, ids), _working_tokens(work, ids)
    return [
        Member(
            address=account.address,
            name=account.name,
            role=account.role,
            active=account.deactivated_at is None,
            created_at=account.created_at,
            seen_at=seen.get(account.id),
            sessions=open_now.get(account.id, 0),
            tokens=tokens.get(account.id, 0),
        )
        for account in found
    ]


def create(work: Work, email: str, name: str, password_hash: str, role: Role) -> Account:
    """Add an account of the team, whose address the operator vouches for. Raises BadAddress, AddressTaken."""
    address = canonical(email)
    if accounts.find(work, address):
        raise AddressTaken(email=address)
    account = accounts.create(work, address, name, password_hash, role)
    security_log.happened(work, SecurityEvent.ACCOUNT_CREATED, address=address, role=role)
    return account


def deactivate(work: Work, email: str, *, hand_to: str | None = None, force: bool = False) -> Ended:
    """Take all access away from an account of the team. Its name stays in conversations.

    Its open tickets go to the agent with the address `hand_to`, else back to the queue. Done already is fine: whatever
    is left is ended. Raises BadAddress, NoSuchAgent, NotAnAgent (`hand_to`), LastAdmin (not with `force`).
    """
    account = _agent(work, email)
    _keep_an_admin(work, account, force=force)
    account.deactivated_at = account.deactivated_at or work.now
    work.session.add(account)
    ended = _end(work, account, Ending.DEACTIVATED)
    security_log.happened(work, SecurityEvent.ACCOUNT_DEACTIVATED, address=account.address, role=account.role)
    return Ended(ended.sessions, ended.tokens, assignment.hand_over(work, account, hand_to))


def reactivate(work: Work, email: str) -> str:
    """Let a deactivated account sign in again, and return its role; what ended stays ended.

    Raises BadAddress, NoSuchAccount.
    """
    account = _account(work, email)
    if account.deactivated_at:
        account.deactivated_at = None
        work.session.add(account)
        security_log.happened(
            work, SecurityEvent.ACCOUNT_REACTIVATED, address=account.address, role=account.role
        )
    return account.role


def sign_out(work: Work, email: str) -> Ended:
    """End an account's sessions everywhere; its tokens stay (`api_tokens.revoke`). Raises BadAddress, NoSuchAgent."""
    account = _agent(work, email)
    return _end(work, account, Ending.SIGNED_OUT_EVERYWHERE)


def find_agent(work: Work, email: str) -> Account:
    """Return the account of the team with this address. Raises BadAddress, NoSuchAgent."""
    return _agent(work, email)


def set_password(work: Work, email: str, password_hash: str) -> Ended:
    """Give an account of the team a new password; ends what was opened with the old one, and tells its owner.

    Wrong tries that locked the account are forgiven, so that its owner can come in at once. Raises BadAddress,
    NoSuchAgent.
    """
    account = _agent(work, email)
    account.password_hash = password_hash
    work.session.add(account)
    ended = _end(work, account, Ending.PASSWORD_RESET)
    accounts.forgive_guesses(work, account)
    if account.deactivated_at is None:
        notifications.about_security(work, account, Notice.PASSWORD_CHANGED)
    security_log.happened(work, SecurityEvent.PASSWORD_CHANGED, address=account.address, by="operator")
    return ended


def set_role(work: Work, email: str, role: Role, *, force: bool = False) -> tuple[str, Ended]:
    """Give an account another role; return the one before, and what ended. The same role changes nothing.

    Sessions and tokens end with every change, upwards too: a session that was stolen from a customer must not become
    an agent's, nor an agent's token an admin's (OWASP, Session Management: renew after any privilege level change). The
    open tickets of an account that leaves the team go back to the queue.

    Raises BadAddress, NoSuchAccount, LastAdmin (not with `force`).
    """
    account = _account(work, email)
    before = account.role
    if before == role:
        return before, Ended(0, 0)
    if role != Role.ADMIN:
        _keep_an_admin(work, account, force=force)
    account.role = role
    work.session.add(account)
    security_log.happened(work, SecurityEvent.ROLE_CHANGED, address=account.address, before=before, role=role)
    ended = _end(work, account, Ending.ROLE_CHANGED)
    if role in TEAM:
        return before, ended
    return before, Ended(ended.sessions, ended.tokens, assignment.hand_over(work, account))


def _account(work: Work, email: str) -> Account:
    address = canonical(email)
    found = work.session.exec(select(Account).where(Account.address == address).with_for_update()).first()
    if found is None:
        raise NoSuchAccount(email=address)
    return found


def _agent(work: Work, email: str) -> Account:
    try:
        account = _account(work, email)
    except NoSuchAccount as missing:
        raise NoSuchAgent(**missing.values) from None
    if account.role not in TEAM:
        raise NoSuchAgent(email=account.address)
    return account


def _keep_an_admin(work: Work, account: Account, *, force: bool) -> None:
    """Raise LastAdmin if no active admin would be left without this one."""
    if account.role != Role.ADMIN or account.deactivated_at or force:
        return
    work.alone(
        "admins"
    )  # two admins who take each other's rights at the same moment would both find another one left
    others = select(func.count()).where(
        col(Account.role) == Role.ADMIN,
        col(Account.deactivated_at).is_(None),
        Account.id != account.id,
    )
    if not work.session.exec(others).one():
        raise LastAdmin(email=account.address)


def _end(work: Work, account: Account, why: Ending) -> Ended:
    """End what the table in `endings` says, and count it."""
    opened = _open_sessions(work, [account.id]).get(account.id, 0)
    before = _working_tokens(work, [account.id]).get(account.id, 0)
    endings.end(work, why, account=account)
    return Ended(opened, before - _working_tokens(work, [account.id]).get(account.id, 0))


def _open_sessions(work: Work, ids: list[int]) -> dict[int, int]:
    """Return how many sessions of each account are open and not too old."""
    query = select(Session, Account).join(Account, col(Account.id) == col(Session.account_id))
    query = query.where(col(Session.account_id).in_(ids), col(Session.ended_at).is_(None))
    counted: dict[int, int] = {}
    for session, account in work.session.exec(query).all():
        if not sessions.is_over(work, session, account):
            counted[account.id] = counted.get(account.id, 0) + 1
    return counted


def _last_seen(work: Work, ids: list[int]) -> dict[int | None, datetime]:
    query = select(Session.account_id, func.max(Session.seen_at)).where(col(Session.account_id).in_(ids))
    return dict(work.session.exec(query.group_by(col(Session.account_id))).all())


def _working_tokens(work: Work, ids: list[int]) -> dict[int, int]:
    query = select(ApiToken.account_id, func.count()).where(
        col(ApiToken.account_id).in_(ids),
        col(ApiToken.revoked_at).is_(None),
        or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > work.now),
    )
    return dict(work.session.exec(query.group_by(col(ApiToken.account_id))).all())
