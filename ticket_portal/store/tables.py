"""The tables. A row knows only itself: what changes anything, or depends on who asks, is in `domain/`."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ticket_portal.sets.roles import Role
from ticket_portal.sets.statuses import Status
from ticket_portal.store import full_text
from ticket_portal.store.columns import UtcDateTime, Words

# Named constraints, so that a migration on SQLite (which copies tables) and one on PostgreSQL agree.
SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FIRST_NUMBER = 12345


def _moment(*, null: bool = False) -> Any:
    return Field(default=None, sa_type=UtcDateTime, nullable=null)


def _to(table: str, *, null: bool = False) -> Any:
    return Field(default=None, sa_column=Column(ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=null))


def _by(table: str) -> Any:
    """Who did something: what they did outlives their account."""
    return Field(
        default=None, sa_column=Column(ForeignKey(f"{table}.id", ondelete="SET NULL"), nullable=True)
    )


def _where(condition: str) -> dict[str, Any]:
    """What makes an index one of some rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
    created_at: datetime = _moment()
    # They asked for it; until then they may think better of it (domain/privacy/erasure).
    deletion_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    # The operator took away its access (domain/desk/team): it can't sign in until it is given back.
    deactivated_at: datetime | None = _moment(null=True)


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
    created_at: datetime = _moment()
    seen_at: datetime = _moment()
    ended_at: datetime | None = _moment(null=True)


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
    created_at: datetime = _moment()
    expires_at: datetime = _moment()
    used_at: datetime | None = _moment(null=True)


class LimitHit(SQLModel, table=True):
    """One use of something that is limited, for example a wrong code for one ticket and address."""

    __table_args__ = (Index("ix_limit_hit_window", "rule", "subject", "at"), Index("ix_limit_hit_at", "at"))

    id: int = Field(default=None, primary_key=True)
    rule: str
    subject: str
    at: datetime = _moment()


class UploadedBytes(SQLModel, table=True):
    """How much one upload takes of the bytes that a person or an IP may send in a day: reserved, then what came."""

    __table_args__ = (
        Index("ix_uploaded_bytes_window", "rule", "subject", "at"),
        Index("ix_uploaded_bytes_upload", "upload_id"),
        Index("ix_uploaded_bytes_at", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    rule: str
    subject: str
    upload_id: str
    size: int
    at: datetime = _moment()


class FailureStreak(SQLModel, table=True):
    """How many wrong passwords or codes came in a row; a right one ends it, no restart and no passing hour does."""

    __table_args__ = (Index("ix_failure_streak_last_at", "last_at"),)

    subject: str = Field(primary_key=True)
    failures: int = 0
    last_at: datetime = _moment()


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
    seen_at: datetime = _moment()


class ProofLink(SQLModel, table=True):
    """A link in a mail that proves that its address is read. Only the token's hash is here."""

    __table_args__ = (
        Index("ix_proof_link_address", "address"),
        Index("ix_proof_link_expires_at", "expires_at"),
    )

    token_hash: str = Field(primary_key=True)
    address: str
    language: str
    created_at: datetime = _moment()
    expires_at: datetime = _moment()
    used_at: datetime | None = _moment(null=True)


class Ticket(SQLModel, table=True):
    """A request that a customer or guest brought to the team."""

    # One index per list that people look at: its order is the list's order, so a page costs a page, not the table.
    __table_args__ = (
        Index("ix_ticket_account_list", "account_id", "turn_rank", text("updated_at DESC"), text("id DESC")),
        Index("ix_ticket_address_list", "address", "turn_rank", text("updated_at DESC"), text("id DESC")),
        Index("ix_ticket_queue", "queue_rank", "waiting_since", "id"),
        Index("ix_ticket_due", "due_at"),
        Index("ix_ticket_account_status", "account_id", "status"),
        # The API's list, by last activity: of all, and of one status.
        Index("ix_ticket_recent", text("updated_at DESC"), text("id DESC")),
        Index("ix_ticket_status_recent", "status", text("updated_at DESC"), text("id DESC")),
        # An agent's open tickets.
        Index(
            "ix_ticket_mine", "assignee_id", "queue_rank", "waiting_since", "id", **_where("queue_rank < 9")
        ),
        # Partial indexes of what is unread: counting costs what there is to read, not what was ever written.
        Index("ix_ticket_account_unread", "account_id", **_where("team_seq > seen_by_requester_seq")),
        Index("ix_ticket_address_unread", "address", **_where("team_seq > seen_by_requester_seq")),
    )

    id: int = Field(default=None, primary_key=True)
    number: int | None = Field(default=None, unique=True)
    subject: str
    topic: str = ""
    status: str = Status.NEW
    turn_rank: int = 1
    queue_rank: int = 0
    account_id: int | None = _to("account", null=True)
    address: str
    requester: str = ""
    language: str = "en"
    proved_by: str = ""
    assignee_id: int | None = _by("account")
    client_id: str | None = Field(default=None, unique=True)
    has_files: bool = False
    has_details: bool = False
    last_seq: int = 0
    team_seq: int = 0
    requester_seq: int = 0
    seen_by_team_seq: int = 0
    seen_by_requester_seq: int = 0
    created_at: datetime = _moment()
    updated_at: datetime = _moment()
    waiting_since: datetime = _moment()
    resolved_at: datetime | None = _moment(null=True)
    closed_at: datetime | None = _moment(null=True)
    # What happens by itself (domain/alerts/deadlines): the next moment, when it closes, how often it was reminded of.
    due_at: datetime | None = _moment(null=True)
    closes_at: datetime | None = _moment(null=True)
    reminders: int = 0
    # Numbers, not keys: they are what people read and never change.
    merged_into: int | None = Field(default=None, index=True)
    follows: int | None = None
    followed_by: int | None = None
    # An account took a guest's ticket over: until then its old links work, and it can be given back.
    guest_until: datetime | None = _moment(null=True)
    # Disowned by a link in a mail ("this wasn't me"): the address gives no access to it any more.
    locked_at: datetime | None = _moment(null=True)


class Rating(SQLModel, table=True):
    """What the requester thought of the help, once a ticket was closed."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    score: int
    comment: str = Field(default="", sa_type=Text)
    created_at: datetime = _moment()
    changed_at: datetime = _moment()


class Message(SQLModel, table=True):
    """What a person wrote in a ticket: a reply, an internal note, a request for details."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "client_id"),
        Index("ix_message_thread", "ticket_id", "seq"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = _to("ticket")
    seq: int
    kind: str
    author_role: str
    author_id: int | None = _by("account")
    author_name: str
    body: str = Field(sa_type=Text)
    client_id: str
    created_at: datetime = _moment()
    # How many attachments it has: most have none, and those are not asked for.
    files: int = 0


class Attachment(SQLModel, table=True):
    """An uploaded file: for a ticket's next message, or in a form for a new ticket (`form`)."""

    # "receiving" → "ready"; with a virus scanner that is away "checking" → "ready" or "blocked"; "swept" before its
    # bytes are deleted.
    __table_args__ = (
        Index("ix_attachment_message", "message_id"),
        Index("ix_attachment_open", "state", "created_at"),
        # Partial index of unsent files: sweeping and the quota cost what there is to sweep.
        Index("ix_attachment_unsent", "created_at", **_where("message_id IS NULL")),
    )

    id: str = Field(primary_key=True)
    ticket_id: int | None = _to("ticket", null=True)
    message_id: int | None = _to("message", null=True)
    form: str = ""
    uploader: str = ""
    browser_hash: str = ""
    place: int = 0
    name: str
    kind: str
    size: int = 0
    width: int = 0
    height: int = 0
    key: str
    thumbnail_key: str = ""
    state: str = "receiving"
    created_at: datetime = _moment()


class DetailItem(SQLModel, table=True):
    """One thing that a request for details asks for, and what became of it."""

    # "open" → "answered" (with a value of its kind) or "declined" (with the reason); neither changes any more.
    __table_args__ = (
        UniqueConstraint("request_id", "place"),
        Index("ix_detail_item_ticket", "ticket_id", "state"),
        Index("ix_detail_item_answer", "answer_id"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = _to("ticket")
    request_id: int = _to("message")
    place: int
    kind: str
    label: str = ""
    chain: str = ""
    state: str = "open"
    answer: str = Field(default="", sa_type=Text)
    zone: str = ""
    answer_id: int | None = _to("message", null=True)


class Event(SQLModel, table=True):
    """One entry of a ticket's ordered log. Conversation, alerts and audit all derive from it."""

    __table_args__ = (UniqueConstraint("ticket_id", "seq"), Index("ix_event_message", "message_id"))

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = _to("ticket")
    seq: int
    kind: str
    public: bool
    actor_role: str
    actor_id: int | None = _by("account")
    actor_name: str = ""
    message_id: int | None = _to("message", null=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = _moment()


class Reading(SQLModel, table=True):
    """How far a reader has read a ticket in a visible page."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    reader: str = Field(primary_key=True)
    seq: int = 0
    at: datetime = _moment()


class SearchEntry(SQLModel, table=True):
    """The words of something that a requester's search may find: a subject, a public message, a file's name.

    `source_id` is that thing's id (a subject's is 0); `label` its text where it is short, a message's stays where it
    is; `ids` what can be found by its middle. Internal notes never get an entry.
    """

    __table_args__ = (UniqueConstraint("ticket_id", "kind", "source_id"),)

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = _to("ticket")
    kind: str
    source_id: int = 0
    owner: str = Field(index=True)
    label: str = Field(default="", sa_type=Text)
    words: str = Field(sa_type=Words)
    ids: str = Field(default="", sa_type=Text)


full_text.attach(SQLModel.metadata.tables["searchentry"])


class Draft(SQLModel, table=True):
    """An unsent text: in a ticket (its number), or in a new one ("new").

    An empty one says that there is nothing any more, and since when: what another device says late is older.
    """

    __table_args__ = (Index("ix_draft_saved_at", "saved_at"),)

    owner: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    subject: str = ""
    body: str = Field(default="", sa_type=Text)
    mode: str = ""
    saved_at: datetime = _moment()


class GuestLink(SQLModel, table=True):
    """A link in an e-mail that leads one address to one ticket. Only the token's hash is here."""

    __table_args__ = (Index("ix_guest_link_ticket", "ticket_id", "address"),)

    token_hash: str = Field(primary_key=True)
    ticket_id: int = _to("ticket")
    address: str
    created_at: datetime = _moment()
    revoked_at: datetime | None = _moment(null=True)


class Muted(SQLModel, table=True):
    """An address that wants no more alerts about a ticket."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    address: str = Field(primary_key=True)
    at: datetime = _moment()


class TicketUpdate(SQLModel, table=True):
    """Something that its requester was to be told of, kept to be read in the portal whatever became of the alert."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "seq"),
        Index("ix_ticket_update_owner", "owner", text("at DESC"), text("id DESC")),
        Index("ix_ticket_update_at", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = _to("ticket")
    seq: int
    owner: str
    kind: str
    at: datetime = _moment()


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
    account_id: int | None = _to("account", null=True)
    address: str
    name: str = ""
    language: str = "en"
    session: str = ""
    browser_hash: str = ""
    created_at: datetime = _moment()
    seen_at: datetime = _moment()


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
    created_at: datetime = _moment()
    due_at: datetime = _moment()
    leased_until: datetime | None = _moment(null=True)
    prepared_at: datetime | None = _moment(null=True)
    sent_at: datetime | None = _moment(null=True)
    # By it the recipient can ask whether a mail is ours; says nothing about them.
    reference: str | None = None
    # The carrier's own name for the mail, and what it told of it since: delayed, delivered, bounced, complained.
    carrier_id: str | None = None
    report: str = ""
    reported_at: datetime | None = _moment(null=True)


class Undeliverable(SQLModel, table=True):
    """An address that mails don't reach (`bounced`), or whose owner called them spam (`complained`)."""

    address: str = Field(primary_key=True)
    problem: str
    at: datetime = _moment()


class CarrierReport(SQLModel, table=True):
    """A carrier's webhook that was taken, by its id: the same one again is refused."""

    __table_args__ = (Index("ix_carrier_report_at", "at"),)

    id: str = Field(primary_key=True)
    at: datetime = _moment()


class SafetyPhrase(SQLModel, table=True):
    """Words that an account's owner chose: every alert shows them, so that a forged one can be told. Sealed."""

    account_id: int = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True))
    sealed: bytes = Field(sa_type=LargeBinary)
    changed_at: datetime = _moment()


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
    created_at: datetime = _moment()


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
    created_at: datetime = _moment()


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
    account_id: int = _to("account")
    name: str = ""
    scope: str = "write"
    created_by: int | None = _by("account")
    created_at: datetime = _moment()
    expires_at: datetime | None = _moment(null=True)
    # Written once a minute at most.
    last_used_at: datetime | None = _moment(null=True)
    revoked_at: datetime | None = _moment(null=True)


class ApiAnswer(SQLModel, table=True):
    """What a request with an Idempotency-Key was answered, so that a repeated one gets the same."""

    __table_args__ = (Index("ix_api_answer_at", "at"),)

    token_hash: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = _moment()


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
