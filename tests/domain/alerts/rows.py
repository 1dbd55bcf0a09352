"""What tests of alerts look at."""

from datetime import timedelta

from sqlmodel import col, select

from tests.cast import mails
from ticket_portal.store.tables import Alert

HOLD = 20
GATHER = 120


def told(work) -> list[str]:
    """The kinds of the mails that leave now."""
    return [m.kind for m in mails(work)]


def states(work, kind: str) -> list[str]:
    """What became of the alerts of a kind, oldest first."""
    work.session.flush()
    work.session.expire_all()
    query = select(Alert.state).where(Alert.kind == kind).order_by(col(Alert.id))
    return list(work.session.exec(query).all())


def seconds(n: int):
    return timedelta(seconds=n)
