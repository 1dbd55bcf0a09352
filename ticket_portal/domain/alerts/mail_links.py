"""Links at the foot of an alert prove that we wrote to an address about a ticket (RFC 8058, docs/contract.md#guests).

Whoever reads the mail has the address, so nothing else is asked for. The address itself is not in the link.
"""

from ticket_portal.addresses import number_in
from ticket_portal.domain import keys
from ticket_portal.domain.errors import LinkInvalid
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work


def mute_token(work: Work, ticket: Ticket, address: str) -> str:
    """Return the proof that we offered this address to mute this ticket."""
    return f"{ticket.id}-{keys.signature(work.settings, 'mute', f'{ticket.id} {address}')}"


def lock_token(work: Work, ticket: Ticket) -> str:
    """Return the proof that we wrote to a guest's address about this ticket."""
    return f"{ticket.id}-{keys.signature(work.settings, 'lock', f'{ticket.id} {ticket.address}')}"


def signed_ticket(work: Work, token: str, *, lock: bool = False) -> Ticket:
    """Return the ticket that a signed token names; whether the signature is right is still to be seen.

    Raises LinkInvalid.
    """
    ticket_id = number_in(token.partition("-")[0])
    ticket = work.session.get(Ticket, ticket_id, with_for_update=lock) if ticket_id else None
    if ticket is None:
        raise LinkInvalid
    return ticket
