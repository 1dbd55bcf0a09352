"""Limits, captured mail and pushes, answers that are repeated, signals between processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from ticket_portal.store.columns import UtcDateTime
from ticket_portal.store.tables.base import moment


class LimitHit(SQLModel, table=True):
    """One use of something that is limited, for example a wrong code for one ticket and address."""

    __table_args__ = (Index("ix_limit_hit_window", "rule", "subject", "at"), Index("ix_limit_hit_at", "at"))

    id: int = Field(default=None, primary_key=True)
    rule: str
    subject: str
    at: datetime = moment()


class CapturedMail(SQLModel, table=True):
    """A mail that the `mailbox` carrier kept instead of sending it."""

    __table_args__ = (Index("ix_captured_mail_recipient", "address", "id"),)

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    address: str
    subject: str
    kind: str
    language: str
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    plain: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    link: str = ""
    code: str = ""
    created_at: datetime = moment()


class CapturedPush(SQLModel, table=True):
    """A push as it left, kept for testers (test mode only)."""

    __table_args__ = (Index("ix_captured_push_recipient", "address", "id"),)

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    address: str
    endpoint: str
    kind: str
    language: str
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = moment()


class ApiAnswer(SQLModel, table=True):
    """What a request with an Idempotency-Key was answered, so that a repeated one gets the same."""

    __table_args__ = (Index("ix_api_answer_at", "at"),)

    token_hash: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = moment()


class Feedback(SQLModel, table=True):
    """Anonymous feedback on a help article."""

    article: str = Field(primary_key=True)
    browser_hash: str = Field(primary_key=True)
    language: str
    helpful: bool
    missing: str = Field(default="", sa_type=Text)
    at: datetime = Field(default=None, sa_type=UtcDateTime, index=True)


class Signal(SQLModel, table=True):
    """SQLite only: what changed, for the other processes on the same file (PostgreSQL has NOTIFY)."""

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int = Field(default=None, primary_key=True)
    origin: str
    topics: list[str] = Field(default_factory=list, sa_type=JSON)


class TestClock(SQLModel, table=True):
    """How far the QA clock is ahead of the real one, in seconds (one row, test mode only)."""

    id: int = Field(default=1, primary_key=True)
    offset_seconds: int = 0
