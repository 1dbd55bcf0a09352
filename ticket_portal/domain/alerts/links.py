"""The links that lead an address to a ticket: each e-mail has one of its own (docs/contract.md#guests)."""

from ticket_portal.domain import keys
from ticket_portal.store.tables import GuestLink, Ticket
from ticket_portal.store.unit_of_work import Work


def new_link(work: Work, ticket: Ticket) -> str:
    """Return the token of a new link to the ticket; earlier ones stay valid."""
    token = keys.new_token()
    work.session.add(
        GuestLink(
            token_hash=keys.token_hash(token),
            ticket_id=ticket.id,
            address=ticket.address,
            created_at=work.now,
        )
    )
    return token
