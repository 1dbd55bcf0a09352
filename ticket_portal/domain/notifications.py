"""Who is told what, and when: the rows of the outbox (SPEC 7).

A row is written in the transaction of what it tells of. A worker takes the due ones with `take_due`, delivers
them, and says how it went with `delivered` or `failed`. What a row is about is read again when it leaves: by then
it may have been read (dropped), or more may have happened (gathered into one).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, text
from sqlmodel import col, delete, select

from ticket_portal.domain import keys
from ticket_portal.store.tables import Account, Alert, Challenge, Event, GuestLink, Muted, Reading, Ticket
from ticket_portal.store.unit_of_work import Work

EMAIL = "email"
AT_ONCE = ("confirmation", "code", "security")
# The most demanding first: what the one alert is named by when several are gathered.
DEMAND = ("details_requested", "resolved", "reply", "reminder", "reopened", "merged", "closed")
LEASE = timedelta(seconds=60)
BATCH = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
ROOM = "outbox"


@dataclass(frozen=True)
class Delivery:
    """An alert that is to be delivered now: all that an e-mail is written from."""

    id: int
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
    secret: dict[str, Any]
    data: dict[str, Any]
    at: datetime


def about(work: Work, ticket: Ticket, event: Event, kind: str) -> None:
    """Tell the requester of something public that happened in their ticket, unless they did it themselves."""
    if kind not in AT_ONCE and event.actor_role in ("customer", "guest"):
        return
    account = work.session.get(Account, ticket.account_id) if ticket.account_id else None
    address = account.address if account else ticket.address
    if kind not in AT_ONCE and work.session.get(Muted, (ticket.id, address)):
        return
    hashed = keys.subject_hash(work.settings, address)[:12]
    _put(
        work,
        Alert(
            key=f"{ticket.number}.{event.seq}.{EMAIL}.{hashed}",
            kind=kind,
            address=address,
            language=account.language if account else ticket.language,
            time_zone=account.time_zone if account else "UTC",
            ticket_id=ticket.id,
            event_seq=event.seq,
            due_at=work.now if kind in AT_ONCE else _due_at(work, ticket.id, address),
        ),
    )


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


def about_security(work: Work, account: Account, what: str) -> None:
    """Tell the owner of an account of something they must know; can't be muted."""
    _put(
        work,
        Alert(
            key=f"security.{what}.{account.id}.{int(work.now.timestamp() * 1e6)}",
            kind="security",
            address=account.address,
            language=account.language,
            time_zone=account.time_zone,
            data={"what": what},
            due_at=work.now,
        ),
    )


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


def mute(work: Work, ticket_id: int, address: str) -> None:
    """Send this address no more alerts about this ticket. Doing it twice is fine."""
    if work.session.get(Muted, (ticket_id, address)) is None:
        work.session.add(Muted(ticket_id=ticket_id, address=address, at=work.now))


def take_due(work: Work) -> list[Delivery]:
    """Take what is due, leased to the caller for a minute: drop what was read, gather what belongs together."""
    if work.session.get_bind().dialect.name == "postgresql":
        # One worker decides at a time; deciding takes milliseconds, delivering happens outside.
        work.session.execute(text("SELECT pg_advisory_xact_lock(20011)"))
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
    ).all()
    return [d for alert in due if (d := _take(work, alert))]


def next_due_at(work: Work) -> datetime | None:
    """Return when the next row is due, or None when nothing waits."""
    return work.session.exec(
        select(Alert.due_at).where(Alert.state == "waiting").order_by(col(Alert.due_at)).limit(1)
    ).first()


def delivered(work: Work, alert_id: int) -> None:
    """Record that the carrier took it; what was sealed in the row is forgotten."""
    alert = work.session.get_one(Alert, alert_id)
    alert.state, alert.sent_at, alert.problem = "sent", work.now, ""
    alert.leased_until = alert.sealed = None
    work.session.add(alert)
    _tell_ticket(work, alert)


def failed(work: Work, alert_id: int, problem: str, *, for_good: bool = False) -> None:
    """Record a failed try; it is tried again, less and less often, for a day at most."""
    alert = work.session.get_one(Alert, alert_id)
    alert.problem, alert.leased_until = problem[:200], None
    old = work.now - alert.created_at >= timedelta(seconds=work.settings.alert_give_up_seconds)
    if for_good or old:
        alert.state, alert.sealed = "failed", None
    else:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(alert.attempts - 1, 12))
        alert.state, alert.due_at = "waiting", work.now + pause
    work.session.add(alert)
    _tell_ticket(work, alert)


def of_ticket(work: Work, ticket_id: int) -> list[Alert]:
    """Return the newest alerts about a ticket, for the team's eyes."""
    return list(
        work.session.exec(
            select(Alert).where(Alert.ticket_id == ticket_id).order_by(col(Alert.id).desc()).limit(10)
        ).all()
    )


def _put(work: Work, alert: Alert) -> None:
    alert.created_at = work.now
    work.session.add(alert)
    work.tell(ROOM)


def _due_at(work: Work, ticket_id: int, address: str) -> datetime:
    due = work.now + timedelta(seconds=work.settings.alert_hold_seconds)
    left = _left_at(work, ticket_id, address)
    return max(due, left + _gathering(work)) if left and work.now < left + _gathering(work) else due


def _gathering(work: Work) -> timedelta:
    return timedelta(seconds=work.settings.alert_gather_seconds)


def _left_at(work: Work, ticket_id: int | None, address: str) -> datetime | None:
    """When the last alert that starts a gathering left (or began to) for this recipient and ticket."""
    return work.session.exec(
        select(Alert.prepared_at)
        .where(
            Alert.ticket_id == ticket_id,
            Alert.address == address,
            Alert.channel == EMAIL,
            col(Alert.state).in_(("sent", "sending")),
            col(Alert.kind).not_in(AT_ONCE),
        )
        .order_by(col(Alert.prepared_at).desc())
        .limit(1)
    ).first()


def _take(work: Work, alert: Alert) -> Delivery | None:
    if alert.state not in ("waiting", "sending"):  # gathered into one before it in this batch
        return None
    first_try = alert.prepared_at is None
    if first_try and alert.kind not in AT_ONCE:
        lead = _gather(work, alert)
        if lead is None:
            return None
        alert = lead
    if first_try:
        alert.prepared_at = work.now
        _seal_link(work, alert)
    alert.state, alert.leased_until = "sending", work.now + LEASE
    alert.attempts += 1
    work.session.add(alert)
    work.session.flush()
    return _delivery(work, alert)


def _gather(work: Work, alert: Alert) -> Alert | None:
    """Return the one alert that stands for all that waits for this recipient and ticket, or None for "not now"."""
    left = _left_at(work, alert.ticket_id, alert.address)
    if left and work.now < left + _gathering(work):
        alert.due_at = left + _gathering(work)
        work.session.add(alert)
        return None
    waiting = work.session.exec(
        select(Alert).where(
            Alert.ticket_id == alert.ticket_id,
            Alert.address == alert.address,
            Alert.channel == alert.channel,
            Alert.state == "waiting",
            col(Alert.prepared_at).is_(None),
            col(Alert.kind).not_in(AT_ONCE),
        )
    ).all()
    read_up_to = _read_up_to(work, alert)
    unread = [a for a in waiting if (a.event_seq or 0) > read_up_to]
    lead = min(unread, key=lambda a: (DEMAND.index(a.kind), -(a.event_seq or 0)), default=None)
    for other in waiting:
        if other is not lead:
            other.state = "gathered" if lead and other in unread else "dropped"
            other.gathered_into = lead.id if lead and other in unread else None
            other.leased_until = None
            work.session.add(other)
    return lead


def _read_up_to(work: Work, alert: Alert) -> int:
    ticket = work.session.get_one(Ticket, alert.ticket_id)
    reader = f"account:{ticket.account_id}" if ticket.account_id else f"guest:{ticket.address}"
    reading = work.session.get(Reading, (ticket.id, reader))
    return reading.seq if reading else 0


def _seal_link(work: Work, alert: Alert) -> None:
    """Make the guest's link when the mail is written first; every further try sends the same one."""
    ids = [alert.ticket_id] if alert.ticket_id else alert.data.get("tickets", [])
    tickets = [work.session.get_one(Ticket, i) for i in ids]
    tokens = {str(t.number): _new_link(work, t) if t.account_id is None else "" for t in tickets}
    if any(tokens.values()):
        alert.sealed = keys.seal(work.settings, {"tokens": tokens})
    if alert.data.get("what") == "links":
        alert.data = {**alert.data, "numbers": [t.number for t in tickets]}


def _new_link(work: Work, ticket: Ticket) -> str:
    token = keys.new_token()
    work.session.add(
        GuestLink(
            token_hash=keys.token_hash(token), ticket_id=ticket.id, address=ticket.address, created_at=work.now
        )
    )
    return token


def _delivery(work: Work, alert: Alert) -> Delivery:
    ticket = work.session.get(Ticket, alert.ticket_id) if alert.ticket_id else None
    secret = keys.unseal(work.settings, alert.sealed) if alert.sealed else {}
    number = ticket.number if ticket else None
    return Delivery(
        id=alert.id,
        key=alert.key,
        kind=alert.kind,
        channel=alert.channel,
        address=alert.address,
        language=alert.language,
        time_zone=alert.time_zone,
        number=number,
        seq=alert.event_seq,
        earlier_seqs=_earlier_seqs(work, alert),
        guest_token=secret.get("tokens", {}).get(str(number), ""),
        secret=secret,
        data={**alert.data, "ticket_id": alert.ticket_id},
        at=alert.prepared_at or work.now,
    )


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
        .limit(9)
    ).all()
    return sorted(s for s in seqs if s is not None)


def _tell_ticket(work: Work, alert: Alert) -> None:
    if alert.ticket_id:
        work.tell(f"alerts:{alert.ticket_id}")


def sweep(work: Work) -> None:
    """Delete what nobody will ask for again: the codes' own rows, a day after they were sent."""
    work.session.exec(
        delete(Alert).where(
            col(Alert.kind) == "code",
            col(Alert.state) != "waiting",
            col(Alert.created_at) < work.now - timedelta(days=1),
        )
    )
