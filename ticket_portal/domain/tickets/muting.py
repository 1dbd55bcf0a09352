"""Muting one ticket's alerts: by its requester on its page, or by a link in one of its mails.

A muted ticket is still marked as unread in the portal, and security mails still come.
"""

from dataclasses import dataclass

from sqlmodel import col, delete

from ticket_portal.domain import keys
from ticket_portal.domain.alerts import mail_links
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import can_confirm, require
from ticket_portal.domain.tickets import tickets
from ticket_portal.store.tables import Account, Muted, Ticket
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class Muting:
    """What the link at the foot of an alert leads to: one ticket's alerts to one address."""

    number: int
    language: str
    muted: bool


def mute(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Send no more alerts about a ticket. Doing it twice is fine. Raises NotFound, and NotAllowed for the team."""
    ticket = _theirs(work, viewer, number)
    mute_address(work, ticket.id, _told_at(work, ticket)[0])
    return ticket


def unmute(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Send alerts about a ticket again. Raises NotFound, and NotAllowed for the team."""
    ticket = _theirs(work, viewer, number)
    unmute_address(work, ticket.id, _told_at(work, ticket)[0])
    return ticket


def preview(work: Work, token: str) -> Muting:
    """Return what a mute link leads to; nothing changes by looking. Raises LinkInvalid."""
    ticket, address, language = _signed_for(work, token)
    return Muting(ticket.number or 0, language, work.session.get(Muted, (ticket.id, address)) is not None)


def mute_by_link(work: Work, token: str) -> None:
    """Mute the ticket of a link out of one of its alerts; the link is all the proof needed. Raises LinkInvalid."""
    ticket, address, _language = _signed_for(work, token)
    mute_address(work, ticket.id, address)


def unmute_by_link(work: Work, token: str) -> None:
    """Take the muting back. Raises LinkInvalid."""
    ticket, address, _language = _signed_for(work, token)
    unmute_address(work, ticket.id, address)


def mute_address(work: Work, ticket_id: int, address: str) -> None:
    """Send this address no more alerts about this ticket."""
    if work.session.get(Muted, (ticket_id, address)) is None:
        work.session.add(Muted(ticket_id=ticket_id, address=address, at=work.now))
        work.publish(f"ticket:{ticket_id}")


def unmute_address(work: Work, ticket_id: int, address: str) -> None:
    """Send this address alerts about this ticket again."""
    work.session.exec(delete(Muted).where(col(Muted.ticket_id) == ticket_id, col(Muted.address) == address))
    work.publish(f"ticket:{ticket_id}")


def _theirs(work: Work, viewer: Viewer, number: int) -> Ticket:
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_confirm, ticket)
    return ticket


def _told_at(work: Work, ticket: Ticket) -> tuple[str, str]:
    """Return where the requester is told of a ticket, and in which language."""
    account = work.session.get(Account, ticket.account_id) if ticket.account_id else None
    return (account.address, account.language) if account else (ticket.address, ticket.language)


def _signed_for(work: Work, token: str) -> tuple[Ticket, str, str]:
    """Return the ticket, the address and the language of a mute link. Raises LinkInvalid."""
    ticket = mail_links.signed_ticket(work, token)
    address, language = _told_at(work, ticket)
    if not keys.equal(token, mail_links.mute_token(work, ticket, address)):
        raise LinkInvalid
    return ticket, address, language
