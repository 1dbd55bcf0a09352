"""Push: what a notification says, and what brings it to a push service (docs/contract.md#alerts).

Like an e-mail it says that something happened and where to read it, never what was written: it stands on a locked
screen. Title and words are the subject and the first line of the e-mail about the same.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from ticket_portal.delivery.emails import links, texts
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.i18n.catalogues import _, known, translate
from ticket_portal.i18n.locales import localized
from ticket_portal.settings import Settings

KEPT_FOR = timedelta(days=1)
MOST_BYTES = 3_000


class Gone(Exception):
    """The push service says that this device is no more."""


@dataclass(frozen=True)
class Push:
    """A written push: to which device, and what the service worker there gets."""

    device: DeviceForm
    address: str
    payload: dict[str, Any]
    kind: AlertKind
    language: str
    key: str

    @property
    def tag(self) -> str:
        """One notification per ticket: a newer one takes the place of the older, on the way too."""
        return self.payload["tag"]

    @property
    def headers(self) -> dict[str, str]:
        """What the push service is told (RFC 8030): how long to keep it, what it replaces, how it may wait."""
        return {
            "TTL": str(int(KEPT_FOR.total_seconds())),
            "Topic": self.tag,
            "Urgency": "high" if self.kind == AlertKind.TEST else "normal",
        }

    @property
    def body(self) -> bytes:
        """The payload as it is encrypted."""
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()


class PushCarrier(Protocol):
    """One way of sending a push."""

    def send(self, push: Push) -> None:
        """Hand the push over. Returning means accepted. Raises Gone, and what carriers of mail raise."""
        ...


def write(settings: Settings, delivery: Delivery) -> Push:
    """Write the push of an alert in its recipient's language. Raises ValueError if it can't be written."""
    if delivery.device is None:
        raise ValueError("no device")
    push = Push(
        device=delivery.device,
        address=delivery.address,
        payload=_test(delivery) if delivery.kind == AlertKind.TEST else _about_ticket(settings, delivery),
        kind=delivery.kind,
        language=known(delivery.language),
        key=f"{delivery.key}.{delivery.at:%Y%m%d%H%M%S}",
    )
    if len(push.body) > MOST_BYTES:
        raise ValueError("too long")
    return push


def _about_ticket(settings: Settings, delivery: Delivery) -> dict[str, Any]:
    said = texts.content(settings, delivery)
    language, number = known(delivery.language), delivery.number or 0
    address = links.ticket(settings, language, number, delivery.guest_token)
    return {
        "title": said.subject,
        "body": said.preheader,
        "tag": f"ticket-{number}",
        # Without the host: the worker opens it where the subscription was made.
        "url": address.removeprefix(settings.public_url),
        "number": number,
        "seq": delivery.seq,
        "lang": language,
        "actions": [{"action": "mute", "title": translate(language, _("Mute this ticket"))}],
        "mute": links.mute_address(settings, delivery).removeprefix(settings.public_url),
    }


def _test(delivery: Delivery) -> dict[str, Any]:
    language = known(delivery.language)
    return {
        "title": translate(language, _("Notifications work on this device")),
        "body": translate(language, _("This is how we'll tell you about updates to your tickets.")),
        "tag": AlertKind.TEST,
        "url": localized(language, "/settings"),
        "lang": language,
    }
