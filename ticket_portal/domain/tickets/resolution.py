"""How a ticket ends: closed by a person or by time, rated, merged, followed by a new one (docs/contract.md#tickets)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from ticket_portal.domain import history, limits
from ticket_portal.domain.alerts import deadlines, notifications
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.errors import (
    CannotReopen,
    MergeIntoClosed,
    MergeIntoItself,
    MergeIntoMerged,
    MergeOfStrangers,
    NotAllowed,
    RatingFinal,
    RatingMissing,
    SecretFound,
    TicketMerged,
    TooFast,
    TooLong,
)
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import SYSTEM, Viewer, requester, require_team
from ticket_portal.domain.permissions import can_confirm, can_work, require
from ticket_portal.domain.text import secrets
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.statuses import REOPENING, Status
from ticket_portal.store.tables import Rating, Ticket
from ticket_portal.store.unit_of_work import Work

SCORES = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 1_000
CHANGEABLE = timedelta(days=1)
# What `view` reads of a rating, beside its ticket's columns.
RATING: tuple[Any, ...] = (col(Rating.score), col(Rating.comment), col(Rating.created_at).label("rated_at"))


@dataclass(frozen=True)
class RatingForm:
    """A filled-in rating, checked. `secret`: what its comment must not hold, and does."""

    score: int
    comment: str = ""
    secret: type[SecretFound] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look for secrets, so that no form is without it."""
        object.__setattr__(self, "secret", secrets.secret_in(self.comment))

    @classmethod
    def parse(cls, typed: dict[str, Any]) -> "RatingForm":
        """Check what was chosen and typed. Raises RatingMissing, TooLong."""
        score = str(typed.get("score", ""))
        if score not in map(str, SCORES):
            raise RatingMissing
        comment = storable(str(typed.get("comment") or "")).strip()
        if len(comment) > LONGEST_COMMENT:
            raise TooLong("comment", length=len(comment), most=LONGEST_COMMENT)
        return cls(int(score), comment)


@dataclass(frozen=True)
class ResolutionView:
    """How a ticket ends or ended, for its requester and the team alike. Moments are "" and numbers 0 where unknown."""

    closes_at: str = ""
    closed_at: str = ""
    joined_with: int = 0
    follows: int = 0
    followed_by: int = 0
    score: int = 0
    comment: str = ""
    can_rate: bool = False


def view(work: Work, ticket: Any) -> ResolutionView:
    """Return how a ticket ends, from its columns with `RATING`; ask `permissions` before anybody gets it."""
    closes_at = deadlines.announced_closing(work, ticket)
    return ResolutionView(
        closes_at=closes_at.isoformat() if closes_at else "",
        closed_at=ticket.closed_at.isoformat() if ticket.closed_at else "",
        joined_with=ticket.merged_into or 0,
        follows=ticket.follows or 0,
        followed_by=ticket.followed_by or 0,
        score=ticket.score or 0,
        comment=ticket.comment or "",
        can_rate=ticket.status == Status.CLOSED
        and not (ticket.rated_at and _is_final(work, ticket.rated_at)),
    )


def close(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Close a ticket for the team; the requester is told. What is closed stays as it is. Raises TicketMerged."""
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    tickets.refuse_merged(ticket)
    if ticket.status != Status.CLOSED:
        event = history.record(work, ticket, viewer, EventKind.CLOSED)
        tickets.move(work, ticket, Status.CLOSED)
        notifications.about(work, ticket, event, AlertKind.CLOSED)
    return ticket


def reopen(work: Work, viewer: Viewer, number: int) -> Ticket:
    """Take a resolved or closed ticket up again; the requester is told. Raises CannotReopen, TicketMerged."""
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_work, ticket)
    tickets.refuse_merged(ticket)
    if _is_closed_for_good(work, ticket):
        raise CannotReopen
    if ticket.status in REOPENING:
        event = history.record(work, ticket, viewer, EventKind.REOPENED)
        tickets.move(work, ticket, Status.OPEN)
        notifications.about(work, ticket, event, AlertKind.REOPENED)
    return ticket


def rate(work: Work, viewer: Viewer, number: int, form: RatingForm) -> Rating:
    """Say what the help was like, after closing; can be changed for a day.

    Raises NotAllowed, RatingFinal, TooFast and what the shield raises.
    """
    ticket = tickets.find(work, viewer, number)
    require(viewer, can_confirm, ticket)
    if ticket.status != Status.CLOSED:
        raise NotAllowed
    rating = work.session.get(Rating, ticket.id) or Rating(ticket_id=ticket.id, score=0, created_at=work.now)
    if rating.score and _is_final(work, rating.created_at):
        raise RatingFinal
    if (rating.score, rating.comment) == (form.score, form.comment):
        return rating
    most = work.settings.limit_messages_per_10_minutes
    limits.spend(work, Limit("ratings", most, timedelta(minutes=10)), ticket.id, refusal=TooFast)
    secrets.refuse(work.settings, form.secret, address=viewer.address)
    rating.score, rating.comment, rating.changed_at = form.score, form.comment, work.now
    work.session.add(rating)
    history.record(work, ticket, viewer, EventKind.RATED, score=form.score)
    return rating


def merge(work: Work, viewer: Viewer, number: int, into: int) -> Ticket:
    """Join a ticket with another one of the same requester: it goes on there. Returns the one that ended.

    Raises NotFound, TicketMerged (it is joined with another one already) and the kinds of MergeRefused.
    """
    require_team(viewer)
    if number == into:
        raise MergeIntoItself
    # Always in one order: two agents who join crosswise would wait for each other otherwise.
    found = {n: tickets.find(work, viewer, n) for n in sorted((number, into))}
    ticket, other = found[number], found[into]
    if ticket.status == Status.MERGED and ticket.merged_into == into:
        return ticket
    _require_mergeable(work, ticket, other)
    event = history.record(work, ticket, viewer, EventKind.MERGED, into=into)
    history.record(work, other, viewer, EventKind.JOINED, other=number)
    _wait_on(work, ticket, other)
    tickets.move(work, ticket, Status.MERGED)
    ticket.seen_by_requester_seq = (
        ticket.last_seq
    )  # what is new is in the other one: opening this leads there
    _lead(work, ticket, into)
    notifications.about(work, ticket, event, AlertKind.MERGED)
    return ticket


def follow_merge(work: Work, viewer: Viewer, ticket: Ticket) -> Ticket:
    """Return the ticket in which this one goes on, if the viewer may read it; else itself."""
    return tickets.find(work, viewer, ticket.merged_into) if ticket.merged_into else ticket


def run_due(work: Work) -> int:
    """Remind and close where it is time; returns how many tickets there were.

    What is done, who is told and when it is due next are one transaction: a process that dies before its end has done
    nothing, and the next one finds the same work due.
    """
    found = deadlines.due(work)
    for ticket in found:
        if deadlines.needs_reminder(work, ticket):
            _remind(work, ticket)
        else:
            _close_by_time(work, ticket)
    return len(found)


def _remind(work: Work, ticket: Ticket) -> None:
    deadlines.reminded(work, ticket)
    # Not public: there is nothing new to read, only a mail that says so.
    event = history.record(work, ticket, SYSTEM, EventKind.REMINDER)
    notifications.about(work, ticket, event, AlertKind.REMINDER)


def _close_by_time(work: Work, ticket: Ticket) -> None:
    event = history.record(work, ticket, SYSTEM, EventKind.CLOSED, by="time")
    tickets.move(work, ticket, Status.CLOSED)
    notifications.about(work, ticket, event, AlertKind.CLOSED)


def _require_mergeable(work: Work, ticket: Ticket, other: Ticket) -> None:
    if ticket.status == Status.MERGED:
        raise TicketMerged
    if requester(ticket) != requester(other):
        raise MergeOfStrangers
    if other.status == Status.MERGED:
        raise MergeIntoMerged(number=other.number, other=other.merged_into)
    if _is_closed_for_good(work, other):
        raise MergeIntoClosed(number=other.number)


def _wait_on(work: Work, ticket: Ticket, other: Ticket) -> None:
    """Carry the waiting time for an answer over to the ticket that remains."""
    if ticket.queue_rank or other.status in REOPENING:
        return
    since = ticket.waiting_since
    if other.queue_rank:
        tickets.move(work, other, Status.OPEN, unanswered=True)
    other.waiting_since = min(other.waiting_since, since)


def _lead(work: Work, ticket: Ticket, into: int) -> None:
    """Point to the new number, also from what was joined with this ticket before."""
    for one in (ticket, *work.session.exec(select(Ticket).where(Ticket.merged_into == ticket.number)).all()):
        one.merged_into = into
        work.session.add(one)
        work.changed(one)


def _is_closed_for_good(work: Work, ticket: Ticket) -> bool:
    until = tickets.reopen_until(ticket, work.settings.reopen_days)
    return until is not None and work.now >= until


def _is_final(work: Work, rated_at: datetime) -> bool:
    return work.now >= rated_at + CHANGEABLE
