"""Tickets, what is said in them, and what is found by."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ticket_portal.sets.statuses import Status
from ticket_portal.store import full_text
from ticket_portal.store.columns import Words
from ticket_portal.store.tables.base import author_reference, moment, partial, reference


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
            "ix_ticket_mine", "assignee_id", "queue_rank", "waiting_since", "id", **partial("queue_rank < 9")
        ),
        # Partial indexes of what is unread: counting costs what there is to read, not what was ever written.
        Index("ix_ticket_account_unread", "account_id", **partial("team_seq > seen_by_requester_seq")),
        Index("ix_ticket_address_unread", "address", **partial("team_seq > seen_by_requester_seq")),
    )

    id: int = Field(default=None, primary_key=True)
    number: int | None = Field(default=None, unique=True)
    subject: str
    topic: str = ""
    status: str = Status.NEW
    turn_rank: int = 1
    queue_rank: int = 0
    account_id: int | None = reference("account", null=True)
    address: str
    requester: str = ""
    language: str = "en"
    proved_by: str = ""
    assignee_id: int | None = author_reference("account")
    client_id: str | None = Field(default=None, unique=True)
    has_files: bool = False
    has_details: bool = False
    last_seq: int = 0
    team_seq: int = 0
    requester_seq: int = 0
    seen_by_team_seq: int = 0
    seen_by_requester_seq: int = 0
    created_at: datetime = moment()
    updated_at: datetime = moment()
    waiting_since: datetime = moment()
    resolved_at: datetime | None = moment(null=True)
    closed_at: datetime | None = moment(null=True)
    # What happens by itself (domain/alerts/deadlines): the next moment, when it closes, how often it was reminded of.
    due_at: datetime | None = moment(null=True)
    closes_at: datetime | None = moment(null=True)
    reminders: int = 0
    # Numbers, not keys: they are what people read and never change.
    merged_into: int | None = Field(default=None, index=True)
    follows: int | None = None
    followed_by: int | None = None
    # An account took a guest's ticket over: until then its old links work, and it can be given back.
    guest_until: datetime | None = moment(null=True)
    # Disowned by a link in a mail ("this wasn't me"): the address gives no access to it any more.
    locked_at: datetime | None = moment(null=True)


class Rating(SQLModel, table=True):
    """What the requester thought of the help, once a ticket was closed."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    score: int
    comment: str = Field(default="", sa_type=Text)
    created_at: datetime = moment()
    changed_at: datetime = moment()


class Message(SQLModel, table=True):
    """What a person wrote in a ticket: a reply, an internal note, a request for details."""

    __table_args__ = (
        UniqueConstraint("ticket_id", "client_id"),
        Index("ix_message_thread", "ticket_id", "seq"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = reference("ticket")
    seq: int
    kind: str
    author_role: str
    author_id: int | None = author_reference("account")
    author_name: str
    body: str = Field(sa_type=Text)
    client_id: str
    created_at: datetime = moment()
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
        Index("ix_attachment_unsent", "created_at", **partial("message_id IS NULL")),
    )

    id: str = Field(primary_key=True)
    ticket_id: int | None = reference("ticket", null=True)
    message_id: int | None = reference("message", null=True)
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
    created_at: datetime = moment()


class DetailItem(SQLModel, table=True):
    """One thing that a request for details asks for, and what became of it."""

    # "open" → "answered" (with a value of its kind) or "declined" (with the reason); neither changes any more.
    __table_args__ = (
        UniqueConstraint("request_id", "place"),
        Index("ix_detail_item_ticket", "ticket_id", "state"),
        Index("ix_detail_item_answer", "answer_id"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = reference("ticket")
    request_id: int = reference("message")
    place: int
    kind: str
    label: str = ""
    chain: str = ""
    state: str = "open"
    answer: str = Field(default="", sa_type=Text)
    zone: str = ""
    answer_id: int | None = reference("message", null=True)


class Event(SQLModel, table=True):
    """One entry of a ticket's ordered log. Conversation, alerts and audit all derive from it."""

    __table_args__ = (UniqueConstraint("ticket_id", "seq"), Index("ix_event_message", "message_id"))

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = reference("ticket")
    seq: int
    kind: str
    public: bool
    actor_role: str
    actor_id: int | None = author_reference("account")
    actor_name: str = ""
    message_id: int | None = reference("message", null=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = moment()


class Reading(SQLModel, table=True):
    """How far a reader has read a ticket in a visible page."""

    ticket_id: int = Field(sa_column=Column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True))
    reader: str = Field(primary_key=True)
    seq: int = 0
    at: datetime = moment()


class SearchEntry(SQLModel, table=True):
    """The words of something that a requester's search may find: a subject, a public message, a file's name.

    `source_id` is that thing's id (a subject's is 0); `label` its text where it is short, a message's stays where it
    is; `ids` what can be found by its middle. Internal notes never get an entry.
    """

    __table_args__ = (UniqueConstraint("ticket_id", "kind", "source_id"),)

    id: int = Field(default=None, primary_key=True)
    ticket_id: int = reference("ticket")
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
    saved_at: datetime = moment()


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
    at: datetime = moment()
