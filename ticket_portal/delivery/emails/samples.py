"""One of each e-mail, with made-up facts, written by the real writer: for the gallery and the tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ticket_portal.domain.alerts import phrases
from ticket_portal.domain.alerts.notifications import IMMEDIATE_KINDS
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import known
from ticket_portal.i18n.phrase_words import WORDS

TOKEN = "k3Jf8sLq0ZpV5mXn1tYw7uRb2cDh6gEaQo9iNvTzKxM"  # noqa: S105 - leads nowhere
NUMBER = 12345
_UNTIL = {"until": "2026-12-13T15:09:00+00:00"}
_CLOSES = {"closes": "2026-11-29T15:09:00+00:00"}

# What a mail is called here, its kind, and the facts that change its words.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirmation": ("confirmation", {}),
    "reply": ("reply", {}),
    "details": ("details_requested", {}),
    "two details": ("details_requested", {"count": 2}),
    "reminder": ("reminder", {}),
    "last reminder": ("reminder", _CLOSES),
    "resolved": ("resolved", _UNTIL | _CLOSES),
    "reopened": ("reopened", {}),
    "closed": ("closed", _UNTIL),
    "closed by time": ("closed", _UNTIL | {"by": "time"}),
    "merged": ("merged", {"into": NUMBER + 1}),
    "guest's code": ("code", {"purpose": "guest"}),
    "sign-up code": ("code", {"purpose": "sign_up"}),
    "reset code": ("code", {"purpose": "reset"}),
    "new address code": ("code", {"purpose": "change_email"}),
    "claim code": ("code", {"purpose": "claim"}),
    "already signed up": ("security", {"what": "already_signed_up"}),
    "password changed": ("security", {"what": "password_changed"}),
    "password changed here": ("security", {"what": "password_changed", "elsewhere": True}),
    "signed in": ("security", {"what": "signed_in", "browser": "Chrome", "system": "Windows"}),
    "address changed": ("security", {"what": "address_changed", "to": "n•••@e•••.com"}),
    "deletion asked": ("security", {"what": "deletion_asked", "until": "2026-12-06T15:09:00+00:00"}),
    "deletion cancelled": ("security", {"what": "deletion_cancelled"}),
    "account deleted": ("security", {"what": "account_deleted"}),
    "tickets added": ("security", {"what": "tickets_added", "count": 2}),
    "phrase changed": ("security", {"what": "phrase_changed"}),
    "phrase removed": ("security", {"what": "phrase_removed"}),
    "guessing": ("security", {"what": "guessing", "failures": 20, "ended": False}),
    "guessing ended": ("security", {"what": "guessing", "failures": 100, "ended": True}),
    "trial": ("security", {"what": "trial"}),
    "links": ("security", {"what": "links", "numbers": [NUMBER, NUMBER + 1]}),
}
ABOUT_TICKETS = [
    name for name, (kind, _) in KINDS.items() if kind == "confirmation" or kind not in IMMEDIATE_KINDS
]


def sample(name: str, language: str = "en", *, guest: bool = True, **other: Any) -> Delivery:
    """Return the delivery that one of KINDS is written from: to a guest, or to a customer with their own phrase."""
    kind, data = KINDS[name]
    of_ticket = name in ABOUT_TICKETS
    words = WORDS[known(language)]
    phrase = f"{words[21]} {words[34]}"
    own = "" if kind == "code" or data.get("what") == "phrase_removed" else phrase
    secret: dict[str, Any] = {"code": "048271"} if kind == "code" else {"tokens": {str(NUMBER): TOKEN}}
    if data.get("purpose") == "reset" or data.get("what") == "guessing":
        secret["link"] = TOKEN
    at = datetime(2026, 11, 22, 15, 9, tzinfo=UTC)
    made = Delivery(
        id=7,
        attempt=1,
        key=f"{NUMBER}.9.email.0123456789ab",
        kind=kind,
        channel="email",
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
