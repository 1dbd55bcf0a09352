"""Whether the help articles help: a yes or no per browser and article, and what was missing."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import Integer, cast, func
from sqlmodel import col, delete, select

from ticket_portal.domain import limits
from ticket_portal.domain.errors import Invalid, SecretFound, TooLong
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import language
from ticket_portal.domain.text import secrets
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.i18n.articles import slugs
from ticket_portal.store.tables import Feedback
from ticket_portal.store.unit_of_work import Work

LONGEST_MISSING: Final = 1_000
NEWEST: Final = 50
RETENTION: Final = timedelta(days=365)


@dataclass(frozen=True)
class FeedbackForm:
    """Feedback on an article, checked. `secret`: what its text must not hold, and does."""

    article: str
    language: str
    helpful: bool
    missing: str = ""
    secret: type[SecretFound] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look for secrets, so that no form is without it."""
        object.__setattr__(self, "secret", secrets.secret_in(self.missing))

    @classmethod
    def parse(cls, article: str, language_code: str, helpful: str, missing: str) -> "FeedbackForm":
        """Check what came. Raises Invalid, TooLong."""
        if article not in slugs():
            raise Invalid("article")
        if helpful not in ("yes", "no"):
            raise Invalid("helpful")
        text = storable(missing).strip() if helpful == "no" else ""
        if len(text) > LONGEST_MISSING:
            raise TooLong(field="missing", most=LONGEST_MISSING)
        return cls(article, language(language_code), helpful == "yes", text)


@dataclass(frozen=True)
class Count:
    """How many found an article helpful, in one language, and how many did not."""

    article: str
    language: str
    yes: int
    no: int


@dataclass(frozen=True)
class Missing:
    """A comment on what was missing in an article."""

    article: str
    language: str
    text: str


def rate(work: Work, form: FeedbackForm, browser: str, ip: str) -> None:
    """Keep what a browser says of an article; said again, the newer word counts. Raises TooMany and SecretFound."""
    rule = Limit("feedback_ip", work.settings.limit_feedback_per_ip_per_hour)
    limits.spend(work, rule, ip)
    secrets.refuse(work.settings, form.secret, ip=ip)
    said = work.session.get(Feedback, (form.article, browser), with_for_update=True)
    said = said or Feedback(
        article=form.article, browser_hash=browser, language=form.language, helpful=form.helpful
    )
    said.language, said.helpful, said.missing, said.at = form.language, form.helpful, form.missing, work.now
    work.session.add(said)


def counts(work: Work) -> list[Count]:
    """Count what was said of each article in each language; for the operator."""
    helpful = func.sum(cast(Feedback.helpful, Integer))
    rows = work.session.exec(
        select(Feedback.article, Feedback.language, func.count(), helpful)
        .group_by(col(Feedback.article), col(Feedback.language))
        .order_by(col(Feedback.article), col(Feedback.language))
    )
    return [Count(article, said_in, yes, total - yes) for article, said_in, total, yes in rows]


def missing(work: Work) -> list[Missing]:
    """Return what people did not find, the newest first; for the operator."""
    found = work.session.exec(
        select(Feedback).where(Feedback.missing != "").order_by(col(Feedback.at).desc()).limit(NEWEST)
    )
    return [Missing(said.article, said.language, said.missing) for said in found]


def sweep(work: Work) -> None:
    """Delete what was said of articles as they were long ago."""
    work.session.exec(delete(Feedback).where(col(Feedback.at) < work.now - RETENTION))
