"""Captured pushes: what left, kept for testers."""

from sqlmodel import col, delete, select

from ticket_portal.store.tables import CapturedPush
from ticket_portal.store.unit_of_work import Work

MOST_SHOWN = 200


def keep(work: Work, push: CapturedPush) -> None:
    """Keep a push; the same key again keeps nothing new: that is another try."""
    if work.session.exec(select(CapturedPush.id).where(CapturedPush.key == push.key)).first():
        return
    push.created_at = work.now
    # A copy: the work may run again after a collision, and the row of the failed run belongs to its session.
    work.session.add(CapturedPush(**push.model_dump()))


def newest(work: Work, address: str = "", endpoint: str = "") -> list[CapturedPush]:
    """Return the captured pushes, the newest first; to one address, to one device, or all of them."""
    query = select(CapturedPush).order_by(col(CapturedPush.id).desc()).limit(MOST_SHOWN)
    query = query.where(CapturedPush.address == address) if address else query
    return list(
        work.session.exec(query.where(CapturedPush.endpoint == endpoint) if endpoint else query).all()
    )


def clear(work: Work) -> None:
    """Throw all captured pushes away."""
    work.session.exec(delete(CapturedPush))
