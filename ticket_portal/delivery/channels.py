"""The carrier of each channel: how an alert is written for it, and what takes it away."""

from collections.abc import Callable
from functools import partial

from ticket_portal.delivery import emails, push
from ticket_portal.delivery.mail import Carrier
from ticket_portal.delivery.push import PushCarrier
from ticket_portal.domain.alerts.kinds import Channel
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.settings import Settings

HandOver = Callable[[], str | None]
Writer = Callable[[Delivery], HandOver]
"""Writes an alert, without sending anything; what it returns hands it over, and returns the carrier's name for it."""


def writers(settings: Settings, mails: Carrier, pushes: PushCarrier | None) -> dict[Channel, Writer]:
    """Return what writes for each channel that has a carrier here; there is none for push without a key."""

    def by_email(delivery: Delivery) -> HandOver:
        return partial(mails.send, emails.write(settings, delivery))

    found: dict[Channel, Writer] = {Channel.EMAIL: by_email}
    if pushes:
        found[Channel.PUSH] = lambda delivery: partial(pushes.send, push.write(settings, delivery))
    return found
