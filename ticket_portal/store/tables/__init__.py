"""The tables. A row knows only itself: what changes anything, or depends on who asks, is in `domain/`."""

from ticket_portal.store.tables.accounts import (
    Account,
    ApiToken,
    Challenge,
    FailureStreak,
    KnownBrowser,
    ProofLink,
    SafetyPhrase,
    Session,
)
from ticket_portal.store.tables.alerts import Alert, CarrierReport, Device, Muted, TicketUpdate, Undeliverable
from ticket_portal.store.tables.base import FIRST_NUMBER
from ticket_portal.store.tables.guests import GuestLink
from ticket_portal.store.tables.operations import (
    ApiAnswer,
    CapturedMail,
    CapturedPush,
    Feedback,
    LimitHit,
    Signal,
    TestClock,
)
from ticket_portal.store.tables.tickets import (
    Attachment,
    DetailItem,
    Draft,
    Event,
    Message,
    Rating,
    Reading,
    SearchEntry,
    Ticket,
    UploadedBytes,
)

__all__ = [
    "FIRST_NUMBER",
    "Account",
    "Alert",
    "ApiAnswer",
    "ApiToken",
    "Attachment",
    "CapturedMail",
    "CapturedPush",
    "CarrierReport",
    "Challenge",
    "DetailItem",
    "Device",
    "Draft",
    "Event",
    "FailureStreak",
    "Feedback",
    "GuestLink",
    "KnownBrowser",
    "LimitHit",
    "Message",
    "Muted",
    "ProofLink",
    "Rating",
    "Reading",
    "SafetyPhrase",
    "SearchEntry",
    "Session",
    "Signal",
    "TestClock",
    "Ticket",
    "TicketUpdate",
    "Undeliverable",
    "UploadedBytes",
]
