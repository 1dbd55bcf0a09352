"""The closed sets of alerts: kinds, channels, preferences, security notices, each with its rules in one table.

Everything else follows from these tables or is held against them by `tests/house/test_kinds.py`, which names what a
new member still lacks (docs/how-to.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ticket_portal.sets.statuses import Status
from ticket_portal.settings import Settings


class Channel(StrEnum):
    """A way for alerts to leave; `delivery/channels.py` has the carrier of each."""

    EMAIL = "email"
    PUSH = "push"


class Preference(StrEnum):
    """What a customer can turn off, by channel; the settings page has a switch for each."""

    REPLY = "reply"
    DETAILS = "details"
    STATUS = "status"


class AlertKind(StrEnum):
    """What an alert tells."""

    CONFIRMATION = "confirmation"
    REPLY = "reply"
    DETAILS_REQUESTED = "details_requested"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"
    CODE = "code"
    SECURITY = "security"
    TEST = "test"


class Notice(StrEnum):
    """What a security alert tells: its `what`."""

    ALREADY_SIGNED_UP = "already_signed_up"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a notice
    SIGNED_IN = "signed_in"
    ADDRESS_CHANGED = "address_changed"
    DELETION_ASKED = "deletion_asked"
    DELETION_CANCELLED = "deletion_cancelled"
    ACCOUNT_DELETED = "account_deleted"
    TICKETS_ADDED = "tickets_added"
    PHRASE_CHANGED = "phrase_changed"
    PHRASE_REMOVED = "phrase_removed"
    GUESSING = "guessing"
    TRIAL = "trial"
    LINKS = "links"


@dataclass(frozen=True)
class ChannelRules:
    """How alerts leave by a channel.

    `to_devices`: one alert for each device of the recipient, whose browser chose the server; otherwise one to their
    address. `held`: waits a moment, so that what is read in the portal meanwhile does not leave at all. `gives_up`:
    after this time it is no news any more, whatever PORTAL_ALERT_GIVE_UP_SECONDS allows.
    """

    to_devices: bool = False
    held: bool = True
    gives_up: timedelta | None = None


@dataclass(frozen=True)
class AlertRules:
    """When an alert leaves, and by what.

    `immediate`: never held, gathered, muted or put off by quiet hours. All others have a `preference` that turns them
    off, and a `demand`: when several are gathered into one, it is named by the lowest. `true_while`: the only status of
    the ticket in which it is still worth telling. `about_ticket`: goes to the ticket's requester; otherwise to the
    owner of an address or device.
    """

    immediate: bool = False
    demand: int = 0
    preference: Preference | None = None
    true_while: Status | None = None
    about_ticket: bool = True
    channels: tuple[Channel, ...] = tuple(Channel)


CHANNELS: dict[Channel, ChannelRules] = {
    Channel.EMAIL: ChannelRules(),
    Channel.PUSH: ChannelRules(to_devices=True, held=False, gives_up=timedelta(minutes=20)),
}

ALERTS: dict[AlertKind, AlertRules] = {
    AlertKind.CONFIRMATION: AlertRules(immediate=True),
    AlertKind.DETAILS_REQUESTED: AlertRules(demand=1, preference=Preference.DETAILS),
    AlertKind.RESOLVED: AlertRules(demand=2, preference=Preference.STATUS, true_while=Status.RESOLVED),
    AlertKind.REPLY: AlertRules(demand=3, preference=Preference.REPLY),
    AlertKind.REMINDER: AlertRules(
        demand=4, preference=Preference.DETAILS, true_while=Status.WAITING_CUSTOMER
    ),
    AlertKind.REOPENED: AlertRules(demand=5, preference=Preference.STATUS),
    AlertKind.MERGED: AlertRules(demand=6, preference=Preference.STATUS, true_while=Status.MERGED),
    AlertKind.CLOSED: AlertRules(demand=7, preference=Preference.STATUS, true_while=Status.CLOSED),
    AlertKind.CODE: AlertRules(immediate=True, about_ticket=False, channels=(Channel.EMAIL,)),
    AlertKind.SECURITY: AlertRules(immediate=True, about_ticket=False, channels=(Channel.EMAIL,)),
    AlertKind.TEST: AlertRules(immediate=True, about_ticket=False, channels=(Channel.PUSH,)),
}

GATHERED = tuple(kind for kind, rules in ALERTS.items() if not rules.immediate)


def is_on(settings: Settings, channel: Channel) -> bool:
    """Whether alerts are written for a channel; push needs a key."""
    return channel != Channel.PUSH or bool(settings.vapid_key)
