"""Captured push, for testers: each push is kept to be looked at, and goes on only to a push service on this machine."""

from urllib.parse import urlsplit

from ticket_portal.delivery.push import Push, PushCarrier
from ticket_portal.domain.alerts.devices import LOOPBACK
from ticket_portal.domain.operations import pushbox
from ticket_portal.store.tables import CapturedPush
from ticket_portal.store.unit_of_work import Store


class Captured:
    """A carrier that keeps what it takes, in test mode."""

    def __init__(self, store: Store, carrier: PushCarrier) -> None:
        """Keep the pushes in this database, so that every process sees them."""
        self._store = store
        self._carrier = carrier

    def send(self, push: Push) -> None:
        """Keep the push; the same key again keeps nothing new."""
        kept = CapturedPush(
            key=push.key,
            address=push.address,
            endpoint=push.device.endpoint,
            kind=push.kind,
            language=push.language,
            headers=push.headers,
            payload=push.payload,
        )
        self._store.write(pushbox.keep, kept)
        if (urlsplit(push.device.endpoint).hostname or "") in LOOPBACK:
            self._carrier.send(push)
