"""How many bytes may be sent in a day. Counted in the database before the first one is read, and settled afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import col, delete, select, update

from ticket_portal.domain import keys, security_log
from ticket_portal.domain.errors import TooManyUploads
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.store.tables import UploadedBytes
from ticket_portal.store.unit_of_work import Work

WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class Quota:
    """`most` bytes within a day, under a name."""

    rule: str
    most: int


def reserve(work: Work, quota: Quota, upload_id: str, size: int, subject: str) -> None:
    """Count what an upload may bring, or raise TooManyUploads if there is no room for so much."""
    work.alone(quota.rule, subject)  # or many at once would each find the same room
    hashed = keys.subject_hash(work.settings, subject)
    within = _within(work, quota, hashed)
    used = work.scalar(select(func.coalesce(func.sum(col(UploadedBytes.size)), 0)).where(*within))
    if used + size > quota.most:
        security_log.refused(work.settings, SecurityEvent.LIMIT_REACHED, rule=quota.rule)
        raise TooManyUploads(until=_room_at(work, within, used + size - quota.most))
    work.insert(UploadedBytes, rule=quota.rule, subject=hashed, upload_id=upload_id, size=size, at=work.now)


def settle(work: Work, upload_id: str, size: int) -> None:
    """Count what came of an upload in place of what was reserved. Refused and cut ones count: they came, too."""
    ours = col(UploadedBytes.upload_id) == upload_id
    work.session.exec(update(UploadedBytes).where(ours).values(size=size))


def sweep(work: Work) -> None:
    """Delete what no quota looks at any more."""
    work.session.exec(delete(UploadedBytes).where(col(UploadedBytes.at) < work.now - WINDOW))


def _within(work: Work, quota: Quota, hashed: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UploadedBytes.rule) == quota.rule,
        col(UploadedBytes.subject) == hashed,
        col(UploadedBytes.at) > work.now - WINDOW,
    )


def _room_at(work: Work, within: tuple[ColumnElement[bool], ...], needed: int) -> datetime:
    """Return when so many bytes will have left the window; in a day, if never."""
    counted = work.session.exec(
        select(UploadedBytes.at, UploadedBytes.size).where(*within).order_by(col(UploadedBytes.at))
    )
    for at, size in counted:
        needed -= size
        if needed <= 0:
            return at + WINDOW
    return work.now + WINDOW
