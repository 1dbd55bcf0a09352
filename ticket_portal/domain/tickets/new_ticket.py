"""New tickets: the form for one, and opening it with its first message (docs/contract.md#tickets)."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import select

from ticket_portal.domain import history, limits
from ticket_portal.domain.accounts import codes
from ticket_portal.domain.addresses import canonical
from ticket_portal.domain.alerts import notifications
from ticket_portal.domain.alerts.kinds import AlertKind
from ticket_portal.domain.errors import (
    Missing,
    NotAllowed,
    NotFound,
    SecretFound,
    TooFast,
    TooLong,
    TooMany,
)
from ticket_portal.domain.files import attachments
from ticket_portal.domain.history import EventKind, MessageKind, PostedMessage
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, language, require_team
from ticket_portal.domain.text import secrets
from ticket_portal.domain.text.cleaning import one_line
from ticket_portal.domain.tickets import drafts, messages, tickets
from ticket_portal.sets.roles import Role
from ticket_portal.sets.topics import Topic
from ticket_portal.store import search
from ticket_portal.store.tables import FIRST_NUMBER, Account, Ticket
from ticket_portal.store.unit_of_work import Work

LONGEST_SUBJECT = 150
LONGEST_NAME = 80


@dataclass(frozen=True)
class TicketForm:
    """A filled-in and checked form for a new ticket. `secret`: what its texts must not hold, and do."""

    client_id: str
    subject: str
    body: str
    address: str = ""
    name: str = ""
    language: str = "en"
    files: tuple[str, ...] = ()
    follows: int = 0
    topic: str = ""
    secret: type[SecretFound] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look for secrets, so that no form is without it."""
        object.__setattr__(self, "secret", secrets.secret_in(self.subject, self.body, self.name))

    @classmethod
    def parse(
        cls, viewer: Viewer, typed: dict[str, Any], language_code: str = "en", follows: int = 0
    ) -> "TicketForm":
        """Check what was typed; a signed-in person's address is their own. Raises Invalid and its kinds.

        `follows`: the number of the writer's earlier ticket that this one goes on with.
        """
        subject = one_line(typed.get("subject"))
        if not subject:
            raise Missing("subject")
        if len(subject) > LONGEST_SUBJECT:
            raise TooLong("subject", length=len(subject), most=LONGEST_SUBJECT)
        files = attachments.parse_ids(typed.get("files"))
        return cls(
            client_id=messages.checked_client_id(typed.get("client_id")),
            subject=subject,
            body=messages.checked_body(typed.get("body"), may_be_empty=bool(files)),
            address=viewer.address if viewer.account_id else canonical(typed.get("email") or ""),
            name=viewer.name or one_line(typed.get("name"))[:LONGEST_NAME],
            language=language(language_code),
            files=files,
            follows=follows,
            topic=next((topic for topic in Topic if topic == typed.get("topic")), ""),
        )


def require_room(work: Work, viewer: Viewer, client_id: object, ip: str) -> None:
    """Raise TooMany or TooFast when the viewer, or the network of a stranger, may open no ticket now; else Invalid.

    Asked before the form is looked through, which takes a hundred times as long: at the limit a try costs little.
    A form that was sent before gets its ticket all the same.
    """
    sent = select(Ticket.id).where(Ticket.client_id == messages.checked_client_id(client_id))
    limit, *subject = _own_limit(work, viewer, ip)
    if (end := limits.until(work, limit, *subject)) and work.session.exec(sent).first() is None:
        raise limits.refused(work, limit, end, TooFast if viewer.account_id else TooMany, *subject)


def submit(work: Work, viewer: Viewer, form: TicketForm, ip: str = "", browser: str = "") -> Ticket:
    """Open a ticket with its first message. The same client id again: the same ticket, nothing is doubled.

    Raises TooMany when too many were opened for the address or from the IP, FileGone, what the shield raises, and
    NotAllowed for the team: it opens tickets in a customer's name (`submit_for`), one of its own would be in
    no list.
    """
    if viewer.of_team:
        raise NotAllowed
    if earlier := work.session.exec(select(Ticket).where(Ticket.client_id == form.client_id)).first():
        if earlier.address != form.address:
            raise NotFound
        return earlier
    _spend(work, viewer, form, ip)
    secrets.refuse(work.settings, form.secret, address=form.address, ip=ip)
    proved = viewer.role == Role.GUEST and viewer.address == form.address
    proved_by = "account" if viewer.account_id else "code" if proved else ""
    ticket = _open(work, form, account_id=viewer.account_id, proved_by=proved_by)
    ticket.follows = _followed(work, viewer, ticket, form.follows)
    message = _first_message(work, ticket, viewer if viewer.account_id else guest(ticket), form)
    attachments.take_from_form(work, ticket, message, form.client_id, browser, form.files)
    drafts.sent(work, viewer, drafts.NEW, form.body)
    if viewer.account_id or proved:  # merely naming an address reveals nothing about its codes
        codes.refuse_own(work, viewer.address, f"{form.subject}\n{form.body}")
    return ticket


def submit_for(work: Work, viewer: Viewer, form: TicketForm) -> Ticket:
    """Open a ticket on a person's behalf, from the company's own systems; it is the account's if there is one."""
    require_team(viewer)
    account = work.session.exec(select(Account).where(Account.address == form.address)).first()
    if account is None:
        ticket = _open(work, form, account_id=None, proved_by="")
        author = guest(ticket)
    else:
        ticket = _open(work, form, account_id=account.id, proved_by="account", name=form.name or account.name)
        author = Viewer(role=Role.CUSTOMER, account_id=account.id, name=account.name)
    _first_message(work, ticket, author, form)
    return ticket


def guest(ticket: Ticket) -> Viewer:
    """Return the viewer for a ticket's unregistered sender."""
    return Viewer(role=Role.GUEST, address=ticket.address, name=ticket.requester, language=ticket.language)


def _open(work: Work, form: TicketForm, *, account_id: int | None, proved_by: str, name: str = "") -> Ticket:
    ticket = Ticket(
        subject=form.subject,
        topic=form.topic,
        account_id=account_id,
        address=form.address,
        requester=name or form.name,
        language=form.language,
        proved_by=proved_by,
        client_id=form.client_id,
        created_at=work.now,
        updated_at=work.now,
        waiting_since=work.now,
    )
    work.session.add(ticket)
    work.session.flush()
    ticket.number = FIRST_NUMBER + ticket.id - 1
    search.remember(work, ticket, "subject", 0, ticket.subject)
    return ticket


def _first_message(work: Work, ticket: Ticket, author: Viewer, form: TicketForm) -> PostedMessage:
    files = len(form.files)
    message, entry = history.post(
        work,
        ticket,
        author,
        MessageKind.REPLY,
        form.body,
        form.client_id,
        files=files,
        event=EventKind.CREATED,
    )
    notifications.about(work, ticket, entry, AlertKind.CONFIRMATION)
    return message


def _followed(work: Work, viewer: Viewer, ticket: Ticket, number: int) -> int | None:
    """Link an earlier ticket with the new one that follows it, if it is the same person's; return its number."""
    if not number:
        return None
    try:
        earlier = tickets.find(work, viewer, number)
    except NotFound:
        return None
    if earlier.account_id is None and earlier.address != ticket.address:
        return None
    earlier.followed_by = ticket.number
    work.session.add(earlier)
    work.changed(earlier)
    return earlier.number


def _spend(work: Work, viewer: Viewer, form: TicketForm, ip: str) -> None:
    limit, *subject = _own_limit(work, viewer, ip)
    if viewer.account_id:
        limits.spend(work, limit, *subject, refusal=TooFast)
        return
    of_address = Limit("guest_tickets", work.settings.limit_guest_tickets_per_hour)
    limits.spend(work, of_address, form.address, refusal=TooMany)
    limits.spend(work, limit, *subject, refusal=TooMany)


def _own_limit(work: Work, viewer: Viewer, ip: str) -> tuple[Limit, object]:
    """Return the limit of who writes, whatever they write: an account's, or that of a stranger's network."""
    s = work.settings
    if viewer.account_id:
        return Limit("tickets", s.limit_tickets_per_hour), viewer.account_id
    return Limit("guest_tickets_ip", s.limit_guest_tickets_per_ip_per_hour), ip
