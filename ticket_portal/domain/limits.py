"""How often something may happen. Counted in the database, so a restart or a second process forgives nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy
from sqlalchemy import Integer, Select, bindparam
from sqlmodel import col, delete

from ticket_portal.domain import keys, security_log
from ticket_portal.domain.errors import TooMany
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.store.tables import LimitHit
from ticket_portal.store.unit_of_work import Work

RETENTION = timedelta(days=1)


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
    hashed = keys.subject_hash(work.settings, *subject)
    asked = {"rule": limit.rule, "subject": hashed, "since": since, "newer": limit.most - 1}
    oldest = work.scalar(_hit(), asked)  # the one that is one too many
    if oldest is None:
        return None
    end = oldest + limit.within
    if limit.pause is not None:
        # None: just now they were forgotten.
        newest = work.scalar(_hit(), asked | {"newer": 0}) or oldest
        end = newest + limit.pause if newest - oldest < limit.within else work.now
    return end if end > work.now else None


def use(work: Work, limit: Limit, *subject: object) -> int:
    """Count one use, also if this work is refused later on (`Store.write`); return its number, for `release`."""
    return work.count(limit.rule, keys.subject_hash(work.settings, *subject))


def spend(work: Work, limit: Limit, *subject: object, refusal: type[TooMany] = TooMany) -> int:
    """Count one use, or raise `refusal` if there is no room for it. Return its number, for `release`.

    Where slow work comes between the look and the count (a password's hash), the use is counted before it and
    released after a success: many at once would else each find the last place free.
    """
    work.alone(limit.rule, *subject)  # for the same reason, among transactions
    if end := until(work, limit, *subject):
        # What other limits counted of this try is taken back. Else an attacker at his own address's limit would go on
        # to use up the limits of everybody whose address he names.
        work.counted.clear()
        raise refused(work, limit, end, refusal, *subject)
    return use(work, limit, *subject)


def refused(
    work: Work, limit: Limit, end: datetime, refusal: type[TooMany] = TooMany, *subject: object
) -> TooMany:
    """Return the refusal of a limit that holds until `end`, and log that it was reached."""
    security_log.refused(
        work.settings,
        SecurityEvent.LIMIT_REACHED,
        rule=limit.rule,
        subject=security_log.hashed(work.settings, *subject),
    )
    return refusal(until=end)


def release(work: Work, hits: Iterable[int]) -> None:
    """Take back these uses alone: what they were counted for does not count, what others did does."""
    work.session.exec(delete(LimitHit).where(col(LimitHit.id).in_(hits)))


def forget(work: Work, limit: Limit, *subject: object) -> None:
    """Take the uses back: a success does not count."""
    hashed = keys.subject_hash(work.settings, *subject)
    work.session.exec(
        delete(LimitHit).where(col(LimitHit.rule) == limit.rule, col(LimitHit.subject) == hashed)
    )


@cache  # composed once: every message and every try at a code is counted
def _hit() -> Select[datetime]:
    """Return when the (newer + 1)-th latest use within the window happened."""
    hits = sqlalchemy.select(col(LimitHit.at)).where(
        col(LimitHit.rule) == bindparam("rule"),
        col(LimitHit.subject) == bindparam("subject"),
        col(LimitHit.at) > bindparam("since"),
    )
    return hits.order_by(col(LimitHit.at).desc()).offset(bindparam("newer", type_=Integer)).limit(1)


def sweep(work: Work) -> None:
    """Delete uses that no limit looks at any more."""
    kept = max(RETENTION, timedelta(hours=1, minutes=work.settings.code_pause_minutes))
    work.session.exec(delete(LimitHit).where(col(LimitHit.at) < work.now - kept))
