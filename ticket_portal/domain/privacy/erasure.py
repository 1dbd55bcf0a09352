"""Deleting an account: asked for with the password, done after some days, until then taken back with one click.

Of the person nothing stays. Their tickets stay as shells, so that numbers, the team's counts and what was joined with
them remain right: number, topic, language, state and times, and the score of a rating. All texts in them go, the
team's too: it can't be told which of them mention the person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import col, delete, select, update

from ticket_portal.domain import history
from ticket_portal.domain.accounts import credentials, endings, known_browsers
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.addresses import ERASED
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import Notice
from ticket_portal.domain.errors import NotAllowed
from ticket_portal.domain.history import EventKind
from ticket_portal.domain.people import SYSTEM, Viewer
from ticket_portal.domain.security_log import SecurityEvent, happened
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import REQUESTERS, Role
from ticket_portal.sets.statuses import FINAL, Status
from ticket_portal.store.tables import (
    Account,
    Alert,
    Attachment,
    CapturedMail,
    CapturedPush,
    Challenge,
    Device,
    Draft,
    Event,
    GuestLink,
    Message,
    Muted,
    Rating,
    Reading,
    SearchEntry,
    Session,
    Ticket,
    TicketUpdate,
    Undeliverable,
)
from ticket_portal.store.unit_of_work import Store, Work

NO_SUBJECT = "–"


def ask(store: Store, viewer: Viewer, password: str, ip: str) -> None:
    """Plan the deletion of a customer's account and tell them; asking again changes nothing.

    Raises NotYourPassword, TooMany, and NotAllowed for others: the team's accounts are the operator's matter.
    """
    if viewer.role != Role.CUSTOMER:
        raise NotAllowed
    hashed = credentials.prove(store, viewer, password, ip)
    store.write(_ask, viewer, hashed, ip)


def _ask(work: Work, viewer: Viewer, hashed: str, ip: str) -> None:
    account = credentials.proved(work, viewer, hashed)
    if account.deletion_at is None:
        account.deletion_at = work.now + timedelta(days=work.settings.deletion_days)
        work.session.add(account)
        notifications.about_security(
            work, account, Notice.DELETION_ASKED, until=account.deletion_at.isoformat()
        )
        happened(work, SecurityEvent.ACCOUNT_DELETION_ASKED, ip=ip, account=account.id)


def cancel(work: Work, viewer: Viewer) -> None:
    """Keep the account after all, and tell its owner. Raises NotAllowed for who has none."""
    if viewer.account_id is None:
        raise NotAllowed
    account = work.session.get_one(Account, viewer.account_id, with_for_update=True)
    if account.deletion_at is not None:
        account.deletion_at = None
        work.session.add(account)
        notifications.about_security(work, account, Notice.DELETION_CANCELLED)
        happened(work, SecurityEvent.ACCOUNT_DELETION_CANCELLED, account=account.id)


def planned(work: Work, viewer: Viewer) -> datetime | None:
    """Return when the viewer's account will be deleted, or None."""
    account = work.session.get(Account, viewer.account_id) if viewer.account_id else None
    return account.deletion_at if account else None


def next_due_at(work: Work) -> datetime | None:
    """Return when an account is deleted next, or None."""
    return work.session.exec(select(func.min(Account.deletion_at))).one()


def run_due(work: Work) -> int:
    """Delete one account whose time has come; returns how many there were. All of it is one transaction."""
    work.alone("erasure")
    query = select(Account).where(col(Account.deletion_at) <= work.now).order_by(col(Account.deletion_at))
    account = work.session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
    if account is None:
        return 0
    _erase(work, account)
    return 1


def _erase(work: Work, account: Account) -> None:
    # What was sent as a guest from the proved address is theirs too.
    theirs = or_(
        col(Ticket.account_id) == account.id,
        (col(Ticket.address) == account.address) & col(Ticket.account_id).is_(None),
    )
    found = work.session.exec(select(Ticket).where(theirs).with_for_update()).all()
    _erase_texts(work, [ticket.id for ticket in found])
    for ticket in found:
        _make_shell(work, ticket)
    _forget(work, account)
    notifications.about_security(work, account, Notice.ACCOUNT_DELETED)
    work.session.flush()  # tickets let go of the account first: what still belongs to it goes with it
    work.session.delete(account)
    happened(work, SecurityEvent.ACCOUNT_DELETED, account=account.id, tickets=len(found))


def _erase_texts(work: Work, ids: Sequence[int]) -> None:
    # The sweeper of files deletes their bytes: a database can't.
    work.session.exec(
        update(Attachment)
        .where(col(Attachment.ticket_id).in_(ids))
        .values(
            state="swept", ticket_id=None, message_id=None, name="", uploader="", browser_hash="", form=""
        )
    )
    for table in (Message, SearchEntry, GuestLink, Muted, Alert, Reading, TicketUpdate):
        work.session.exec(delete(table).where(col(table.ticket_id).in_(ids)))
    work.session.exec(update(Rating).where(col(Rating.ticket_id).in_(ids)).values(comment=""))
    work.session.exec(
        update(Event)
        .where(col(Event.ticket_id).in_(ids), col(Event.actor_role).in_(REQUESTERS))
        .values(actor_name="", actor_id=None)
    )


def _make_shell(work: Work, ticket: Ticket) -> None:
    work.publish(f"list:{ticket.account_id or ticket.address}")
    work.session.exec(delete(Draft).where(col(Draft.place) == str(ticket.number)))
    ticket.account_id, ticket.address, ticket.requester = None, ERASED, ""
    ticket.subject, ticket.client_id, ticket.proved_by, ticket.guest_until = NO_SUBJECT, None, "", None
    ticket.has_files = ticket.has_details = False
    ticket.locked_at = ticket.locked_at or work.now  # no more alerts
    if ticket.status not in FINAL:
        tickets.move(work, ticket, Status.CLOSED)
    history.record(work, ticket, SYSTEM, EventKind.ERASED)
    work.session.add(ticket)


def _forget(work: Work, account: Account) -> None:
    address = account.address
    endings.end(work, Ending.DELETED, account=account)
    work.session.exec(
        delete(Draft).where(col(Draft.owner).in_((f"account:{account.id}", f"guest:{address}")))
    )
    for table in (Alert, CapturedMail, CapturedPush, Challenge, Undeliverable, Muted, Session, Device):
        work.session.exec(delete(table).where(col(table.address) == address))
    known_browsers.forget_all(work, address)
    notifications.forget(work, account)  # what went to addresses that it had before
