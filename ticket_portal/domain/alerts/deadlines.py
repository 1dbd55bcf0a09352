"""What happens to a ticket by itself, and when (docs/contract.md#tickets).

The next moment is in the ticket's row, found by an index.
"""

from datetime import datetime, timedelta

from sqlmodel import col, func, select

from ticket_portal.sets.statuses import Status
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work

BATCH = 50
# A worker looks every second; later than this the portal stood still.
STOOD_STILL = timedelta(hours=1)


def begin(work: Work, ticket: Ticket) -> None:
    """Set the deadlines of the state that a ticket was just put into; they begin anew with each word of the team."""
    s = work.settings
    closing: dict[str, int] = {
        Status.RESOLVED: s.close_resolved_days,
        Status.WAITING_CUSTOMER: s.close_waiting_days,
    }
    days = closing.get(ticket.status)
    ticket.reminders = 0
    ticket.closes_at = ticket.due_at = work.now + timedelta(days=days) if days else None
    if ticket.status == Status.WAITING_CUSTOMER:
        ticket.due_at = _next(work, ticket)


def due(work: Work) -> list[Ticket]:
    """Return tickets to which something has to happen now, locked; only one process gets them."""
    work.alone("deadlines")
    query = select(Ticket).where(col(Ticket.due_at) <= work.now).order_by(col(Ticket.due_at), col(Ticket.id))
    # Somebody answers in a locked one right now: most likely nothing is due in it any more.
    return list(work.session.exec(query.limit(BATCH).with_for_update(skip_locked=True)).all())


def next_due_at(work: Work) -> datetime | None:
    """Return when something happens by itself next, or None."""
    return work.session.exec(select(func.min(Ticket.due_at))).one()


def needs_reminder(work: Work, ticket: Ticket) -> bool:
    """Whether a reminder comes next; without the last one nothing that waits is closed."""
    return ticket.status == Status.WAITING_CUSTOMER and ticket.reminders < len(work.settings.reminders)


def reminded(work: Work, ticket: Ticket) -> None:
    """Count a reminder. One that comes late moves the closing: the days that it announces are the customer's."""
    if ticket.due_at and ticket.closes_at and work.now - ticket.due_at > STOOD_STILL:
        ticket.closes_at += work.now - ticket.due_at
    ticket.reminders += 1
    ticket.due_at = _next(work, ticket)
    work.session.add(ticket)
    work.changed(ticket)


def announced_closing(work: Work, ticket: Ticket) -> datetime | None:
    """Return when a ticket closes by itself, once its requester was told so."""
    return None if needs_reminder(work, ticket) else ticket.closes_at


def _next(work: Work, ticket: Ticket) -> datetime | None:
    if ticket.closes_at is None or not needs_reminder(work, ticket):
        return ticket.closes_at
    days_left = work.settings.close_waiting_days - work.settings.reminders[ticket.reminders]
    return ticket.closes_at - timedelta(days=days_left)
