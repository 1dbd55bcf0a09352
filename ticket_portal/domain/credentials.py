"""A new password or a new address for somebody who is signed in (SPEC 11): both need the password once more.

An open page is no proof: it may be somebody else's hands on a device that was left alone.
"""

from sqlmodel import col, select, update

from ticket_portal.domain import accounts, codes, limits, notifications, passwords, sessions
from ticket_portal.domain.codes import Door
from ticket_portal.domain.errors import (
    DomainError,
    NotAllowed,
    NotYourPassword,
    SameAddress,
    TooMany,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, canonical, masked
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, Alert, Device, GuestLink, Muted, Ticket
from ticket_portal.store.unit_of_work import Store, Work

PURPOSE = "change_email"


def prove(store: Store, viewer: Viewer, password: str, ip: str) -> str:
    """Return the hash of the viewer's password if this is it. Raises NotYourPassword, TooMany, NotAllowed.

    The slow hash is computed outside any transaction; whoever writes next checks that it is still the one.
    """
    hashed = store.read(_room_to_try, viewer, ip)
    if not accounts.verify(password, hashed):
        store.write(_count_wrong_try, viewer, ip)
        raise NotYourPassword
    return hashed


def proved(work: Work, viewer: Viewer, hashed: str) -> Account:
    """Return the viewer's account, locked, whose password `prove` checked. Raises NotYourPassword."""
    account = work.session.get_one(Account, viewer.account_id, with_for_update=True)
    if account.password_hash != hashed:  # a new one was set while this one was checked
        raise NotYourPassword
    for limit, subject in _tries_limits(work.settings, viewer, ""):
        if subject:
            limits.forget(work, limit, subject)
    return account


def change_password(store: Store, viewer: Viewer, current: str, password: str, ip: str) -> None:
    """Set a new password and sign the account out everywhere but here.

    Raises PasswordTooShort, TeamPasswordTooShort, PasswordTooCommon, NotYourPassword, TooMany, NotAllowed.
    """
    context = (viewer.address, viewer.name, store.settings.company)
    password = passwords.check(password, viewer.role, context)
    before = prove(store, viewer, current, ip)
    store.write(_change_password, viewer, before, accounts.hasher.hash(password))


def _change_password(work: Work, viewer: Viewer, before: str, hashed: str) -> None:
    account = proved(work, viewer, before)
    account.password_hash = hashed
    work.session.add(account)
    sessions.end_all(work, account, but=viewer.session)
    notifications.about_security(work, account, "password_changed", elsewhere=True)


def door(viewer: Viewer, address: str, browser: str, ip: str = "") -> Door:
    """Return what the code to a new address opens; it is bound to the account too."""
    return Door(purpose(viewer), address, browser, ip)


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
    _send(work, account, door(viewer, address, browser, ip))


def ask_again(work: Work, viewer: Viewer, browser: str, ip: str) -> None:
    """Send another code to the address that was given. Raises CodeExpired where none was, TooSoon, TooManyCodes."""
    if viewer.account_id is None:
        raise NotAllowed
    at = door(viewer, codes.newest_address(work, purpose(viewer), browser), browser, ip)
    if not codes.status(work, at).sent:  # the proof by the password is no older than the code
        raise codes.CodeExpired
    _send(work, work.session.get_one(Account, viewer.account_id), at)


def finish(work: Work, viewer: Viewer, browser: str, ip: str, typed: str) -> DomainError | None:
    """Give the account its new address if the code is right; else return why not. Raises NotAllowed.

    Tickets stay with the account. What led to them by the old address ends: its links, its guest's access.
    """
    if viewer.account_id is None:
        raise NotAllowed
    at = door(viewer, codes.newest_address(work, purpose(viewer), browser), browser, ip)
    if refusal := codes.enter(work, at, typed):
        return refusal
    if accounts.find(work, at.address):  # signed up in the meantime
        return codes.CodeExpired()
    account = work.session.get_one(Account, viewer.account_id, with_for_update=True)
    notifications.about_security(work, account, "address_changed", to=masked(at.address))
    before, account.address = account.address, at.address
    work.session.add(account)
    work.session.flush()
    _move(work, account.id, before, at.address)
    sessions.changed(work, account.id)
    return None


def _send(work: Work, account: Account, at: Door) -> None:
    codes.send(work, at, account.language, known=accounts.find(work, at.address) is None)


def _move(work: Work, account_id: int, old: str, new: str) -> None:
    """Let the account's tickets know it by its new address, and nobody by the old one."""
    theirs = select(Ticket.id).where(Ticket.account_id == account_id)
    work.session.exec(
        update(GuestLink)
        .where(col(GuestLink.ticket_id).in_(theirs), col(GuestLink.revoked_at).is_(None))
        .values(revoked_at=work.now)
    )
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
    work.tell(f"list:{account_id}", f"list:{old}")


def _room_to_try(work: Work, viewer: Viewer, ip: str) -> str:
    if viewer.account_id is None:
        raise NotAllowed
    for limit, subject in _tries_limits(work.settings, viewer, ip):
        if subject and (end := limits.until(work, limit, subject)):
            raise TooMany(until=end)
    return work.session.get_one(Account, viewer.account_id).password_hash


def _count_wrong_try(work: Work, viewer: Viewer, ip: str) -> None:
    for limit, subject in _tries_limits(work.settings, viewer, ip):
        if subject:
            limits.use(work, limit, subject)


def _tries_limits(s: Settings, viewer: Viewer, ip: str) -> list[tuple[Limit, object]]:
    return [
        (Limit("own_password", s.limit_sign_ins_per_hour), viewer.account_id),
        (Limit("sign_in_ip", s.limit_sign_ins_per_ip_per_hour), ip),
    ]
