"""What ends what: one table says which rights go when an account or a session changes (ASVS 7.2.4, 7.4).

Every caller names its reason; nothing else in the code decides what is taken away. All of it happens in the caller's
transaction: open pages and sockets of an ended session lose their rights with the commit, within a second.
"""

from enum import StrEnum
from typing import Final

from sqlalchemy import or_
from sqlmodel import col, delete, select, update

from ticket_portal.domain import security_log, sessions
from ticket_portal.domain.accounts import api_tokens, proof_links
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.store.tables import Account, Challenge, Device, GuestLink, Ticket
from ticket_portal.store.unit_of_work import Work


class Ending(StrEnum):
    """Why rights end."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SIGNED_IN_AGAIN = "signed_in_again"
    ENDED_BY_OWNER = "ended_by_owner"
    TOO_MANY = "too_many"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a reason
    PASSWORD_RESET = "password_reset"  # noqa: S105
    ADDRESS_CHANGED = "address_changed"
    ROLE_CHANGED = "role_changed"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"
    PROVED_AGAIN = "proved_again"
    LEFT = "left"


class Right(StrEnum):
    """What can end."""

    SESSION = "this session"
    REPLACED = "this session's token, in favor of a new one"
    OTHER_SESSIONS = "the account's other sessions"
    GUEST_HERE = "the guest's session in this browser"
    GUESTS = "guests' sessions of the account's address"
    API_TOKENS = "API tokens"
    DEVICES = "push notifications on devices of other sessions"
    CODES = "codes on their way that would change the account"
    GUEST_LINKS = "links in emails to the account's tickets"


# A session that ends by itself takes the push notifications of its own browser along.
_EVERYWHERE: Final = frozenset({Right.SESSION, Right.OTHER_SESSIONS, Right.GUESTS, Right.DEVICES})
# An attacker who holds the old credential may hold what was made with it: sessions, devices, API tokens, codes.
_ELSEWHERE: Final = frozenset(
    {Right.REPLACED, Right.OTHER_SESSIONS, Right.GUESTS, Right.API_TOKENS, Right.DEVICES, Right.CODES}
)

ENDS: Final[dict[Ending, frozenset[Right]]] = {
    # A person at a shared computer who signs out expects that nothing of theirs stays open there.
    Ending.SIGNED_OUT: frozenset({Right.SESSION, Right.GUEST_HERE}),
    Ending.SIGNED_OUT_EVERYWHERE: _EVERYWHERE | {Right.GUEST_HERE, Right.CODES},
    # The sign-in of this browser is over; the guest's session may belong to the same person.
    Ending.SIGNED_IN_AGAIN: frozenset({Right.REPLACED}),
    Ending.ENDED_BY_OWNER: frozenset({Right.SESSION}),
    Ending.TOO_MANY: frozenset({Right.SESSION}),
    Ending.PASSWORD_CHANGED: _ELSEWHERE,
    Ending.PASSWORD_RESET: _EVERYWHERE | {Right.API_TOKENS, Right.CODES},
    Ending.ADDRESS_CHANGED: _ELSEWHERE | {Right.GUEST_LINKS},
    # Another role has other hours and other rights: every session of the account signs in again.
    Ending.ROLE_CHANGED: _EVERYWHERE | {Right.API_TOKENS, Right.CODES},
    Ending.DEACTIVATED: _EVERYWHERE | {Right.API_TOKENS, Right.CODES, Right.GUEST_LINKS},
    Ending.DELETED: _EVERYWHERE | {Right.API_TOKENS, Right.CODES, Right.GUEST_LINKS},
    Ending.PROVED_AGAIN: frozenset({Right.REPLACED}),
    Ending.LEFT: frozenset({Right.SESSION}),
}


def end(
    work: Work,
    why: Ending,
    *,
    account: Account | None = None,
    session: str = "",
    guest: str = "",
    ip: str = "",
    successor: str = "",
) -> None:
    """End what the table says for this reason.

    `account`: whose rights end; needed for everything that is an account's. `session`: the hash of the session in
    which it happens, "" where there is none (an operator's command). `guest`: the hash of the guest's session in the
    same browser. `successor`: the hash of the session that takes the place of `session`, for reasons with REPLACED.
    """
    ends = ENDS[why]
    replaced = Right.REPLACED in ends and bool(session) and sessions.supersede(work, session, successor)
    kept = successor if Right.REPLACED in ends else ""
    gone = {session} if Right.SESSION in ends else set[str]()
    if Right.GUEST_HERE in ends:
        gone.add(guest)
    if account is not None:
        if Right.OTHER_SESSIONS in ends:
            gone.update(sessions.open_ones(work, account.id))
        if Right.GUESTS in ends:
            gone.update(sessions.open_guests(work, account.address))
        gone -= {kept} if Right.SESSION in ends else {kept, session}
        _end_of_account(work, ends, account, kept)
    gone.discard("")
    for token_hash in gone:
        sessions.end(work, token_hash)
    if gone or replaced or account:
        _log(work, why, account, ip, len(gone) + replaced)


def _end_of_account(work: Work, ends: frozenset[Right], account: Account, kept: str) -> None:
    if Right.API_TOKENS in ends:
        api_tokens.end_all(work, account)
    if Right.DEVICES in ends:
        # Also those whose session ran out long ago: it took nothing along, and they would go on being told.
        theirs = delete(Device).where(col(Device.account_id) == account.id)
        # Without a session to keep, all of them: a device may belong to no session.
        work.session.exec(theirs.where(col(Device.session) != kept) if kept else theirs)
        work.publish(f"preferences:{account.id}")
    if Right.CODES in ends:
        _end_codes(work, account)
    if Right.GUEST_LINKS in ends:
        theirs = select(Ticket.id).where(Ticket.account_id == account.id)
        work.session.exec(
            update(GuestLink)
            .where(col(GuestLink.ticket_id).in_(theirs), col(GuestLink.revoked_at).is_(None))
            .values(revoked_at=work.now)
        )


def _end_codes(work: Work, account: Account) -> None:
    """Let codes and links run out that were sent to set a new password, give a new address or take tickets over."""
    proof_links.end_all(work, account.address)
    to_the_address = (col(Challenge.address) == account.address) & col(Challenge.purpose).in_(
        ("reset", "claim")
    )
    work.session.exec(
        update(Challenge)
        .where(
            or_(to_the_address, col(Challenge.purpose) == f"change_email:{account.id}"),
            col(Challenge.used_at).is_(None),
            col(Challenge.expires_at) > work.now,
        )
        .values(expires_at=work.now)
    )


def _log(work: Work, why: Ending, account: Account | None, ip: str, count: int) -> None:
    event = (
        SecurityEvent.SIGN_OUT
        if why in (Ending.SIGNED_OUT, Ending.SIGNED_OUT_EVERYWHERE, Ending.LEFT)
        else SecurityEvent.SESSION_ENDED
    )
    address = account.address if account else ""
    security_log.happened(work, event, address=address, ip=ip, reason=why.value, sessions=count)
