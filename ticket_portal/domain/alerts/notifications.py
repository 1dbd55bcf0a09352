"""Who is told what: alerts, each written in the transaction of what it tells of (docs/contract.md#alerts).

They wait in the outbox; what of them leaves in the end, and when, is decided there (`outbox`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, delete, select

from ticket_portal.domain import keys, limits
from ticket_portal.domain.alerts import deadlines, devices, preferences
from ticket_portal.domain.alerts.kinds import ALERTS, CHANNELS, GATHERED, AlertKind, Channel, Notice, is_on
from ticket_portal.domain.history import LoggedEvent
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, requester
from ticket_portal.sets.roles import REQUESTERS
from ticket_portal.store.tables import (
    Account,
    Alert,
    Challenge,
    Event,
    Muted,
    Reading,
    Ticket,
    TicketUpdate,
)
from ticket_portal.store.unit_of_work import Work

GLANCE = timedelta(seconds=1)
ROOM = "outbox"
KEPT_TO_CHECK = timedelta(days=90)


def about(work: Work, ticket: Ticket, event: LoggedEvent, kind: AlertKind) -> None:
    """Tell the requester of something public that happened in their ticket, unless they did it themselves."""
    immediate = ALERTS[kind].immediate
    if ticket.locked_at or (not immediate and event.actor_role in REQUESTERS):
        return
    account, address, muted = _recipient(work, ticket)
    if not immediate:
        _keep(work, ticket, event, kind)
    if muted and not immediate:
        return
    for channel in ALERTS[kind].channels:
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
            alert.due_at = work.now if immediate else _due_at(work, ticket, alert)
            _put(work, alert)


def _told_by(work: Work, account: Account | None, channel: Channel, kind: AlertKind) -> bool:
    return is_on(work.settings, channel) and preferences.wants(work, account, channel, kind)


def _ends(work: Work, ticket: Ticket, address: str, channel: Channel) -> list[tuple[int | None, str]]:
    """Return where a channel ends for the requester, each with its part of the key: one mailbox, or some devices."""
    if CHANNELS[channel].to_devices:
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
            kind=AlertKind.TEST,
            channel=Channel.PUSH,
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


def about_code(
    work: Work, challenge: Challenge, secret: dict[str, str], language: str, *, known: bool
) -> None:
    """Mail a code, a link's token, or both; for an address that is not `known` nothing leaves, but the row is there."""
    _put(
        work,
        Alert(
            key=f"code.{challenge.id}",
            kind=AlertKind.CODE,
            channel=Channel.EMAIL,
            address=challenge.address,
            language=language,
            data={"purpose": challenge.purpose.partition(":")[0]},
            sealed=keys.seal(work.settings, secret),
            state="waiting" if known else "dropped",
            due_at=work.now,
        ),
    )


def about_security(work: Work, account: Account, what: Notice, **data: Any) -> None:
    """Tell the owner of an account of something they must know; can't be muted."""
    _put(
        work,
        Alert(
            key=f"{_of_account(what, account.id)}{int(work.now.timestamp() * 1e6)}",
            kind=AlertKind.SECURITY,
            channel=Channel.EMAIL,
            address=account.address,
            language=account.language,
            time_zone=account.time_zone,
            data={"what": what, **data},
            due_at=work.now,
        ),
    )


def about_sign_up(work: Work, known: Account | None, address: str, language: str) -> None:
    """Tell who has an account that somebody signs up with its address.

    For a new address the same row is written, but nothing leaves: the time of the answer must tell no difference.
    """
    _put(
        work,
        Alert(
            key=f"{_of_account(Notice.ALREADY_SIGNED_UP, known.id if known else keys.new_reference())}"
            f"{int(work.now.timestamp() * 1e6)}",
            kind=AlertKind.SECURITY,
            channel=Channel.EMAIL,
            address=address,
            language=known.language if known else language,
            time_zone=known.time_zone if known else "UTC",
            data={"what": Notice.ALREADY_SIGNED_UP},
            state="waiting" if known else "dropped",
            due_at=work.now,
        ),
    )


def about_guessing(
    work: Work,
    owner: int | str,
    address: str,
    language: str,
    link: str,
    failures: int,
    *,
    ended: bool,
    known: bool,
) -> None:
    """Tell the owner of an address that somebody guesses its password or codes; nothing leaves unless it is `known`."""
    _put(
        work,
        Alert(
            key=f"{_of_account(Notice.GUESSING, owner)}{int(work.now.timestamp() * 1e6)}",
            kind=AlertKind.SECURITY,
            channel=Channel.EMAIL,
            address=address,
            language=language,
            data={"what": Notice.GUESSING, "failures": failures, "ended": ended},
            sealed=keys.seal(work.settings, {"link": link}),
            state="waiting" if known else "dropped",
            due_at=work.now,
        ),
    )


def told_since(work: Work, account: Account, what: Notice, since: datetime) -> bool:
    """Return whether the owner of an account was mailed this about its security after a moment."""
    told = select(Alert.id).where(
        col(Alert.key).startswith(_of_account(what, account.id), autoescape=True),
        col(Alert.created_at) > since,
    )
    return work.session.exec(told.limit(1)).first() is not None


def forget(work: Work, account: Account) -> None:
    """Delete what an account was told of its security, at whatever address."""
    work.session.exec(delete(Alert).where(col(Alert.key).like(_of_account("%", account.id) + "%")))


def _of_account(what: str, owner: object) -> str:
    """How the keys of an account's security alerts begin: by it they are found again."""
    return f"{AlertKind.SECURITY}.{what}.{owner}."


def about_links(work: Work, address: str, tickets: list[Ticket], language: str) -> None:
    """Mail somebody the links of their tickets; without tickets the same row is written, but nothing leaves."""
    _put(
        work,
        Alert(
            key=f"links.{keys.subject_hash(work.settings, address)[:12]}.{int(work.now.timestamp() * 1e6)}",
            kind=AlertKind.SECURITY,
            channel=Channel.EMAIL,
            address=address,
            language=language,
            data={"what": Notice.LINKS, "tickets": [t.id for t in tickets]},
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
            kind=AlertKind.SECURITY,
            channel=Channel.EMAIL,
            address=address,
            language=language,
            time_zone=time_zone,
            data={"what": Notice.TRIAL},
            due_at=work.now,
        ),
    )


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


def _keep(work: Work, ticket: Ticket, event: LoggedEvent, kind: AlertKind) -> None:
    """Remember what is told, so that it can be read in the portal also by whoever gets no alert of it."""
    owner = requester(ticket)
    work.insert(TicketUpdate, ticket_id=ticket.id, seq=event.seq, owner=owner, kind=kind, at=work.now)


def _put(work: Work, alert: Alert) -> None:
    alert.created_at = work.now
    alert.reference = keys.new_reference()
    work.session.add(alert)
    work.publish(ROOM)


def _due_at(work: Work, ticket: Ticket, alert: Alert) -> datetime:
    due = work.now + _hold(work, ticket, alert)
    return max(due, gathered_until(work, alert) or due)


def _hold(work: Work, ticket: Ticket, alert: Alert) -> timedelta:
    """How long it waits for the recipient to read it in a page.

    A push leaves at once. Where all before it was read, the ticket may be open before their eyes: then their page
    says within a glance that this was read too, and there is nothing to tell.
    """
    if CHANNELS[Channel(alert.channel)].held:
        return timedelta(seconds=work.settings.alert_hold_seconds)
    reading = work.session.get(Reading, (ticket.id, requester(ticket)))
    before = work.session.exec(
        select(func.max(Event.seq)).where(
            Event.ticket_id == ticket.id, col(Event.public).is_(True), col(Event.seq) < alert.event_seq
        )
    ).one()
    return GLANCE if reading and reading.seq >= (before or 0) else timedelta()


def _facts(work: Work, ticket: Ticket, kind: AlertKind) -> dict[str, Any]:
    """What an alert says beyond its kind: when the ticket closes by itself, until when it can be reopened."""
    facts: dict[str, Any] = {}
    closes_at = (
        deadlines.announced_closing(work, ticket)
        if kind in (AlertKind.RESOLVED, AlertKind.REMINDER)
        else None
    )
    if closes_at:
        facts["closes"] = closes_at.isoformat()
    # What is resolved closes first; for some days after that a reply still reopens it.
    ends = {AlertKind.RESOLVED: closes_at, AlertKind.CLOSED: ticket.closed_at}.get(kind)
    if ends and (kind == AlertKind.RESOLVED or work.settings.reopen_days):
        facts["until"] = (ends + timedelta(days=work.settings.reopen_days)).isoformat()
    return facts


def alerts_like(alert: Alert) -> Any:
    """Return what holds for alerts about one ticket to one mailbox or device that may be held, gathered, dropped."""
    return (
        (col(Alert.ticket_id) == alert.ticket_id)
        & (col(Alert.address) == alert.address)
        & (col(Alert.channel) == alert.channel)
        & (col(Alert.device_id) == alert.device_id)
        & col(Alert.kind).in_(GATHERED)
    )


def gathered_until(work: Work, alert: Alert) -> datetime | None:
    """Return until when an alert waits for more, because one like it left lately; None if none did."""
    left = work.session.exec(
        select(func.max(Alert.sent_at)).where(alerts_like(alert), Alert.state == "sent")
    ).one()
    until = left + timedelta(seconds=work.settings.alert_gather_seconds) if left else None
    return until if until and work.now < until else None


def sweep(work: Work) -> None:
    """Delete what nobody will ask for again: what never left and tests after a day, codes after some months.

    Until then their recipients can ask whether a mail was ours. So it is with the last mail to an account that was
    deleted: it is all that still names the person.
    """
    never_left = (
        col(Alert.kind).in_((AlertKind.CODE, AlertKind.SECURITY))
        & col(Alert.state).in_(("dropped", "failed"))
        & (col(Alert.created_at) < work.now - timedelta(days=1))
    )
    farewell = (col(Alert.kind) == AlertKind.SECURITY) & col(Alert.key).startswith(
        f"{AlertKind.SECURITY}.{Notice.ACCOUNT_DELETED}."
    )
    old_one = (
        ((col(Alert.kind) == AlertKind.CODE) | farewell)
        & (col(Alert.state) == "sent")
        & (col(Alert.created_at) < work.now - KEPT_TO_CHECK)
    )
    old_test = (col(Alert.kind) == AlertKind.TEST) & (col(Alert.created_at) < work.now - timedelta(days=1))
    work.session.exec(delete(Alert).where(or_(never_left, old_one, old_test)))
