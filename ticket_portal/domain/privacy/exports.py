"""What an account's owner may take along: all that is kept of them, and nothing of others (docs/contract.md#own-data).

What may go out is named here, kind by kind: a field added to tickets later stays out until it is added here.
Internal notes, the team's events and other people's drafts have no way into it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from ticket_portal.domain import limits
from ticket_portal.domain.accounts import credentials, sign_ins
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.history import MessageKind
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import belongs_to
from ticket_portal.domain.security_log import SecurityEvent, happened
from ticket_portal.domain.tickets import detail_requests
from ticket_portal.domain.tickets.uploads import StoredFile
from ticket_portal.sets.roles import TEAM
from ticket_portal.sets.statuses import Status
from ticket_portal.store.tables import Account, Attachment, Draft, Event, Message, Muted, Rating, Ticket
from ticket_portal.store.unit_of_work import Store, Work

MESSAGES = (MessageKind.REPLY, MessageKind.DETAILS, MessageKind.ANSWERS)


@dataclass(frozen=True)
class TicketExport:
    """One ticket: its data, and its files by the names that the data calls them by."""

    data: dict[str, Any]
    files: dict[str, StoredFile]


def authorise(store: Store, viewer: Viewer, password: str, ip: str) -> None:
    """Prove who asks, and count it. Raises NotYourPassword, TooMany, NotAllowed."""
    hashed = credentials.prove(store, viewer, password, ip)
    store.write(_allow, viewer, hashed, ip)


def _allow(work: Work, viewer: Viewer, hashed: str, ip: str) -> None:
    credentials.proved(work, viewer, hashed)
    limit = Limit("exports", work.settings.limit_exports_per_day, within=timedelta(days=1))
    limits.spend(work, limit, viewer.account_id)
    happened(work, SecurityEvent.DATA_EXPORTED, ip=ip, account=viewer.account_id)


def account(work: Work, viewer: Viewer) -> dict[str, Any]:
    """Return what is kept of the account itself. Raises NotAllowed for who has none."""
    own = _own(work, viewer)
    muted = (
        select(Ticket.number).join(Muted, col(Muted.ticket_id) == col(Ticket.id)).where(belongs_to(viewer))
    )
    drafts = select(Draft).where(Draft.owner == f"account:{own.id}", col(Draft.body) != "")
    return {
        "exported_at": work.now.isoformat(),
        "account": {
            "name": own.name,
            "email": own.address,
            "language": own.language,
            "time_zone": own.time_zone,
            "created_at": own.created_at.isoformat(),
        },
        "preferences": {
            **own.preferences,
            "muted_tickets": sorted(n for n in work.session.exec(muted).all() if n),
        },
        "notified_devices": [
            {"name": device.name, "added_at": device.added_at, "seen_at": device.seen_at}
            for device in devices.mine(work, viewer)
        ],
        "sessions": [
            {k: v for k, v in asdict(view).items() if k != "key"} for view in sign_ins.views(work, viewer)
        ],
        "drafts": [
            {"ticket": d.place, "subject": d.subject, "body": d.body, "saved_at": d.saved_at.isoformat()}
            for d in work.session.exec(drafts).all()
            if d.mode != "note"
        ],
    }


def ticket_ids(work: Work, viewer: Viewer) -> Sequence[int]:
    """Return which tickets are the account's, the newest last. Raises NotAllowed."""
    _own(work, viewer)
    query = select(Ticket.id).where(belongs_to(viewer))
    return work.session.exec(query.order_by(col(Ticket.id))).all()


def ticket(work: Work, viewer: Viewer, ticket_id: int) -> TicketExport | None:
    """Return one of the account's tickets, or None when it is not theirs (any more)."""
    _own(work, viewer)
    found = work.session.exec(select(Ticket).where(Ticket.id == ticket_id, belongs_to(viewer))).first()
    if found is None:
        return None
    rows = work.session.exec(
        select(Message)
        .where(Message.ticket_id == ticket_id, col(Message.kind).in_(MESSAGES))
        .order_by(col(Message.seq))
    ).all()
    files = _files(work, rows)
    names = {file.id: f"{place}-{file.name}" for place, file in enumerate(files, 1)}
    rating = work.session.get(Rating, ticket_id)
    events = select(Event).where(
        Event.ticket_id == ticket_id, col(Event.public).is_(True), col(Event.message_id).is_(None)
    )
    data = {
        "number": found.number,
        "subject": found.subject,
        "topic": found.topic,
        # "On hold" is the team's own word for a ticket that is in progress.
        "status": Status.OPEN if found.status == Status.ON_HOLD else found.status,
        "language": found.language,
        "created_at": found.created_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
        "messages": [
            {
                "kind": message.kind,
                "author": message.author_name,
                "role": "team" if message.author_role in TEAM else message.author_role,
                "at": message.created_at.isoformat(),
                "body": message.body,
                "files": [names[file.id] for file in files if file.message_id == message.id],
            }
            for message in rows
        ],
        "details": [detail_requests.plain(view) for view in detail_requests.of_ticket(work, ticket_id)],
        "events": [
            {"kind": event.kind, "at": event.at.isoformat()}
            for event in work.session.exec(events.order_by(col(Event.seq))).all()
        ],
        "rating": {"score": rating.score, "comment": rating.comment} if rating else None,
    }
    return TicketExport(data, {names[f.id]: StoredFile(f.name, f.kind, f.size, f.key) for f in files})


def _own(work: Work, viewer: Viewer) -> Account:
    if viewer.account_id is None:
        raise NotAllowed
    return work.session.get_one(Account, viewer.account_id)


def _files(work: Work, rows: Sequence[Message]) -> list[Attachment]:
    ids = [message.id for message in rows if message.files]
    if not ids:
        return []
    query = select(Attachment).where(col(Attachment.message_id).in_(ids), Attachment.state == "ready")
    found = work.session.exec(query).all()
    return sorted(found, key=lambda file: (file.message_id or 0, file.place))
