"""What of the alerts leaves, and when: the outbox (docs/contract.md#alerts). `notifications` fills it.

A worker takes the due ones with `take_due`, delivers them, and says how it went with `delivered` or `failed`. What a
row is about is read again when it leaves: by then it may have been read or muted (dropped), or more may have happened
(gathered into one).

Each row gets its own verdict: one that can't be taken fails alone. A kind or channel that this version doesn't know (in
a rolling upgrade a newer version's) is left alone, for a process that knows it.

What a mail is written from is settled when it is taken first and kept in the row: every further try sends the same
bytes, or a carrier that knows our idempotency keys would refuse them.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import col, select, update

from ticket_portal.domain import keys
from ticket_portal.domain.alerts import devices, mail_links, phrases, preferences, undeliverable
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.alerts.kinds import ALERTS, CHANNELS, AlertKind, Channel, Notice
from ticket_portal.domain.alerts.links import new_link
from ticket_portal.domain.alerts.notifications import alerts_like, gathered_until
from ticket_portal.logs import without_words
from ticket_portal.sets.statuses import Status
from ticket_portal.store.tables import Account, Alert, Device, Muted, Reading, Ticket
from ticket_portal.store.unit_of_work import DATABASE_AWAY, Work

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
SOON = timedelta(seconds=1)
REFERENCES = 9
DOES_NOT_ARRIVE = "address_"


@dataclass(frozen=True)
class Delivery:
    """An alert that is to be delivered now: all that an e-mail is written from."""

    id: int
    attempt: int
    key: str
    kind: AlertKind
    channel: Channel
    address: str
    language: str
    time_zone: str
    number: int | None
    seq: int | None
    earlier_seqs: list[int]
    guest_token: str
    mute_token: str
    secret: dict[str, Any]
    data: dict[str, Any]
    happened_at: datetime
    at: datetime
    lock_token: str = ""
    reference: str = ""
    phrase: str = ""
    device: DeviceForm | None = None


def take_due(work: Work) -> list[Delivery]:
    """Take what is due, leased to the caller for two minutes: drop what was read, gather what belongs together."""
    work.alone("outbox")  # one worker decides at a time: it takes milliseconds, delivering happens outside
    try:
        with work.session.begin_nested():
            due = work.session.exec(_in_line(work, select(Alert))).all()
            return [d for alert in due if (d := _take(work, alert))]
    except DATABASE_AWAY:
        raise
    except Exception:  # noqa: BLE001 - one of them is broken, which one shows when each is taken by itself
        ids = work.session.exec(_in_line(work, select(Alert.id))).all()
        return [d for alert_id in ids if (d := _take_alone(work, alert_id))]


def _in_line(work: Work, query: Any) -> Any:
    """Make a query one for the next rows to take."""
    return (
        query.where(
            or_(
                (col(Alert.state) == "waiting") & (col(Alert.due_at) <= work.now),
                (col(Alert.state) == "sending") & (col(Alert.leased_until) <= work.now),
            ),
            _known(),
        )
        .order_by(col(Alert.due_at), col(Alert.id))
        .limit(BATCH)
        # Locked, because "delivered" may be on its way for one whose lease ran out.
        .with_for_update(skip_locked=True)
    )


def _known() -> ColumnElement[bool]:
    """Rows of a kind and channel that this version knows: in SQL, so that others are never in anybody's way."""
    return col(Alert.kind).in_(tuple(ALERTS)) & col(Alert.channel).in_(tuple(CHANNELS))


def unknown(work: Work) -> Sequence[tuple[str, str, int]]:
    """Return which kinds and channels wait for a version that knows them, and how many rows of each."""
    return work.session.exec(
        select(Alert.kind, Alert.channel, func.count())
        .where(Alert.state == "waiting", ~_known())
        .group_by(col(Alert.kind), col(Alert.channel))
    ).all()


def put_back(work: Work, deliveries: list[Delivery]) -> None:
    """Give back what was taken and not tried: it is due at once for the next one who takes."""
    for delivery in deliveries:
        work.session.exec(
            update(Alert)
            .where(
                col(Alert.id) == delivery.id,
                col(Alert.state) == "sending",
                col(Alert.attempts) == delivery.attempt,
            )
            .values(state="waiting", due_at=work.now, leased_until=None, attempts=delivery.attempt - 1)
        )


def next_due_at(work: Work) -> datetime | None:
    """Return when the next row is due, or None when nothing waits that this version knows."""
    waiting = work.session.exec(
        select(func.min(Alert.due_at)).where(Alert.state == "waiting", _known())
    ).one()
    leased = work.session.exec(
        select(func.min(Alert.leased_until)).where(Alert.state == "sending", _known())
    ).one()
    return min((at for at in (waiting, leased) if at), default=None)


def delivered(work: Work, alert_id: int, carrier_id: str = "") -> None:
    """Record that the carrier took it, and how it names it; what was sealed in the row is forgotten."""
    alert = work.session.get(Alert, alert_id, with_for_update=True)
    if alert is None:  # its ticket was deleted while the mail was on its way
        return
    alert.state, alert.sent_at, alert.problem = "sent", work.now, ""
    alert.leased_until = alert.sealed = None
    alert.carrier_id = carrier_id or alert.carrier_id
    work.session.add(alert)
    _tell_ticket(work, alert)


def failed(work: Work, delivery: Delivery, problem: str, *, for_good: bool = False) -> str:
    """Record a failed try; it is tried again, less and less often, for a day at most. Returns the alert's new state.

    A worker whose lease ran out is not believed (""): another one has it by now, and may have delivered it.
    """
    alert = work.session.get(Alert, delivery.id, with_for_update=True)
    if alert is None or alert.state != "sending" or alert.attempts != delivery.attempt:
        return ""
    alert.problem, alert.leased_until = problem[:200], None
    since = alert.prepared_at or alert.created_at
    if for_good or work.now - since >= _patience(work, Channel(alert.channel)):
        alert.state, alert.sealed = "failed", None
    else:
        alert.state, alert.due_at = "waiting", work.now + _pause(alert.attempts)
    work.session.add(alert)
    _tell_ticket(work, alert)
    return alert.state


def gone(work: Work, delivery: Delivery) -> None:
    """Forget a device of which its push service says that it is gone; the e-mail tells instead."""
    alert = work.session.get(Alert, delivery.id, with_for_update=True)
    if alert is None or alert.state != "sending" or alert.attempts != delivery.attempt:
        return
    device = work.session.get(Device, alert.device_id) if alert.device_id else None
    # It may have come back under a new address while this was on its way.
    if device and delivery.device and device.endpoint == delivery.device.endpoint:
        devices.forget(work, device)
    _drop(work, [alert])
    alert.problem = "the device is gone"
    _tell_ticket(work, alert)


def _patience(work: Work, channel: Channel) -> timedelta:
    """How long it is tried."""
    longest = timedelta(seconds=work.settings.alert_give_up_seconds)
    return min(longest, CHANNELS[channel].gives_up or longest)


def _pause(attempts: int) -> timedelta:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 12))


def _take(work: Work, alert: Alert) -> Delivery | None:
    # The one before it in this batch took it in, or had it leave already as the more demanding of the two.
    if alert.state not in ("waiting", "sending") or (alert.leased_until and alert.leased_until > work.now):
        return None
    ready = _ready(work, alert)
    return _lease(work, ready) if ready else None


def _lease(work: Work, alert_id: int) -> Delivery | None:
    ready = work.session.get_one(Alert, alert_id)
    try:
        if ready.prepared_at is None:
            _settle(work, ready)
        ready.state, ready.leased_until = "sending", work.now + LEASE
        ready.attempts += 1
        work.session.add(ready)
        work.session.flush()
        return _delivery(work, ready)
    except InvalidToken as error:  # no later try can help
        ready.state, ready.problem, ready.sealed = "failed", "sealed with another PORTAL_SECRET_KEY", None
        _log(work, ready.id, ready.kind, ready.attempts, ready.reference, error)
        return None


def _take_alone(work: Work, alert_id: int) -> Delivery | None:
    """Take one row; what is wrong with it is undone, and noted as a failed try of the row that is to blame."""
    blamed = alert_id
    try:
        with work.session.begin_nested():
            alert = work.session.get_one(Alert, alert_id, populate_existing=True)
            if alert.state not in ("waiting", "sending") or (alert.leased_until or work.now) > work.now:
                return None
            ready = _ready(work, alert)
            blamed = ready or alert_id
            return _lease(work, ready) if ready else None
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others must leave
        _set_aside(work, blamed, error)
        return None


def _set_aside(work: Work, alert_id: int, error: Exception) -> None:
    """Note a failed try of a row that may not even be readable: by single columns, decided by the database."""
    attempts, kind, channel, reference = work.session.exec(
        select(Alert.attempts, Alert.kind, Alert.channel, Alert.reference).where(Alert.id == alert_id)
    ).one()
    since = func.coalesce(Alert.prepared_at, Alert.created_at)
    is_late = since <= work.now - _patience(work, Channel(channel))
    work.session.exec(
        update(Alert)
        .where(col(Alert.id) == alert_id)
        .values(
            state=case((is_late, "failed"), else_="waiting"),
            sealed=case((is_late, None), else_=col(Alert.sealed)),
            attempts=attempts + 1,
            problem=f"can't be taken: {type(error).__name__}",
            due_at=work.now + _pause(attempts + 1),
            leased_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    _log(work, alert_id, kind, attempts + 1, reference, error)


def _log(work: Work, alert_id: int, kind: str, tries: int, reference: str | None, error: Exception) -> None:
    """Log that a row can't be taken, after the commit: a transaction that meets another one is run again."""
    work.after_commit.append(
        lambda: log.error(
            "alert %d (%s), try %d: can't be taken: %s",
            alert_id,
            kind,
            tries,
            type(error).__name__,
            exc_info=without_words(error),
            extra={"reference": reference or ""},
        )
    )


def _ready(work: Work, alert: Alert) -> int | None:
    """Return which is to leave in the place of a due alert: itself, one that stands for several, or none."""
    if _is_newer_notice(alert):
        alert.due_at, alert.state, alert.leased_until = work.now + LONGEST_PAUSE, "waiting", None
        return None
    if _is_void(work, alert):
        _drop(work, [alert])
        return None
    if ALERTS[AlertKind(alert.kind)].immediate:
        return alert.id
    if alert.prepared_at is None:
        return _gather(work, alert)
    if _unwanted(work, alert):
        _drop(work, [alert])
        return None
    return alert.id


def _is_newer_notice(alert: Alert) -> bool:
    """Whether this version can't say it: what a security alert is about is in its data, out of SQL's sight."""
    return alert.kind == AlertKind.SECURITY and alert.data.get("what") not in frozenset(Notice)


def _is_void(work: Work, alert: Alert) -> bool:
    """Whether there is nobody to tell any more, or nothing: what made it meaningless happened since."""
    if alert.ticket_id and work.session.get_one(Ticket, alert.ticket_id).locked_at:
        return True
    if problem := _does_not_arrive(work, alert):
        alert.problem = DOES_NOT_ARRIVE + problem
        return True
    if CHANNELS[Channel(alert.channel)].to_devices and alert.device_id is None:  # it was taken off the list
        return True
    too_late = work.now >= alert.created_at + timedelta(minutes=work.settings.code_minutes)
    return alert.kind == AlertKind.CODE and too_late


def _does_not_arrive(work: Work, alert: Alert) -> str:
    """Why a mail is not even tried: the ones before it came back. A code is: its owner asked for it just now."""
    if alert.kind == AlertKind.CODE or alert.channel != Channel.EMAIL:
        return ""
    return undeliverable.problem(work, alert.address)


def _gather(work: Work, alert: Alert) -> int | None:
    """Return the one alert that stands for all that waits for this recipient and ticket, or None for "not now"."""
    if later := _not_before(work, alert):
        alert.due_at = later
        work.session.add(alert)
        return None
    # By columns: one that can't be read must not keep the others; nor one that could not be taken before.
    waiting = work.session.exec(
        select(Alert.id, Alert.kind, Alert.event_seq).where(
            alerts_like(alert),
            Alert.state == "waiting",
            col(Alert.prepared_at).is_(None),
            or_(col(Alert.attempts) == 0, col(Alert.id) == alert.id),
        )
    ).all()
    muted = work.session.get(Muted, (alert.ticket_id, alert.address)) is not None
    read_up_to = _read_up_to(work, alert)
    unread = {
        alert_id: (ALERTS[AlertKind(kind)].demand, -(seq or 0))
        for alert_id, kind, seq in waiting
        if not muted and (seq or 0) > read_up_to and _worth_telling(work, alert, AlertKind(kind))
    }
    lead = min(unread, key=unread.__getitem__, default=None)
    others = {alert_id for alert_id, _kind, _seq in waiting} - unread.keys()
    _move(work, others, state="dropped", leased_until=None, sealed=None)
    _move(work, unread.keys() - {lead}, state="gathered", gathered_into=lead)
    return lead


def _move(work: Work, ids: Collection[int], **values: Any) -> None:
    if ids:
        work.session.exec(update(Alert).where(col(Alert.id).in_(ids)).values(**values))


def _not_before(work: Work, alert: Alert) -> datetime | None:
    """Return the moment to look again, if an alert of this ticket left lately or is still on its way.

    While the carrier is down only the first alert knocks at its door; what happens meanwhile is gathered behind it.
    """
    if quiet := preferences.quiet_until(_account_of(work, alert), work.now):
        return quiet
    if gathered := gathered_until(work, alert):
        return gathered
    on_its_way = work.session.exec(
        select(Alert.leased_until, Alert.due_at).where(
            alerts_like(alert),
            col(Alert.prepared_at).is_not(None),
            col(Alert.state).in_(("waiting", "sending")),
        )
    ).all()
    if not on_its_way:
        return None
    return max(work.now + SOON, *(leased_until or due_at for leased_until, due_at in on_its_way))


def _unwanted(work: Work, alert: Alert) -> bool:
    """Whether a mail that could not leave is no longer needed: muted, or all it stands for was read."""
    if work.session.get(Muted, (alert.ticket_id, alert.address)):
        return True
    if not _worth_telling(work, alert, AlertKind(alert.kind)):
        return True
    newest = work.session.exec(
        select(func.max(Alert.event_seq)).where(
            alerts_like(alert), or_(col(Alert.id) == alert.id, col(Alert.gathered_into) == alert.id)
        )
    ).one()
    return (newest or 0) <= _read_up_to(work, alert)


def _worth_telling(work: Work, alert: Alert, kind: AlertKind) -> bool:
    """Whether such an alert about the same ticket is still true, and its recipient still wants it by this channel."""
    if not _still_true(work, alert, kind):
        return False
    return preferences.wants(work, _account_of(work, alert), Channel(alert.channel), kind)


def _account_of(work: Work, alert: Alert) -> Account | None:
    ticket = work.session.get(Ticket, alert.ticket_id)
    return work.session.get(Account, ticket.account_id) if ticket and ticket.account_id else None


def _still_true(work: Work, alert: Alert, kind: AlertKind) -> bool:
    """Whether what an alert says of its ticket's state is still so: nobody is asked to confirm what goes on."""
    ticket = work.session.get(Ticket, alert.ticket_id)
    if ticket is None:
        return False
    # Of a merged ticket only that is told: it goes on in the other one.
    only_in = ALERTS[kind].true_while
    return only_in == ticket.status or (not only_in and ticket.status != Status.MERGED)


def _drop(work: Work, alerts: list[Alert]) -> None:
    for alert in alerts:
        alert.state, alert.leased_until, alert.sealed = "dropped", None, None
        work.session.add(alert)


def _read_up_to(work: Work, alert: Alert) -> int:
    """How far the requester has read, as a guest or with an account; whoever is not of the team is the requester."""
    read = work.session.exec(
        select(func.max(Reading.seq)).where(Reading.ticket_id == alert.ticket_id, Reading.reader != "team")
    ).one()
    return read or 0


def _settle(work: Work, alert: Alert) -> None:
    """Fix what the mail is written from; every further try sends the same."""
    alert.prepared_at = work.now
    ids = [alert.ticket_id] if alert.ticket_id else alert.data.get("tickets", [])
    tickets = [t for i in ids if (t := work.session.get(Ticket, i))]
    tokens = {str(t.number): new_link(work, t) if t.account_id is None else "" for t in tickets}
    secret = keys.unseal(work.settings, alert.sealed) if alert.sealed else {}
    if any(tokens.values()):
        secret["tokens"] = tokens
    if phrase := _phrase(work, alert, tickets):
        secret["phrase"] = phrase
    alert.sealed = keys.seal(work.settings, secret) if secret else None
    if alert.ticket_id:
        alert.data = {**alert.data, "earlier": _earlier_seqs(work, alert)}
        _speak_as_now(work, alert, tickets[0])
    elif alert.data.get("what") == Notice.LINKS:
        alert.data = {**alert.data, "numbers": [t.number for t in tickets]}


def _phrase(work: Work, alert: Alert, tickets: list[Ticket]) -> str:
    """The words by which the recipient knows that it is us: a guest's for their ticket, else their account's own."""
    if alert.ticket_id and tickets[0].account_id is None:
        return phrases.of_ticket(work.settings, tickets[0])
    return phrases.of_address(work, alert.address)


def _speak_as_now(work: Work, alert: Alert, ticket: Ticket) -> None:
    account = work.session.get(Account, ticket.account_id) if ticket.account_id else None
    if account:
        alert.language, alert.time_zone = account.language, account.time_zone


def _delivery(work: Work, alert: Alert) -> Delivery:
    ticket = work.session.get(Ticket, alert.ticket_id) if alert.ticket_id else None
    secret = keys.unseal(work.settings, alert.sealed) if alert.sealed else {}
    number = ticket.number if ticket else None
    return Delivery(
        id=alert.id,
        attempt=alert.attempts,
        key=alert.key,
        kind=AlertKind(alert.kind),
        channel=Channel(alert.channel),
        address=alert.address,
        language=alert.language,
        time_zone=alert.time_zone,
        number=number,
        seq=alert.event_seq,
        earlier_seqs=alert.data.get("earlier", []),
        guest_token=secret.get("tokens", {}).get(str(number), ""),
        mute_token=mail_links.mute_token(work, ticket, alert.address) if ticket else "",
        lock_token=mail_links.lock_token(work, ticket) if ticket and ticket.account_id is None else "",
        reference=alert.reference or "",
        phrase=secret.get("phrase", ""),
        secret=secret,
        data=alert.data,
        happened_at=alert.created_at,
        at=alert.prepared_at or work.now,
        device=_device(work, alert),
    )


def _device(work: Work, alert: Alert) -> DeviceForm | None:
    device = work.session.get(Device, alert.device_id) if alert.device_id else None
    return DeviceForm(device.endpoint, device.p256dh, device.auth) if device else None


def _earlier_seqs(work: Work, alert: Alert) -> list[int]:
    """The events of the mails before this one in the same ticket, oldest first: its References."""
    if alert.ticket_id is None:
        return []
    seqs = work.session.exec(
        select(Alert.event_seq)
        .where(
            Alert.ticket_id == alert.ticket_id,
            Alert.address == alert.address,
            Alert.channel == alert.channel,
            Alert.state == "sent",
            col(Alert.event_seq) < alert.event_seq,
        )
        .order_by(col(Alert.event_seq).desc())
        .limit(REFERENCES)
    ).all()
    return sorted(s for s in seqs if s is not None)


def _tell_ticket(work: Work, alert: Alert) -> None:
    if alert.ticket_id:
        work.publish(f"alerts:{alert.ticket_id}")
