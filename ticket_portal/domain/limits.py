"""How often something may happen. Counted in the database, so a restart or a second process forgives nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from ticket_portal.domain import keys
from ticket_portal.domain.errors import TooMany
from ticket_portal.store.tables import LimitHit
from ticket_portal.store.unit_of_work import Work

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`most` uses within `within`; then a pause of `pause` from the last one (or until the window has room)."""

    rule: str
    most: int
    within: timedelta = timedelta(hours=1)
    pause: timedelta | None = None


def until(work: Work, limit: Limit, *subject: object) -> datetime | None:
    """Return the moment until which the limit holds, or None while there is room."""
    since = work.now - limit.within - (limit.pause or timedelta())
    hits = (
        select(LimitHit.at)
        .where(LimitHit.rule == limit.rule, LimitHit.subject == keys.subject_hash(work.settings, *subject))
        .where(LimitHit.at > since)
        .order_by(col(LimitHit.at).desc())
    )
    oldest = work.session.exec(hits.offset(limit.most - 1).limit(1)).first()  # the one that is one too many
    if oldest is None:
        return None
    end = oldest + limit.within
    if limit.pause is not None:
        newest = work.session.exec(hits.limit(1)).first() or oldest  # none: just now they were forgotten
        end = newest + limit.pause if newest - oldest < limit.within else work.now
    return end if end > work.now else None


def use(work: Work, limit: Limit, *subject: object) -> None:
    """Count one use."""
    hashed = keys.subject_hash(work.settings, *subject)
    work.session.add(LimitHit(rule=limit.rule, subject=hashed, at=work.now))


def spend(work: Work, limit: Limit, *subject: object, refusal: type[TooMany] = TooMany) -> None:
    """Count one use, or raise `refusal` if there is no room for it."""
    work.alone(limit.rule, *subject)  # or many at once would each find the last place free
    if end := until(work, limit, *subject):
        raise refusal(until=end)
    use(work, limit, *subject)


def forget(work: Work, limit: Limit, *subject: object) -> None:
    """Take the uses back: a success does not count."""
    hashed = keys.subject_hash(work.settings, *subject)
    work.session.exec(
        delete(LimitHit).where(col(LimitHit.rule) == limit.rule, col(LimitHit.subject) == hashed)
    )


def sweep(work: Work) -> None:
    """Delete uses that no limit looks at any more."""
    kept = max(KEPT, timedelta(hours=1, minutes=work.settings.code_pause_minutes))
    work.session.exec(delete(LimitHit).where(col(LimitHit.at) < work.now - kept))
