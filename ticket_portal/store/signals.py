"""The `signal` rows of SQLite: how much of what was told is kept."""

from sqlalchemy import func
from sqlmodel import col, delete, select

from ticket_portal.store.tables import Signal
from ticket_portal.store.unit_of_work import Work

# Other processes read them within a second; a thousand are left for one that was held up.
NEWEST_KEPT = 1_000


def sweep(work: Work) -> None:
    """Delete what every process has long heard."""
    newest = work.session.exec(select(func.max(Signal.id))).one() or 0
    work.session.exec(delete(Signal).where(col(Signal.id) <= newest - NEWEST_KEPT))
