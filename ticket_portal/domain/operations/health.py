"""What operators watch: whether mail and pushes wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, func, select

from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.store.tables import Alert
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class MailQueue:
    """A channel of the outbox in four numbers."""

    due: int
    oldest_due_seconds: int
    later: int
    failed: int


def mail_queue(work: Work, channel: Channel = Channel.EMAIL) -> MailQueue:
    """Return what is to leave now, since when, what leaves later, and what no carrier would take."""
    waiting = col(Alert.state).in_(("waiting", "sending")) & (col(Alert.channel) == channel)
    due, oldest = work.session.exec(
        select(func.count(), func.min(Alert.due_at)).where(waiting, col(Alert.due_at) <= work.now)
    ).one()
    return MailQueue(
        due=due,
        oldest_due_seconds=_seconds(work, oldest),
        later=work.session.exec(
            select(func.count()).select_from(Alert).where(waiting, col(Alert.due_at) > work.now)
        ).one(),
        failed=work.session.exec(
            select(func.count())
            .select_from(Alert)
            .where(col(Alert.state) == "failed", col(Alert.channel) == channel)
        ).one(),
    )


def database_time(work: Work) -> datetime:
    """Return what time it is for a PostgreSQL server, to compare this machine's clock with."""
    return work.session.execute(text("SELECT now()")).scalar_one()


def _seconds(work: Work, since: datetime | None) -> int:
    return max(0, int((work.now - since).total_seconds())) if since else 0
