"""Who is told what, and when: the rows of the outbox (SPEC 7).

A row is written in the transaction of what it tells of. A worker takes the due ones with `take_due`, delivers
them, and says how it went with `delivered` or `failed`. What a row is about is read again when it leaves: by then
it may have been read or muted (dropped), or more may have happened (gathered into one).

What a mail is written from is settled when it is taken first and kept in the row: every further try sends the same
bytes, or a carrier that knows our idempotency keys would refuse them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import func, or_
from sqlmodel import col, delete, select, update

from ticket_portal.domain import addresses, deadlines, devices, keys, limits, mail_links, phrases, preferences
from ticket_portal.domain.devices import DeviceForm
from ticket_portal.domain.guest_links import new_link
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, requester
from ticket_portal.domain.preferences import CHANNELS, EMAIL, PUSH
from ticket_portal.store.tables import (
    Account,
    Alert,
    Challenge,
    Device,
    Event,
    Muted,
    Reading,
    Ticket,
    TicketUpdate,
)
from ticket_portal.store.unit_of_work import Work

AT_ONCE = ("confirmation", "code", "security", "test")
# The most demanding first: what the one alert is named by when several are gathered.
DEMAND = ("details_requested", "resolved", "reply", "reminder", "reopened", "merged", "closed")
LEASE = timedelta(minutes=2)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
PUSH_GIVES_UP = timedelta(minutes=20)  # later it is no news, and the e-mail has told
GLANCE = timedelta(seconds=1)
SOON = timedelta(seconds=1)
REFERENCES = 9
ROOM = "outbox"
SECURITY, FAREWELL = "security", "account_deleted"
KEPT_TO_CHECK = timedelta(days=90)
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


def about(work: Work, ticket: Ticket, event: Event, kind: str) -> None:
    """Tell the requester of something public that happened in their ticket, unless they did it themselves."""
    if ticket.locked_at or (kind not in AT_ONCE and event.actor_role in ("customer", "guest")):
        return
    account, address, muted = _recipient(work, ticket)
    if kind not in AT_ONCE:
        _keep(work, ticket, event, kind)
    if muted and kind not in AT_ONCE:
        return
    for channel in CHANNELS:
        if not _told_by(work, account, channel, kind):
            continue
        for device_id, hashed in _ends(work, ticket, address, channel):
            alert = Alert(
                key=f"{ticket.number}.{event.seq}.{channel}.{hashed}",
                kind=kind,
                channel=channel,
                device_id=device_id,
                address=address,
                language=account.language if account else ticket.language,
                time_zone=account.time_zone if account else "UTC",
                ticket_id=ticket.id,
                event_seq=event.seq,
                data=_facts(work, ticket, kind) | event.data,
            )
            alert.due_at = work.now if kind in AT_ONCE else _due_at(work, ticket, alert)
            _put(work, alert)


def _told_by(work: Work, account: Account | None, channel: str, kind: str) -> bool:
    if channel == PUSH and not work.settings.vapid_key:
        return False
    return preferences.wants(work, account, channel, kind)


def _ends(work: Work, ticket: Ticket, address: str, channel: str) -> list[tuple[int | None, str]]:
    """Return where a channel ends for the requester, each with its part of the key: one mailbox, or some devices."""
    if channel == PUSH:
        return [(i, str(i)) for i in devices.of_requester(work, ticket)]
    return [(None, keys.subject_hash(work.settings, address)[:12])]


def about_test(work: Work, viewer: Viewer, device_id: int) -> str:
    """Send a notification to one of the viewer's devices, for them to see that it comes; return its key.

    Raises NotFound, TooMany.
    """
    device = devices.find(work, viewer, device_id)
    most = work.settings.limit_test_pushes_per_hour
    limits.spend(work, Limit("test_push", most), viewer.account_id or viewer.address)
    key = f"test.{device.id}.{int(work.now.timestamp() * 1e6)}"
    _put(
        work,
        Alert(
            key=key,
            kind="test",
            channel=PUSH,
            device_id=device.id,
            address=viewer.address,
            language=device.language,
            due_at=work.now,
        ),
    )
    return key


def outcome(work: Work, key: str) -> str:
    """Return what became of an alert so far: its state; "" where there is none."""
    return work.session.exec(select(Alert.state).where(Alert.key == key)).first() or ""


def about_code(work: Work, challenge: Challenge, code: str, language: str, *, known: bool) -> None:
    """Mail a code. For an address that is not `known` the same row is written, but nothing leaves."""
    _put(
        work,
        Alert(
            key=f"code.{challenge.id}",
            kind="code",
            address=challenge.address,
            language=language,
            data={"purpose": challenge.purpose.partition(":")[0]},
            sealed=keys.seal(work.settings, {"code": code}),
            state="waiting" if known else "dropped",
            due_at=work.now,
        ),
    )


def about_security(work: Work, account: Account, what: str, **data: Any) -> None:
    """Tell the owner of an account of something they must know; can't be muted."""
    _put(
        work,
        Alert(
            key=f"{SECURITY}.{what}.{account.id}.{int(work.now.timestamp() * 1e6)}",
            kind="security",
            address=account.address,
            language=account.language,
            time_zone=account.time_zone,
            data={"what": what, **data},
            due_at=work.now,
        ),
    )


def forget(work: Work, account: Account) -> None:
    """Delete what an account was told of its security, at whatever address."""
    work.session.exec(delete(Alert).where(col(Alert.key).like(f"{SECURITY}.%.{account.id}.%")))


def about_links(work: Work, address: str, tickets: list[Ticket], language: str) -> None:
    """Mail somebody the links of their tickets; without tickets the same row is written, but nothing leaves."""
    _put(
        work,
        Alert(
            key=f"links.{keys.subject_hash(work.settings, address)[:12]}.{int(work.now.timestamp() * 1e6)}",
            kind="security",
            address=address,
            language=language,
            data={"what": "links", "tickets": [t.id for t in tickets]},
            state="waiting" if tickets else "dropped",
            due_at=work.now,
        ),
    )


def about_trial(work: Work, address: str, language: str, time_zone: str) -> None:
    """Mail somebody that mails reach them again: whether it is so, the carrier will tell."""
    _put(
        work,
        Alert(
            key=f"trial.{keys.subject_hash(work.settings, address)[:12]}.{int(work.now.timestamp() * 1e6)}",
            kind="security",
            address=address,
            language=language,
            time_zone=time_zone,
            data={"what": "trial"},
            due_at=work.now,
        ),
    )


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


def of_ticket(work: Work, ticket_id: int) -> list[Alert]:
    """Return the newest alerts about a ticket, for the team's eyes."""
    return list(
        work.session.exec(
            select(Alert).where(Alert.ticket_id == ticket_id).order_by(col(Alert.id).desc()).limit(10)
        ).all()
    )


def _recipient(work: Work, ticket: Ticket) -> tuple[Account | None, str, bool]:
    """Return who is told about a ticket: the account if there is one, the address, and whether it muted the ticket."""
    if ticket.account_id is None:
        return None, ticket.address, work.session.get(Muted, (ticket.id, ticket.address)) is not None
    theirs = (col(Muted.ticket_id) == ticket.id) & (col(Muted.address) == col(Account.address))
    account, muted = work.session.exec(
        select(Account, Muted).join(Muted, theirs, isouter=True).where(Account.id == ticket.account_id)
    ).one()
    return account, account.address, bool(muted)


def _keep(work: Work, ticket: Ticket, event: Event, kind: str) -> None:
    """Remember what is told, so that it can be read in the portal also by whoever gets no alert of it."""
    entry = TicketUpdate(ticket_id=ticket.id, seq=event.seq, owner=requester(ticket), kind=kind, at=work.now)
    work.session.add(entry)


def _put(work: Work, alert: Alert) -> None:
    alert.created_at = work.now
    alert.reference = keys.new_reference()
    work.session.add(alert)
    work.tell(ROOM)


def _due_at(work: Work, ticket: Ticket, alert: Alert) -> datetime:
    due = work.now + _hold(work, ticket, alert)
    left = _left_at(work, alert)
    return max(due, left + _gathering(work)) if left and work.now < left + _gathering(work) else due


def _hold(work: Work, ticket: Ticket, alert: Alert) -> timedelta:
    """How long it waits for the recipient to read it in a page.

    A push leaves at once. Where all before it was read, the ticket may be open before their eyes: then their page
    says within a glance that this was read too, and there is nothing to tell.
    """
    if alert.channel == EMAIL:
        return timedelta(seconds=work.settings.alert_hold_seconds)
    reading = work.session.get(Reading, (ticket.id, requester(ticket)))
    before = work.session.exec(
        select(func.max(Event.seq)).where(
            Event.ticket_id == ticket.id, col(Event.public).is_(True), col(Event.seq) < alert.event_seq
        )
    ).one()
    return GLANCE if reading and reading.seq >= (before or 0) else timedelta()


def _patience(work: Work, alert: Alert) -> timedelta:
    """How long it is tried."""
    longest = timedelta(seconds=work.settings.alert_give_up_seconds)
    return min(longest, PUSH_GIVES_UP) if alert.channel == PUSH else longest


def _gathering(work: Work) -> timedelta:
    return timedelta(seconds=work.settings.alert_gather_seconds)


def _facts(work: Work, ticket: Ticket, kind: str) -> dict[str, Any]:
    """What an alert says beyond its kind: when the ticket closes by itself, until when it can be reopened."""
    facts: dict[str, Any] = {}
    closes_at = deadlines.announced_closing(work, ticket) if kind in ("resolved", "reminder") else None
    if closes_at:
        facts["closes"] = closes_at.isoformat()
    # What is resolved closes first; for some days after that a reply still reopens it.
    ends = closes_at if kind == "resolved" else ticket.closed_at if kind == "closed" else None
    if ends and (kind == "resolved" or work.settings.reopen_days):
        facts["until"] = (ends + timedelta(days=work.settings.reopen_days)).isoformat()
    return facts


def _alerts_like(alert: Alert) -> Any:
    """Alerts about one ticket to one mailbox or device that may be held, gathered and dropped."""
    return (
        (col(Alert.ticket_id) == alert.ticket_id)
        & (col(Alert.address) == alert.address)
        & (col(Alert.channel) == alert.channel)
        & (col(Alert.device_id) == alert.device_id)
        & col(Alert.kind).not_in(AT_ONCE)
    )


def _left_at(work: Work, alert: Alert) -> datetime | None:
    """When the last alert that starts a gathering left for the same mailbox or device, about the same ticket."""
    return work.session.exec(
        select(func.max(Alert.sent_at)).where(_alerts_like(alert), Alert.state == "sent")
    ).one()


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
    if alert.kind in AT_ONCE:
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
    return addresses.problem(work, alert.address)


def _gather(work: Work, alert: Alert) -> Alert | None:
    """Return the one alert that stands for all that waits for this recipient and ticket, or None for "not now"."""
    if later := _not_before(work, alert):
        alert.due_at = later
        work.session.add(alert)
        return None
    waiting = work.session.exec(
        select(Alert).where(
            _alerts_like(alert),
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
    left = _left_at(work, alert)
    if left and work.now < left + _gathering(work):
        return left + _gathering(work)
    on_its_way = work.session.exec(
        select(Alert).where(
            _alerts_like(alert),
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
            _alerts_like(alert), or_(col(Alert.id) == alert.id, col(Alert.gathered_into) == alert.id)
        )
    ).one()
    return (newest or 0) <= _read_up_to(work, alert)


def _wanted(work: Work, alert: Alert) -> bool:
    """Whether its recipient still wants to hear of such things by this channel."""
    return preferences.wants(work, _account_of(work, alert), alert.channel, alert.kind)


def _account_of(work: Work, alert: Alert) -> Account | None:
    ticket = work.session.get(Ticket, alert.ticket_id)
    return work.session.get(Account, ticket.account_id) if ticket and ticket.account_id else None


def _still_true(work: Work, alert: Alert) -> bool:
    """Whether what an alert says of its ticket's state is still so: nobody is asked to confirm what goes on."""
    ticket = work.session.get(Ticket, alert.ticket_id)
    if ticket is None:
        return False
    if ticket.status == "merged":
        return alert.kind == "merged"
    return _TRUE_WHILE.get(alert.kind, ticket.status) == ticket.status


_TRUE_WHILE = {"resolved": "resolved", "reminder": "waiting_customer", "closed": "closed"}


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
        work.tell(f"alerts:{alert.ticket_id}")


def sweep(work: Work) -> None:
    """Delete what nobody will ask for again: what never left and tests after a day, codes after some months.

    Until then their recipients can ask whether a mail was ours. So it is with the last mail to an account that was
    deleted: it is all that still names the person.
    """
    never_left = (
        col(Alert.kind).in_(("code", "security"))
        & col(Alert.state).in_(("dropped", "failed"))
        & (col(Alert.created_at) < work.now - timedelta(days=1))
    )
    farewell = (col(Alert.kind) == "security") & col(Alert.key).startswith(f"{SECURITY}.{FAREWELL}.")
    old_one = (
        ((col(Alert.kind) == "code") | farewell)
        & (col(Alert.state) == "sent")
        & (col(Alert.created_at) < work.now - KEPT_TO_CHECK)
    )
    old_test = (col(Alert.kind) == "test") & (col(Alert.created_at) < work.now - timedelta(days=1))
    work.session.exec(delete(Alert).where(or_(never_left, old_one, old_test)))
