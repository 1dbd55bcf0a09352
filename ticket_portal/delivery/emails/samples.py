"""One of each e-mail, with made-up facts, written by the real writer: for the gallery and the tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ticket_portal.domain.alerts import phrases
from ticket_portal.domain.alerts.kinds import ALERTS, AlertKind, Channel, Notice
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import known
from ticket_portal.i18n.phrase_words import WORDS

TOKEN = "k3Jf8sLq0ZpV5mXn1tYw7uRb2cDh6gEaQo9iNvTzKxM"  # noqa: S105 - leads nowhere
NUMBER = 12345
_UNTIL = {"until": "2026-12-13T15:09:00+00:00"}
_CLOSES = {"closes": "2026-11-29T15:09:00+00:00"}

# What a mail is called here, its kind, and the facts that change its words.
KINDS: dict[str, tuple[AlertKind, dict[str, Any]]] = {
    "confirmation": (AlertKind.CONFIRMATION, {}),
    "reply": (AlertKind.REPLY, {}),
    "details": (AlertKind.DETAILS_REQUESTED, {}),
    "two details": (AlertKind.DETAILS_REQUESTED, {"count": 2}),
    "reminder": (AlertKind.REMINDER, {}),
    "last reminder": (AlertKind.REMINDER, _CLOSES),
    "resolved": (AlertKind.RESOLVED, _UNTIL | _CLOSES),
    "reopened": (AlertKind.REOPENED, {}),
    "closed": (AlertKind.CLOSED, _UNTIL),
    "closed by time": (AlertKind.CLOSED, _UNTIL | {"by": "time"}),
    "merged": (AlertKind.MERGED, {"into": NUMBER + 1}),
    "guest's code": (AlertKind.CODE, {"purpose": "guest"}),
    "sign-up code": (AlertKind.CODE, {"purpose": "sign_up"}),
    "reset code": (AlertKind.CODE, {"purpose": "reset"}),
    "new address code": (AlertKind.CODE, {"purpose": "change_email"}),
    "claim code": (AlertKind.CODE, {"purpose": "claim"}),
    "already signed up": (AlertKind.SECURITY, {"what": Notice.ALREADY_SIGNED_UP}),
    "password changed": (AlertKind.SECURITY, {"what": Notice.PASSWORD_CHANGED}),
    "password changed here": (AlertKind.SECURITY, {"what": Notice.PASSWORD_CHANGED, "elsewhere": True}),
    "signed in": (AlertKind.SECURITY, {"what": Notice.SIGNED_IN, "browser": "Chrome", "system": "Windows"}),
    "address changed": (AlertKind.SECURITY, {"what": Notice.ADDRESS_CHANGED, "to": "n•••@e•••.com"}),
    "deletion asked": (
        AlertKind.SECURITY,
        {"what": Notice.DELETION_ASKED, "until": "2026-12-06T15:09:00+00:00"},
    ),
    "deletion cancelled": (AlertKind.SECURITY, {"what": Notice.DELETION_CANCELLED}),
    "account deleted": (AlertKind.SECURITY, {"what": Notice.ACCOUNT_DELETED}),
    "tickets added": (AlertKind.SECURITY, {"what": Notice.TICKETS_ADDED, "count": 2}),
    "phrase changed": (AlertKind.SECURITY, {"what": Notice.PHRASE_CHANGED}),
    "phrase removed": (AlertKind.SECURITY, {"what": Notice.PHRASE_REMOVED}),
    "guessing": (AlertKind.SECURITY, {"what": Notice.GUESSING, "failures": 20, "ended": False}),
    "guessing ended": (AlertKind.SECURITY, {"what": Notice.GUESSING, "failures": 100, "ended": True}),
    "trial": (AlertKind.SECURITY, {"what": Notice.TRIAL}),
    "links": (AlertKind.SECURITY, {"what": Notice.LINKS, "numbers": [NUMBER, NUMBER + 1]}),
}
ABOUT_TICKETS = [name for name, (kind, _) in KINDS.items() if ALERTS[kind].about_ticket]


def sample(name: str, language: str = "en", *, guest: bool = True, **other: Any) -> Delivery:
    """Return the delivery that one of KINDS is written from: to a guest, or to a customer with their own phrase."""
    kind, data = KINDS[name]
    of_ticket = name in ABOUT_TICKETS
    words = WORDS[known(language)]
    phrase = f"{words[21]} {words[34]}"
    own = "" if kind == AlertKind.CODE or data.get("what") == Notice.PHRASE_REMOVED else phrase
    secret: dict[str, Any] = (
        {"code": "048271"} if kind == AlertKind.CODE else {"tokens": {str(NUMBER): TOKEN}}
    )
    if data.get("purpose") == "reset" or data.get("what") == Notice.GUESSING:
        secret["link"] = TOKEN
    at = datetime(2026, 11, 22, 15, 9, tzinfo=UTC)
    made = Delivery(
        id=7,
        attempt=1,
        key=f"{NUMBER}.9.email.0123456789ab",
        kind=kind,
        channel=Channel.EMAIL,
        address="minh@example.com",
        language=language,
        time_zone="Asia/Ho_Chi_Minh",
        number=NUMBER if of_ticket else None,
        seq=9 if of_ticket else None,
        earlier_seqs=[1, 4] if of_ticket else [],
        guest_token=TOKEN if of_ticket and guest else "",
        mute_token="1-0123456789abcdef" if of_ticket else "",
        lock_token="1-fedcba9876543210" if of_ticket and guest else "",
        secret=secret,
        data=data,
        happened_at=at,
        at=at + timedelta(seconds=20),
        reference="7F3K9QW2MX",
        phrase=phrases.cleaned(own),
    )
    return replace(made, **other)
