"""A new password or address for a signed-in account: both need the current password (docs/contract.md#accounts).

An open page is no proof of identity: another person may be using an unattended device.
"""

from dataclasses import dataclass

from sqlmodel import col, select, update

from ticket_portal.domain import limits, security_log, sessions
from ticket_portal.domain.accounts import accounts, codes, guessing, known_browsers, passwords, sign_ins
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.accounts.guessing import Guessed, Target
from ticket_portal.domain.addresses import canonical, masked
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.errors import (
    DomainError,
    NotAllowed,
    NotYourPassword,
    SameAddress,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.store.tables import Account, Alert, Device, Muted, Ticket
from ticket_portal.store.unit_of_work import Store, Work

PURPOSE = "change_email"


def prove(store: Store, viewer: Viewer, password: str, ip: str) -> str:
    """Return the hash of the viewer's password if this is it.

    Raises NotYourPassword, TooMany, GuessingEnded, NotAllowed.

    The slow hash is computed outside any transaction; the write that follows checks that it is unchanged. The attempt
    is counted before it and taken back after a success: many at once get no more tries.
    """
    attempt = store.write(_begin_try, viewer, ip)
    if not accounts.verify(password, attempt.hashed):
        if guessing.is_alarming(store.settings, attempt.failures):
            store.write(guessing.alarm, viewer.address, attempt.failures)
        security_log.refused(
            store.settings,
            SecurityEvent.PASSWORD_REFUSED,
            address=viewer.address,
            ip=ip,
            account=viewer.account_id,
        )
        raise NotYourPassword
    store.write(_take_back, viewer, attempt)
    return attempt.hashed


def proved(work: Work, viewer: Viewer, hashed: str) -> Account:
    """Return the viewer's account, locked, whose password `prove` checked. Raises NotYourPassword."""
    account = work.session.get_one(Account, viewer.account_id, with_for_update=True)
    if account.password_hash != hashed:  # a new one was set while this one was checked
        raise NotYourPassword
    return account


def change_password(store: Store, viewer: Viewer, current: str, password: str, ip: str) -> str:
    """Set a new password and sign the account out everywhere but here; return the token of this browser's new session.

    Raises PasswordTooShort, TeamPasswordTooShort, PasswordTooCommon, NotYourPassword, TooMany, NotAllowed.
    """
    context = (viewer.address, viewer.name, store.settings.company)
    password = passwords.check(password, viewer.role, context)
    before = prove(store, viewer, current, ip)
    return store.write(_change_password, viewer, before, accounts.hasher.hash(password), ip)


def _change_password(work: Work, viewer: Viewer, before: str, hashed: str, ip: str = "") -> str:
    account = proved(work, viewer, before)
    account.password_hash = hashed
    work.session.add(account)
    notifications.about_security(work, account, Notice.PASSWORD_CHANGED, elsewhere=True)
    security_log.happened(work, SecurityEvent.PASSWORD_CHANGED, address=account.address, account=account.id)
    return sign_ins.renew(work, Ending.PASSWORD_CHANGED, account, viewer, ip)


def code_scope(viewer: Viewer, address: str, browser: str, ip: str = "") -> CodeScope:
    """Return what the code to a new address opens; it is bound to the account too."""
    return CodeScope(purpose(viewer), address, browser, ip)


def purpose(viewer: Viewer) -> str:
    """Return the purpose of codes for this account's new address."""
    return f"{PURPOSE}:{viewer.account_id}"


def ask_to_change_address(
    store: Store, viewer: Viewer, email: str, password: str, browser: str, ip: str
) -> None:
    """Send a code to the new address. Whether that has an account already shows nowhere.

    Raises BadAddress, SameAddress, NotYourPassword, TooSoon, TooManyCodes, TooMany, NotAllowed.
    """
    address = canonical(email)
    if address == viewer.address:
        raise SameAddress
    hashed = prove(store, viewer, password, ip)
    store.write(_ask_to_change_address, viewer, address, hashed, browser, ip)


def _ask_to_change_address(
    work: Work, viewer: Viewer, address: str, hashed: str, browser: str, ip: str
) -> None:
    account = proved(work, viewer, hashed)
    limits.spend(
        work, Limit("address_changes", work.settings.limit_address_changes_per_hour), viewer.account_id
    )
    _send(work, account, code_scope(viewer, address, browser, ip))


def ask_again(work: Work, viewer: Viewer, browser: str, ip: str) -> None:
    """Send another code to the address that was given. Raises CodeExpired where none was, TooSoon, TooManyCodes."""
    if viewer.account_id is None:
        raise NotAllowed
    at = code_scope(viewer, codes.newest_address(work, purpose(viewer), browser), browser, ip)
    if not codes.status(work, at).sent:  # the proof by the password is no older than the code
        raise codes.CodeExpired
    _send(work, work.session.get_one(Account, viewer.account_id), at)


def finish(work: Work, viewer: Viewer, browser: str, ip: str, typed: str) -> tuple[str, DomainError | None]:
    """Give the account its new address if the code is right; else return why not. Raises NotAllowed.

    Tickets stay with the account. What led to them by the old address ends, and all other sessions with it: return
    the token of this browser's new one.
    """
    if viewer.account_id is None:
        raise NotAllowed
    at = code_scope(viewer, codes.newest_address(work, purpose(viewer), browser), browser, ip)
    if refusal := codes.enter(work, at, typed):
        return "", refusal
    if accounts.find(work, at.address):  # signed up in the meantime
        return "", codes.CodeExpired()
    account = work.session.get_one(Account, viewer.account_id, with_for_update=True)
    notifications.about_security(work, account, Notice.ADDRESS_CHANGED, to=masked(at.address))
    security_log.happened(work, SecurityEvent.ADDRESS_CHANGED, address=account.address, account=account.id)
    token = sign_ins.renew(work, Ending.ADDRESS_CHANGED, account, viewer, ip)
    before, account.address = account.address, at.address
    known_browsers.rename(work, before, account.address)
    work.session.add(account)
    work.session.flush()
    _move(work, account.id, before, at.address)
    sessions.changed(work, account.id)
    return token, None


def _send(work: Work, account: Account, at: CodeScope) -> None:
    codes.send(work, at, account.language, known=accounts.find(work, at.address) is None)


def _move(work: Work, account_id: int, old: str, new: str) -> None:
    """Move the account's tickets to its new address."""
    theirs = select(Ticket.id).where(Ticket.account_id == account_id)
    work.session.exec(
        update(Muted).where(col(Muted.ticket_id).in_(theirs), col(Muted.address) == old).values(address=new)
    )
    work.session.exec(
        update(Alert)
        .where(
            col(Alert.ticket_id).in_(theirs),
            col(Alert.address) == old,
            col(Alert.state) == "waiting",
            col(Alert.prepared_at).is_(None),
        )
        .values(address=new)
    )
    work.session.exec(update(Device).where(col(Device.account_id) == account_id).values(address=new))
    work.session.exec(
        update(Ticket).where(col(Ticket.account_id) == account_id).values(address=new, guest_until=None)
    )
    work.publish(f"list:{account_id}", f"list:{old}")


@dataclass(frozen=True)
class _Attempt:
    """A try at the own password that was counted as a failure and is looked at next."""

    hashed: str
    uses: list[int]
    failures: int


def _begin_try(work: Work, viewer: Viewer, ip: str) -> _Attempt:
    if viewer.account_id is None:
        raise NotAllowed
    s = work.settings
    uses = [limits.spend(work, _own_tries(work), viewer.account_id)]
    if ip:  # a count of its own: strangers, who have no session, can't use it up for an office
        by_ip = Limit("own_password_ip", s.limit_sign_ins_per_ip_per_hour)
        uses.append(limits.spend(work, by_ip, ip))
    failures = guessing.count(work, Target(Guessed.OWN_PASSWORD, viewer.account_id))
    return _Attempt(work.session.get_one(Account, viewer.account_id).password_hash, uses, failures)


def _take_back(work: Work, viewer: Viewer, attempt: _Attempt) -> None:
    limits.forget(work, _own_tries(work), viewer.account_id)
    limits.release(work, attempt.uses)
    guessing.forget(work, Target(Guessed.OWN_PASSWORD, viewer.account_id))


def _own_tries(work: Work) -> Limit:
    return Limit("own_password", work.settings.limit_sign_ins_per_hour)
