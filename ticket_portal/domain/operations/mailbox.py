"""Captured mail: what the `mailbox` carrier kept instead of sending it."""

from sqlmodel import col, delete, select

from ticket_portal.store.tables import CapturedMail
from ticket_portal.store.unit_of_work import Work

MOST_SHOWN = 200
ROOM = "mailbox"


def keep(work: Work, mail: CapturedMail) -> None:
    """Keep a mail; the same key again keeps nothing new, as with a carrier that knows idempotency keys."""
    if work.session.exec(select(CapturedMail.id).where(CapturedMail.key == mail.key)).first():
        return
    mail.created_at = work.now
    # A copy: the work may run again after a collision, and the row of the failed run belongs to its session.
    work.session.add(CapturedMail(**mail.model_dump()))
    work.publish(ROOM)


def newest(work: Work, address: str = "") -> list[CapturedMail]:
    """Return the captured mail, the newest first; to one address, or all of it."""
    query = select(CapturedMail).order_by(col(CapturedMail.id).desc()).limit(MOST_SHOWN)
    return list(work.session.exec(query.where(CapturedMail.address == address) if address else query).all())


def find(work: Work, mail_id: int) -> CapturedMail | None:
    """Return one captured mail."""
    return work.session.get(CapturedMail, mail_id)


def clear(work: Work) -> None:
    """Throw all captured mail away."""
    work.session.exec(delete(CapturedMail))
