"""For testers: a clock that can be moved, limits that can be forgotten, an empty database. Test mode alone."""

from datetime import datetime, timedelta

from sqlmodel import delete

from ticket_portal.store import bulk
from ticket_portal.store.tables import FailureStreak, LimitHit, TestClock
from ticket_portal.store.unit_of_work import Work

# Ten years: further on, dates that are counted from now would no longer fit.
FURTHEST = 10 * 366 * 86_400


class TooFar(Exception):
    """The clock goes forward only, and ten years at most."""


def advance(work: Work, seconds: int) -> datetime:
    """Move the clock of all processes forward; return what time it is then. Raises TooFar."""
    clock = work.session.get(TestClock, 1, with_for_update=True) or TestClock(id=1)
    if not may_advance(work, seconds):
        raise TooFar
    clock.offset_seconds += seconds
    work.session.add(clock)
    work.publish("clock")
    return work.now + timedelta(seconds=seconds)


def may_advance(work: Work, seconds: int) -> bool:
    """Whether the clock can go that far."""
    return seconds >= 0 and offset(work) + seconds <= FURTHEST


def offset(work: Work) -> int:
    """Return how far the clock is ahead of the real one, in seconds."""
    clock = work.session.get(TestClock, 1)
    return clock.offset_seconds if clock else 0


def reset(work: Work) -> None:
    """Delete everything and set the clock right; this work goes on at the real time."""
    clock = work.session.get(TestClock, 1)
    if clock:
        work.now -= timedelta(seconds=clock.offset_seconds if work.settings.test_mode else 0)
        work.session.expunge(clock)
    bulk.empty(work)
    work.publish("clock", "queue", "outbox", "mailbox")


def forget_limits(work: Work) -> None:
    """Forget what was used of every limit."""
    work.session.exec(delete(LimitHit))
    work.session.exec(delete(FailureStreak))
