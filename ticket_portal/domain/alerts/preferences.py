"""How a customer wants to be told: by which channel of what, and when not (docs/contract.md#alerts).

Confirmations, codes and security mails are no matter of taste: nothing here is asked about them.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import col, select, update

from ticket_portal.domain.alerts.kinds import ALERTS, AlertKind, Channel, Preference, is_on
from ticket_portal.domain.errors import DeviceNeeded, Invalid, NotAllowed
from ticket_portal.domain.people import Viewer
from ticket_portal.i18n import zones
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Account, Alert, Device
from ticket_portal.store.unit_of_work import Work

SWITCHES = {f"{channel}.{name}": channel for channel in Channel for name in Preference}
"""All that can be turned off, by name, with its channel."""
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class PreferencesView:
    """All that can be chosen, by name ("email.reply", "quiet", "quiet_from", …), and whether e-mail may be off."""

    choices: dict[str, str]
    email_may_be_off: bool


def view(work: Work, viewer: Viewer, zone: str = "") -> PreferencesView:
    """Return what the viewer chose; `zone` is where their browser is. Raises NotAllowed for others than customers."""
    account = _account(work, viewer)
    off, quiet = _off(account), _quiet(account, zone)
    choices = {name: "off" if name in off else "on" for name in SWITCHES}
    return PreferencesView(choices | quiet, has_live_device(work, account))


def choose(work: Work, viewer: Viewer, name: str, value: str, zone: str = "") -> None:
    """Choose one thing. Raises DeviceNeeded, Invalid, and NotAllowed for others than customers."""
    account = _account(work, viewer)
    off, quiet = _off(account), _quiet(account, zone)
    if name in quiet:
        quiet[name] = _checked(name, value)
        if quiet["quiet_from"] == quiet["quiet_until"]:
            raise Invalid(name)
    elif name in SWITCHES:
        if _switch(name, value) == "on":
            off.discard(name)
        elif SWITCHES[name] == Channel.EMAIL and not has_live_device(work, account):
            raise DeviceNeeded
        else:
            off.add(name)
    else:
        raise Invalid("name")
    account.preferences = {"off": sorted(off), **quiet}
    work.session.add(account)
    work.publish(f"preferences:{account.id}")
    _look_again(work, account)


def wants(work: Work, account: Account | None, channel: Channel, kind: AlertKind) -> bool:
    """Whether an alert of this kind is to reach them by this channel; guests have nothing to choose.

    Whoever turned e-mail off is told by push; where no device can be reached any more, by e-mail again.
    """
    if account is None or f"{channel}.{ALERTS[kind].preference}" not in _off(account):
        return True
    return channel == Channel.EMAIL and not has_live_device(work, account)


def has_live_device(work: Work, account: Account) -> bool:
    """Whether push reaches the account on some device now."""
    if not is_on(work.settings, Channel.PUSH):
        return False
    return work.session.exec(select(Device.id).where(Device.account_id == account.id)).first() is not None


def quiet_until(account: Account | None, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which `now` is; None when it is no quiet hour."""
    quiet = account.preferences if account else {}
    if quiet.get("quiet") != "on":
        return None
    begins, ends = time.fromisoformat(quiet["quiet_from"]), time.fromisoformat(quiet["quiet_until"])
    there = now.astimezone(zones.zone(quiet["quiet_zone"]))
    clock = there.time()
    over_night = begins > ends
    since, before = clock >= begins, clock < ends
    if not (since or before if over_night else since and before):
        return None
    day = there.date() + timedelta(days=1 if over_night and since else 0)
    end = datetime.combine(day, ends.replace(fold=there.fold), there.tzinfo).astimezone(now.tzinfo)
    # Where clocks are set back, an hour comes twice: an end that has passed holds nothing.
    return end if end > now else None


def _account(work: Work, viewer: Viewer) -> Account:
    if viewer.role != Role.CUSTOMER:
        raise NotAllowed
    return work.session.get_one(Account, viewer.account_id, with_for_update=work.writing)


def _off(account: Account) -> set[str]:
    return set(account.preferences.get("off", ()))


def _quiet(account: Account, zone: str) -> dict[str, Any]:
    here = zone if zone in zones.names() else zones.known(account.time_zone)
    usual = {"quiet": "off", "quiet_from": "22:00", "quiet_until": "07:00", "quiet_zone": here}
    return {name: account.preferences.get(name, value) for name, value in usual.items()}


def _checked(name: str, value: str) -> str:
    if name == "quiet":
        return _switch(name, value)
    fits = value in zones.names() if name == "quiet_zone" else _TIME.fullmatch(value)
    if not fits:
        raise Invalid(name)
    return value


def _switch(name: str, value: str) -> str:
    if value not in ("on", "off"):
        raise Invalid(name)
    return value


def _look_again(work: Work, account: Account) -> None:
    """Let what was put off until the end of the quiet hours be looked at once more: they may be others now."""
    soon = work.now + timedelta(seconds=work.settings.alert_hold_seconds)
    work.session.exec(
        update(Alert)
        .where(
            col(Alert.address) == account.address,
            col(Alert.state) == "waiting",
            col(Alert.prepared_at).is_(None),
            col(Alert.due_at) > soon,
        )
        .values(due_at=soon)
    )
    work.publish("outbox")
