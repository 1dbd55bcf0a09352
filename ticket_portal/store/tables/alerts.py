"""What people are told, where, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ticket_portal.store.tables.base import moment, reference


class Muted(SQLModel, table=True):
    """An address that wants no more alerts about a ticket."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    address: str = Field(primary_key=True)
    at: datetime = moment()


class TicketUpdate(SQLModel, table=True):
    """Something that its requester was to be told of, kept to be read in the portal whatever became of the alert."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        Index("ix_ticket_update_owner", "owner", text("at DESC"), text("id DESC")),
        Index("ix_ticket_update_at", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = reference("ticket")
    seq: int
    owner: str
    kind: str
    at: datetime = moment()


class Device(SQLModel, table=True):
    """A browser that an account, or a guest who proved an address, wants push notifications on.

    `session` is the one that put it here or came last: signing out takes the device along.
    """

    __table_args__ = (
        Index("ix_device_account", "account_id"),
        Index("ix_device_address", "address"),
        Index("ix_device_session", "session"),
        Index("ix_device_browser", "browser_hash"),
    )

    id: int = Field(default=None, primary_key=True)
    endpoint: str = Field(unique=True)
    p256dh: str
    auth: str
    account_id: int | None = reference("account", null=True)
    address: str
    name: str = ""
    language: str = "en"
    session: str = ""
    browser_hash: str = ""
    created_at: datetime = moment()
    seen_at: datetime = moment()


class Alert(SQLModel, table=True):
    """One row of the outbox: something to tell one recipient over one channel, and what became of it."""

    # "waiting" → "sending" (leased by a worker) → "sent"; or "dropped", "gathered" (into a later one), "failed".
    __table_args__ = (
        Index("ix_alert_due", "state", "due_at"),
        Index("ix_alert_recipient", "ticket_id", "address", "channel", "state"),
        Index("ix_alert_reference", "reference", unique=True),
        Index("ix_alert_carrier_id", "carrier_id"),
        Index("ix_alert_device", "device_id"),
    )

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    channel: str
    address: str
    language: str = "en"
    time_zone: str = "UTC"
    ticket_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), nullable=True)
    )
    event_seq: int | None = None
    device_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("device.id", ondelete="SET NULL"), nullable=True)
    )
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = "waiting"
    attempts: int = 0
    problem: str = ""
    gathered_into: int | None = None
    created_at: datetime = moment()
    due_at: datetime = moment()
    leased_until: datetime | None = moment(null=True)
    prepared_at: datetime | None = moment(null=True)
    sent_at: datetime | None = moment(null=True)
    # By it the recipient can ask whether a mail is ours; says nothing about them.
    reference: str | None = None
    # The carrier's own name for the mail, and what it told of it since: delayed, delivered, bounced, complained.
    carrier_id: str | None = None
    report: str = ""
    reported_at: datetime | None = moment(null=True)


class Undeliverable(SQLModel, table=True):
    """An address that mails don't reach (`bounced`), or whose owner called them spam (`complained`)."""

    address: str = Field(primary_key=True)
    problem: str
    at: datetime = moment()


class CarrierReport(SQLModel, table=True):
    """A carrier's webhook that was taken, by its id: the same one again is refused."""

    __table_args__ = (Index("ix_carrier_report_at", "at"),)

    id: str = Field(primary_key=True)
    at: datetime = moment()
