"""Whose a ticket is among the team: given to an agent, or back to the queue; each change is an entry in its log."""

from sqlalchemy import text
from sqlmodel import col, select

from ticket_portal.domain import history, sessions
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.errors import Invalid
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.people import SYSTEM, Viewer
from ticket_portal.domain.permissions import can_work, require
from ticket_portal.domain.tickets import tickets
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Work

# As the index of them says it, word for word: SQLite takes a partial index only where its condition is in the query.
OPEN = text("queue_rank < 9")


class NotAnAgent(Invalid):
    """A ticket can be given to an active account of the team alone."""

    code = "not_an_agent"
    field = "agent"
    # Only the API says this, and it speaks English; nothing to translate.
    text = "There is no active agent with that address."


def assign(work: Work, viewer: Viewer, number: int, email: str | None) -> Ticket:
    """Give a ticket to the agent with this address, None: back to the queue; what it is already changes nothing.

    The customer is not told. Raises NotFound, NotAllowed, TicketMerged, BadAddress, NotAnAgent.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    tickets.refuse_merged(ticket)
    agent = None if email is None else _agent(work, email)
    if ticket.assignee_id == (agent.id if agent else None):
        return ticket
    ticket.assignee_id = agent.id if agent else None
    if agent is None:
        history.record(work, ticket, viewer, EventKind.UNASSIGNED)
    elif agent.id == viewer.account_id:
        history.record(work, ticket, viewer, EventKind.ASSIGNED)
    else:
        history.record(work, ticket, viewer, EventKind.ASSIGNED_TO, agent=agent.name)
    return ticket


def hand_over(work: Work, account: Account, email: str | None = None) -> int:
    """Give an account's open tickets to the agent with this address, None: back to the queue; return how many.

    Closed ones keep the name of who had them. Raises BadAddress, NotAnAgent.
    """
    heir = None if email is None else _agent(work, email)
    if heir and heir.id == account.id:
        raise NotAnAgent
    theirs = select(Ticket).where(Ticket.assignee_id == account.id, OPEN)
    found = work.session.exec(theirs.order_by(col(Ticket.id)).with_for_update()).all()
    for ticket in found:
        ticket.assignee_id = heir.id if heir else None
        work.session.add(ticket)
        if heir:
            history.record(work, ticket, SYSTEM, EventKind.ASSIGNED_TO, agent=heir.name)
        else:
            history.record(work, ticket, SYSTEM, EventKind.UNASSIGNED)
    return len(found)


def _agent(work: Work, email: str) -> Account:
    found = work.session.exec(
        # Locked: an agent who is being deactivated must not be given a ticket meanwhile.
        select(Account).where(Account.address == canonical(email)).with_for_update(read=True)
    ).first()
    if found is None or found.deactivated_at or not sessions.of_account(found).of_team:
        raise NotAnAgent
    return found
