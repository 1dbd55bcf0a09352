"""Wrong passwords and codes in a row (NIST SP 800-63B-4, 3.2.2: at most 100 for an account).

The limits of an hour would let a patient stranger try tens of thousands of passwords, and hundreds of codes, a year.
What is counted here survives hours and restarts: pauses grow, the owner is told, and in the end no password and no
code is taken any more, until somebody proves by a link in a mail that they read the address. The right one ends the
row. Each is counted before it is looked at: many at once get no more tries than one after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, delete, select

from ticket_portal.domain import keys, security_log
from ticket_portal.domain.accounts import proof_links
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.errors import DomainError, GuessingEnded, TooMany
from ticket_portal.domain.security_log import SecurityEvent
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, FailureStreak, Ticket
from ticket_portal.store.unit_of_work import Work

RETENTION = timedelta(days=365)
LINK_LIVES = timedelta(days=1)  # an alarm is read when its owner comes to it


class Guessed(StrEnum):
    """What is guessed at; each has a row of failures of its own."""

    SIGN_IN = "sign_in"
    OWN_PASSWORD = "own_password"  # noqa: S105 - the name of a count
    CODE = "code"


@dataclass(frozen=True)
class Target:
    """Whose password or code: `owner` is an address or an account, `browser` a known one of theirs, else ""."""

    guessed: Guessed
    owner: object
    browser: str = ""
    purpose: str = ""

    def subject(self, settings: Settings) -> str:
        """Return the name of its row, which tells a reader of the database nothing."""
        return keys.subject_hash(settings, "in a row", self.guessed, self.purpose, self.owner, self.browser)


def refusal(work: Work, target: Target) -> DomainError | None:
    """Return why nothing may be tried for now, None where something may."""
    streak = work.session.get(FailureStreak, target.subject(work.settings))
    if streak is None:
        return None
    if streak.failures >= work.settings.limit_failures_in_a_row:
        return GuessingEnded()
    end = paused_until(work, streak)
    return TooMany(until=end) if end else None


def paused_until(work: Work, streak: FailureStreak) -> datetime | None:
    """Return the end of the pause that the last failure began, None where it began none or it is over."""
    pause = work.settings.pauses_in_a_row.get(streak.failures)
    end = streak.last_at + pause if pause else work.now
    return end if end > work.now else None


def count(work: Work, target: Target) -> int:
    """Count one try as a failure, until `forget` takes it back; return how many there are in a row.

    Raises GuessingEnded, TooMany where nothing may be tried.
    """
    subject = _alone(work, target)
    if refused := refusal(work, target):
        raise refused
    streak = work.session.get(FailureStreak, subject) or FailureStreak(subject=subject)
    streak.failures, streak.last_at = streak.failures + 1, work.now
    work.session.add(streak)
    work.session.flush()
    return streak.failures


def is_alarming(settings: Settings, failures: int) -> bool:
    """Whether the owner is to be told of this failure: of one early, and of the last."""
    return failures in (settings.guessing_alarm_after, settings.limit_failures_in_a_row)


def alarm(work: Work, address: str, failures: int, *, strangers_too: bool = False) -> None:
    """Warn the owner of an address by mail that their code is being guessed, with a link that lets them go on.

    Without an account the same is written, but nothing leaves (`strangers_too`: it does).
    """
    account = work.session.exec(select(Account).where(Account.address == address)).first()
    spoken = work.session.exec(select(Ticket.language).where(Ticket.address == address).limit(1)).first()
    language = account.language if account else spoken or "en"
    link = proof_links.new(work, address, language, LINK_LIVES)
    ended = failures >= work.settings.limit_failures_in_a_row
    known = account is not None or strangers_too
    owner = account.id if account else keys.subject_hash(work.settings, address)[:12]
    notifications.about_guessing(work, owner, address, language, link, failures, ended=ended, known=known)
    security_log.happened(work, SecurityEvent.GUESSING_ALARM, address=address, failures=failures)


def forget(work: Work, target: Target) -> None:
    """End the row: the right one was given, or the address proved."""
    work.session.exec(delete(FailureStreak).where(col(FailureStreak.subject) == _alone(work, target)))


def _alone(work: Work, target: Target) -> str:
    """Keep others from this row until the work ends; return its name."""
    subject = target.subject(work.settings)
    work.alone("in a row", subject)
    return subject


def sweep(work: Work) -> None:
    """Delete rows of failures to which none was added for a year."""
    work.session.exec(delete(FailureStreak).where(col(FailureStreak.last_at) < work.now - RETENTION))
