"""Webhooks that come in: whether they are the carrier's own word, and what they say.

Signed after the Standard Webhooks convention, as Svix does for Resend. The library makes the signature; the time is
compared here, because ours follows the testers' clock.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from ticket_portal.delivery.mail.resend import TAG
from ticket_portal.domain.keys import equal
from ticket_portal.domain.tickets.deliveries import Report

TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 8
LONGEST_ID = 200
_KINDS = {
    "email.delivered": "delivered",
    "email.bounced": "bounced",
    "email.complained": "complained",
    "email.delivery_delayed": "delayed",
}


class NotProved(Exception):
    """The signature is missing, wrong or of another time."""


class NotUnderstood(Exception):
    """It is proved, but makes no sense."""


def prove(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a webhook that the holder of our secret signed within five minutes. Raises NotProved."""
    name, stamp = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    if not (0 < len(name) <= LONGEST_ID and name.isprintable() and stamp.isascii() and stamp.isdecimal()):
        raise NotProved
    try:
        at = datetime.fromtimestamp(int(stamp[:12]), UTC)
        expected = Webhook(secret).sign(name, at, body.decode())
    except (ValueError, OverflowError, OSError):
        raise NotProved from None
    # Several while a secret is being changed.
    given = headers.get("svix-signature", "").split(" ")[:MOST_SIGNATURES]
    if not any(equal(one, expected) for one in given) or abs(now - at) > TOLERANCE:
        raise NotProved
    return name


def report(body: bytes) -> Report | None:
    """Return what a (proved) webhook of Resend says of a mail, None for what we don't keep. Raises NotUnderstood."""
    try:
        said = json.loads(body)
        kind, data = said["type"], said["data"]
        if kind not in _KINDS:
            return None
        bounce = data.get("bounce") or {}
        return Report(
            what=_KINDS[kind],
            carrier_id=str(data.get("email_id") or "")[:LONGEST_ID],
            reference=_reference(data.get("tags")),
            # "Transient" and "Undetermined" say nothing about the address.
            for_good=str(bounce.get("type") or "Permanent").lower() == "permanent",
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotUnderstood from None  # thousands of nested brackets are a RecursionError


def _reference(tags: Any) -> str:
    """Resend names tags as it was given them (a list), or as an object."""
    if isinstance(tags, list):
        tags = {tag["name"]: tag["value"] for tag in tags}
    return str((tags or {}).get(TAG) or "")[:LONGEST_ID]
