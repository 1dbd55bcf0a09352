"""No more alerts about one ticket: said on its page by whoever it is for, or by a link in one of its mails.

A muted ticket is still marked as unread in the portal, and security mails still come.
"""

from ticket_portal.domain import notifications, tickets
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import can_confirm, require
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Work


def mute(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Send no more alerts about a ticket. Doing it twice is fine. Raises NotFound, and NotAllowed for the team."""
    ticket = _theirs(work, viewer, number)
    notifications.mute(work, ticket.id, _told_at(work, ticket))
    return ticket


def unmute(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Send alerts about a ticket again. Raises NotFound, and NotAllowed for the team."""
    ticket = _theirs(work, viewer, number)
    notifications.unmute(work, ticket.id, _told_at(work, ticket))
    return ticket


def _theirs(work: Work, viewer: Viewer, number: int) -> Ticket:
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_confirm, ticket)
    return ticket


def _told_at(work: Work, ticket: Ticket) -> str:
    account = work.session.get(Account, ticket.account_id) if ticket.account_id else None
    return account.address if account else ticket.address
