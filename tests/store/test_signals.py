"""The `signal` rows of SQLite."""

from sqlmodel import select

from ticket_portal.store import signals
from ticket_portal.store.tables import Signal


def test_old_signals_are_swept_and_new_ones_kept(work):
    work.session.add_all(Signal(origin="other", topics=["queue"]) for _ in range(signals.NEWEST_KEPT + 5))
    work.session.flush()

    signals.sweep(work)

    assert len(work.session.exec(select(Signal.id)).all()) == signals.NEWEST_KEPT
