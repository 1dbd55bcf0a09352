"""What of the alerts leaves, and when: the outbox (SPEC 7). `notifications` fills it.

A worker takes the due ones with `take_due`, delivers them, and says how it went with `delivered` or `failed`. What a
row is about is read again when it leaves: by then it may have been read or muted (dropped), or more may have happened
(gathered into one).

What a mail is written from is settled when it is taken first and kept in the row: every further try sends the same
bytes, or a carrier that knows our idempotency keys would refuse them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import func, or_
from sqlmodel import col, select, update

from ticket_portal.domain import keys
from ticket_portal.domain.alerts import devices, mail_links, phrases, preferences, undeliverable
from ticket_portal.domain.alerts.devices import DeviceForm
from ticket_portal.domain.alerts.links import new_link
from ticket_portal.domain.alerts.notifications import IMMEDIATE_KINDS, alerts_like, gathered_until
from ticket_portal.domain.alerts.preferences import EMAIL, PUSH
from ticket_portal.sets.statuses import Status
from ticket_portal.store.tables import Account, Alert, Device, Muted, Reading, Ticket
from ticket_portal.store.unit_of_work import Work

# The most demanding first: what the one alert is named by when several are gathered.
DEMAND = ("details_requested", "resolved", "reply", "reminder", "reopened", "merged", "closed")
LEASE = timedelta(minutes=2)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
PUSH_GIVES_UP = timedelta(minutes=20)  # later it is no news, and the e-mail has told
SOON = timedelta(seconds=1)
REFERENCES = 9
DOES_NOT_ARRIVE = "address_"


@dataclass(frozen=True)
class Delivery:
    """An alert that is to be delivered now: all that an e-mail is written from."""

    id: int
    attempt: int
    key: str
    kind: str
    channel: str
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
    due = work.session.exec(
        select(Alert)
        .where(
            or_(
                (col(Alert.state) == "waiting") & (col(Alert.due_at) <= work.now),
                (col(Alert.state) == "sending") & (col(Alert.leased_until) <= work.now),
            )
        )
        .order_by(col(Alert.due_at), col(Alert.id))
        .limit(BATCH)
        # Locked, because "delivered" may be on its way for one whose lease ran out.
        .with_for_update(skip_locked=True)
    ).all()
    return [d for alert in due if (d := _take(work, alert))]


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
    """Return when the next row is due, or None when nothing waits."""
    waiting = work.session.exec(select(func.min(Alert.due_at)).where(Alert.state == "waiting")).one()
    leased = work.session.exec(select(func.min(Alert.leased_until)).where(Alert.state == "sending")).one()
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
    if for_good or work.now - since >= _patience(work, alert):
        alert.state, alert.sealed = "failed", None
    else:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(alert.attempts - 1, 12))
        alert.state, alert.due_at = "waiting", work.now + pause
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


def _patience(work: Work, alert: Alert) -> timedelta:
    """How long it is tried."""
    longest = timedelta(seconds=work.settings.alert_give_up_seconds)
    return min(longest, PUSH_GIVES_UP) if alert.channel == PUSH else longest


def _take(work: Work, alert: Alert) -> Delivery | None:
    # The one before it in this batch took it in, or had it leave already as the more demanding of the two.
    if alert.state not in ("waiting", "sending") or (alert.leased_until and alert.leased_until > work.now):
        return None
    ready = _ready(work, alert)
    if ready is None:
        return None
    try:
        if ready.prepared_at is None:
            _settle(work, ready)
        ready.state, ready.leased_until = "sending", work.now + LEASE
        ready.attempts += 1
        work.session.add(ready)
        work.session.flush()
        return _delivery(work, ready)
    except InvalidToken:
        # It would stop the whole outbox otherwise.
        ready.state, ready.problem, ready.sealed = "failed", "sealed with another PORTAL_SECRET_KEY", None
        return None


def _ready(work: Work, alert: Alert) -> Alert | None:
    """Return what is to leave in the place of a due alert: itself, one that stands for several, or nothing."""
    if alert.ticket_id and work.session.get_one(Ticket, alert.ticket_id).locked_at:
        _drop(work, [alert])
        return None
    if problem := _does_not_arrive(work, alert):
        alert.problem = DOES_NOT_ARRIVE + problem
        _drop(work, [alert])
        return None
    if alert.channel == PUSH and alert.device_id is None:  # it was taken off the list meanwhile
        _drop(work, [alert])
        return None
    if alert.kind in IMMEDIATE_KINDS:
        too_late = work.now >= alert.created_at + timedelta(minutes=work.settings.code_minutes)
        if alert.kind == "code" and too_late:
            _drop(work, [alert])
            return None
        return alert
    if alert.prepared_at is None:
        return _gather(work, alert)
    if _unwanted(work, alert):
        _drop(work, [alert])
        return None
    return alert


def _does_not_arrive(work: Work, alert: Alert) -> str:
    """Why a mail is not even tried: the ones before it came back. A code is: its owner asked for it just now."""
    if alert.kind == "code" or alert.channel != EMAIL:
        return ""
    return undeliverable.problem(work, alert.address)


def _gather(work: Work, alert: Alert) -> Alert | None:
    """Return the one alert that stands for all that waits for this recipient and ticket, or None for "not now"."""
    if later := _not_before(work, alert):
        alert.due_at = later
        work.session.add(alert)
        return None
    waiting = work.session.exec(
        select(Alert).where(
            alerts_like(alert),
            Alert.state == "waiting",
            col(Alert.prepared_at).is_(None),
        )
    ).all()
    muted = work.session.get(Muted, (alert.ticket_id, alert.address)) is not None
    read_up_to = _read_up_to(work, alert)
    unread = [
        a
        for a in waiting
        if not muted and (a.event_seq or 0) > read_up_to and _still_true(work, a) and _wanted(work, a)
    ]
    lead = min(unread, key=lambda a: (DEMAND.index(a.kind), -(a.event_seq or 0)), default=None)
    _drop(work, [a for a in waiting if a not in unread])
    for other in unread:
        if lead and other is not lead:
            other.state, other.gathered_into = "gathered", lead.id
            work.session.add(other)
    return lead


def _not_before(work: Work, alert: Alert) -> datetime | None:
    """Return the moment to look again, if an alert of this ticket left lately or is still on its way.

    While the carrier is down only the first alert knocks at its door; what happens meanwhile is gathered behind it.
    """
    if quiet := preferences.quiet_until(_account_of(work, alert), work.now):
        return quiet
    if gathered := gathered_until(work, alert):
        return gathered
    on_its_way = work.session.exec(
        select(Alert).where(
            alerts_like(alert),
            col(Alert.prepared_at).is_not(None),
            col(Alert.state).in_(("waiting", "sending")),
        )
    ).all()
    if not on_its_way:
        return None
    return max(work.now + SOON, *(a.leased_until or a.due_at for a in on_its_way))


def _unwanted(work: Work, alert: Alert) -> bool:
    """Whether a mail that could not leave is no longer needed: muted, or all it stands for was read."""
    if work.session.get(Muted, (alert.ticket_id, alert.address)):
        return True
    if not (_still_true(work, alert) and _wanted(work, alert)):
        return True
    newest = work.session.exec(
        select(func.max(Alert.event_seq)).where(
            alerts_like(alert), or_(col(Alert.id) == alert.id, col(Alert.gathered_into) == alert.id)
        )
    ).one()
    return (newest or 0) <= _read_up_to(work, alert)


def _wanted(work: Work, alert: Alert) -> bool:
    """Whether its recipient still wants to hear of such things by this channel."""
    return preferences.wants(work, _account_of(work, alert), alert.channel, alert.kind)


def _account_of(work: Work, alert: Alert) -> Account | None:
    ticket = work.session.get(Ticket, alert.ticket_id)
    return work.session.get(Account, ticket.account_id) if ticket and ticket.account_id else None


_TRUE_WHILE = {"resolved": "resolved", "reminder": "waiting_customer", "closed": "closed"}


def _still_true(work: Work, alert: Alert) -> bool:
    """Whether what an alert says of its ticket's state is still so: nobody is asked to confirm what goes on."""
    ticket = work.session.get(Ticket, alert.ticket_id)
    if ticket is None:
        return False
    if ticket.status == Status.MERGED:
        return alert.kind == "merged"
    return _TRUE_WHILE.get(alert.kind, ticket.status) == ticket.status


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
    elif alert.data.get("what") == "links":
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
        kind=alert.kind,
        channel=alert.channel,
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
