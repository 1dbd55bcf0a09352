"""The "This wasn't me" link: a person got e-mails about a ticket they never sent (docs/contract.md#guests).

The link in the e-mail is the proof, as with muting: reading the mail proves the address. It locks the ticket for
that address, makes its links worthless and stops its e-mails; the team is told and can undo it.

A leaked link locks too, and so could shut out the ticket's owner. Locking must stay easy for people who never wrote to
us, so it is unlocking that asks for more: a code to the ticket's address, which the thief of a link can't read. Who
wrote the ticket in another person's name can't either.
"""

from dataclasses import dataclass

from ticket_portal.domain import history, keys, security_log
from ticket_portal.domain.accounts import codes, sign_ins
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.alerts import mail_links
from ticket_portal.domain.errors import DomainError, LinkInvalid, NotAllowed
from ticket_portal.domain.guests import access
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import can_work, require
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.domain.sessions import Arrival
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class Locking:
    """What the link leads to: one guest's ticket, and whether it is locked."""

    number: int
    language: str
    locked: bool


def preview(work: Work, token: str) -> Locking:
    """Return what such a link leads to; nothing changes by looking. Raises LinkInvalid."""
    ticket = _signed_for(work, token)
    return Locking(ticket.number or 0, ticket.language, ticket.locked_at is not None)


def token_for(work: Work, link: str) -> str:
    """Return the proof for the ticket that a guest's link leads to. Raises LinkInvalid."""
    return mail_links.lock_token(work, access.open_link(work, link).ticket)


def lock(work: Work, token: str) -> None:
    """Lock the ticket for its address. Doing it twice is fine. Raises LinkInvalid."""
    ticket = _signed_for(work, token, writing=True)
    if ticket.locked_at:
        return
    ticket.locked_at = work.now
    access.revoke_links(work, ticket)
    security_log.happened(work, SecurityEvent.TICKET_DISOWNED, address=ticket.address, ticket=ticket.number)
    # Whoever it is said that they did not write it.
    history.record(work, ticket, Viewer(role=Role.GUEST), EventKind.LOCKED)


def unlock(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Undo it (the team); links that were sent before stay worthless, the next e-mail has a new one.

    Raises NotAllowed for what is left of an erased account's ticket: its address is gone.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    if ticket.address == ERASED:
        raise NotAllowed
    if ticket.locked_at:
        ticket.locked_at = None
        history.record(work, ticket, viewer, EventKind.UNLOCKED)
        security_log.happened(
            work, SecurityEvent.TICKET_UNLOCKED, account=viewer.account_id, ticket=ticket.number
        )
    return ticket


def send_code(work: Work, token: str, browser: str, ip: str, language: str) -> None:
    """Send the code that unlocks a locked ticket to its address. Raises LinkInvalid, TooSoon, TooManyCodes."""
    ticket = _signed_for(work, token)
    if ticket.locked_at:
        codes.send(work, _scope(ticket, browser, ip), language)


def prove(
    work: Work, token: str, browser: str, ip: str, typed: str, arrival: Arrival = access.NOWHERE
) -> tuple[str, DomainError | None]:
    """Unlock for who proves the address; return the token of a guest session, else why not. Raises LinkInvalid.

    Links that were sent before stay worthless: one of them may have leaked.
    """
    ticket = _signed_for(work, token, writing=True)
    if refusal := codes.enter(work, _scope(ticket, browser, ip), typed):
        return "", refusal
    if ticket.locked_at:
        ticket.locked_at = None
        ticket.proved_by = ticket.proved_by or "code"
        owner = Viewer(role=Role.GUEST, address=ticket.address)
        history.record(work, ticket, owner, EventKind.UNLOCKED)
    return sign_ins.begin_guest(work, ticket.address, arrival), None


def _scope(ticket: Ticket, browser: str, ip: str) -> CodeScope:
    return CodeScope(f"{access.PURPOSE}:{ticket.id}", ticket.address, browser, ip)


def _signed_for(work: Work, token: str, *, writing: bool = False) -> Ticket:
    ticket = mail_links.signed_ticket(work, token, lock=writing)
    # A ticket in an account is its owner's matter; its mails have no such link.
    if ticket.account_id is not None or not keys.equal(token, mail_links.lock_token(work, ticket)):
        raise LinkInvalid
    return ticket
