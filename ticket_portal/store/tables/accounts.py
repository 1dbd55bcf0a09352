"""Accounts, their sessions, and the proofs of who somebody is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from ticket_portal.sets.roles import Role
from ticket_portal.store.columns import UtcDateTime
from ticket_portal.store.tables.base import author_reference, moment, reference


class Account(SQLModel, table=True):
    """A person who signs in: a customer, or one of the team. The address was proved before the row was made."""

    id: int = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    name: str
    password_hash: str
    role: str = Role.CUSTOMER
    language: str = "en"
    time_zone: str = "UTC"
    # How they want to be told (domain/alerts/preferences): what they turned off, when they sleep.
    preferences: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    # Else pages follow the reader's device, and mails the zone that it had last.
    zone_is_chosen: bool = False
    created_at: datetime = moment()
    # They asked for it; until then they may think better of it (domain/privacy/erasure).
    deletion_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    # The operator took away its access (domain/desk/team): it can't sign in until it is given back.
    deactivated_at: datetime | None = moment(null=True)


class Session(SQLModel, table=True):
    """A browser that proved who it is: an account's, or a guest's (then `address` is the proved one)."""

    token_hash: str = Field(primary_key=True)
    account_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    )
    address: str | None = Field(default=None, index=True)
    # What the browser called itself when it signed in, for its owner's eyes.
    user_agent: str = Field(default="", sa_column_kwargs={"name": "agent"})
    # The account was never used in this browser before, and its owner has not said yet that it was them.
    unfamiliar: bool = False
    created_at: datetime = moment()
    seen_at: datetime = moment()
    ended_at: datetime | None = moment(null=True)


class Challenge(SQLModel, table=True):
    """A six-digit code on its way to an address; bound to the browser that asked for it."""

    __table_args__ = (
        Index("ix_challenge_newest", "browser_hash", "purpose", "address", "id"),
        Index("ix_challenge_address", "address"),
    )

    id: int = Field(default=None, primary_key=True)
    purpose: str
    address: str
    browser_hash: str
    code_hmac: str
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    wrong_tries: int = 0
    problem: str = ""
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(null=True)


class FailureStreak(SQLModel, table=True):
    """How many wrong passwords or codes came in a row; a right one ends it, no restart and no passing hour does."""

    __table_args__ = (Index("ix_failure_streak_last_at", "last_at"),)

    subject: str = Field(primary_key=True)
    failures: int = 0
    last_at: datetime = moment()


class KnownBrowser(SQLModel, table=True):
    """A browser in which an address was proved: strangers' failures at the address do not stop it.

    `subject` is a keyed hash of the address: the table holds no names.
    """

    __table_args__ = (
        Index("ix_known_browser_seen_at", "seen_at"),
        Index("ix_known_browser_hash", "browser_hash"),
    )

    subject: str = Field(primary_key=True)
    browser_hash: str = Field(primary_key=True)
    seen_at: datetime = moment()


class ProofLink(SQLModel, table=True):
    """A link in a mail that proves that its address is read. Only the token's hash is here."""

    __table_args__ = (
        Index("ix_proof_link_address", "address"),
        Index("ix_proof_link_expires_at", "expires_at"),
    )

    token_hash: str = Field(primary_key=True)
    address: str
    language: str
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(null=True)


class SafetyPhrase(SQLModel, table=True):
    """Words that an account's owner chose: every alert shows them, so that a forged one can be told. Sealed."""

    account_id: int = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True))
    sealed: bytes = Field(sa_type=LargeBinary)
    changed_at: datetime = moment()


class ApiToken(SQLModel, table=True):
    """A bearer token of the REST API; it acts as one agent. `public_id` names it and opens nothing.

    `created_by` is None when it was made at the command line; `expires_at` is None when it does not expire.
    """

    __table_args__ = (
        Index("ix_api_token_public_id", "public_id", unique=True),
        Index("ix_api_token_account", "account_id"),
    )

    token_hash: str = Field(primary_key=True)
    public_id: str
    account_id: int = reference("account")
    name: str = ""
    scope: str = "write"
    created_by: int | None = author_reference("account")
    created_at: datetime = moment()
    expires_at: datetime | None = moment(null=True)
    # Written once a minute at most.
    last_used_at: datetime | None = moment(null=True)
    revoked_at: datetime | None = moment(null=True)
