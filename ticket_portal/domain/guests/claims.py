"""Guests who become customers: the tickets that they sent before they had an account (docs/contract.md#journeys).

They are offered, never just taken over; an account's address may have been proved long ago, so that a code of the
last day is asked for. For some days it can be undone, and the links in the guest's e-mails still work.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, func, select

from ticket_portal.domain import history, limits
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.accounts.codes import CodeScope, CodeStatus
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.errors import DomainError, NotAllowed, ProofNeeded
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import offered_to, owned_by
from ticket_portal.domain.security_log import SecurityEvent, happened
from ticket_portal.domain.tickets import drafts, updates
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Account, Reading, Ticket
from ticket_portal.store.unit_of_work import Work

PURPOSE = "claim"


@dataclass(frozen=True)
class ClaimView:
    """What there is to add and to give back."""

    found: int = 0
    added: int = 0
    undo_until: str = ""


def preview(work: Work, viewer: Viewer) -> ClaimView:
    """Return how many tickets were sent from the viewer's address without an account; nothing for others."""
    if viewer.role != Role.CUSTOMER:
        return ClaimView()
    found = work.session.exec(select(func.count()).select_from(Ticket).where(offered_to(viewer))).one()
    query = select(func.count(), func.min(Ticket.guest_until)).select_from(Ticket)
    added, until = work.session.exec(query.where(*_added(work, viewer))).one()
    return ClaimView(found, added, until.isoformat() if until else "")


def code(work: Work, viewer: Viewer, browser: str) -> CodeStatus:
    """Return where this browser is with the code that it needs before it may add them; nothing where it needs none."""
    if _is_proved(work, viewer, browser):
        return CodeStatus()
    return codes.status(work, _door(viewer, browser))


def add(work: Work, viewer: Viewer, browser: str) -> int:
    """Make the tickets the account's; return how many. Raises ProofNeeded, TooMany, and NotAllowed for other people."""
    account = _account(work, viewer)
    if not _is_proved(work, viewer, browser):
        raise ProofNeeded
    _spend(work, viewer)
    found = work.session.exec(select(Ticket).where(offered_to(viewer)).with_for_update()).all()
    guest = Viewer(role=Role.GUEST, address=viewer.address)
    for ticket in found:
        ticket.account_id, ticket.proved_by = account.id, "account"
        ticket.guest_until = work.now + timedelta(days=work.settings.claim_undo_days)
        _keep_reading(work, ticket, guest, viewer)
        updates.hand_over(work, ticket)
        history.record(work, ticket, viewer, EventKind.CLAIMED)
        work.publish(f"list:{ticket.address}")
    drafts.hand_over(work, guest, viewer)
    if found:
        notifications.about_security(work, account, Notice.TICKETS_ADDED, count=len(found))
        happened(work, SecurityEvent.TICKETS_CLAIMED, account=account.id, tickets=len(found))
    return len(found)


def send_code(work: Work, viewer: Viewer, browser: str, ip: str) -> None:
    """Send the code that proves the account's address once more. Raises TooSoon, TooManyCodes, NotAllowed."""
    account = _account(work, viewer)
    codes.send(work, _door(viewer, browser, ip), account.language)


def verify(work: Work, viewer: Viewer, browser: str, ip: str, typed: str) -> DomainError | None:
    """Add the tickets if the code is right; else return why it is not. Raises TooMany, NotAllowed."""
    _account(work, viewer)
    if refusal := codes.enter(work, _door(viewer, browser, ip), typed):
        return refusal
    add(work, viewer, browser)
    return None


def undo(work: Work, viewer: Viewer) -> int:
    """Give back what was added in the last days: the tickets are a guest's again. Raises TooMany, NotAllowed."""
    _account(work, viewer)
    _spend(work, viewer)
    found = work.session.exec(select(Ticket).where(*_added(work, viewer)).with_for_update()).all()
    guest = Viewer(role=Role.GUEST, address=viewer.address)
    for ticket in found:
        ticket.account_id = ticket.guest_until = None
        ticket.proved_by = "code"
        _keep_reading(work, ticket, viewer, guest)
        updates.hand_over(work, ticket)
        history.record(work, ticket, viewer, EventKind.UNCLAIMED)
        work.publish(f"list:{viewer.account_id}")
    if found:
        happened(work, SecurityEvent.TICKETS_GIVEN_BACK, account=viewer.account_id, tickets=len(found))
    return len(found)


def _spend(work: Work, viewer: Viewer) -> None:
    # To and fro without end, each time would mail its owner and lengthen the tickets' logs.
    limits.spend(work, Limit("claims", work.settings.limit_claims_per_hour), viewer.account_id)


def _added(work: Work, viewer: Viewer) -> tuple[Any, ...]:
    return owned_by(viewer, work.now), col(Ticket.guest_until) > work.now


def _account(work: Work, viewer: Viewer) -> Account:
    if viewer.role != Role.CUSTOMER:
        raise NotAllowed
    return work.session.get_one(Account, viewer.account_id)


def _door(viewer: Viewer, browser: str, ip: str = "") -> CodeScope:
    return CodeScope(PURPOSE, viewer.address, browser, ip)


def _is_proved(work: Work, viewer: Viewer, browser: str) -> bool:
    """Whether this browser proved the address lately: by signing up, by a guest's link, by a code asked for here."""
    since = work.now - timedelta(hours=work.settings.claim_proof_hours)
    return codes.proved(work, viewer.address, browser, since)


def _keep_reading(work: Work, ticket: Ticket, before: Viewer, after: Viewer) -> None:
    """Carry the read position over to the account."""
    old = work.session.get(Reading, (ticket.id, before.reader))
    if old is None:
        return
    new = work.session.get(Reading, (ticket.id, after.reader)) or Reading(
        ticket_id=ticket.id, reader=after.reader, at=old.at
    )
    new.seq = max(new.seq, old.seq)
    work.session.add(new)
