"""Guests: the unique link in an e-mail, the code that proves the address, lost links (docs/contract.md#guests)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import col, select, update

from ticket_portal.addresses import LARGEST
from ticket_portal.domain import keys, limits
from ticket_portal.domain.accounts import codes, sign_ins
from ticket_portal.domain.accounts.codes import CodeScope, CodeStatus
from ticket_portal.domain.alerts import notifications, undeliverable
from ticket_portal.domain.alerts.links import new_link
from ticket_portal.domain.errors import DomainError, LinkInvalid, LinkMoved, NotFound
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer, canonical, masked
from ticket_portal.domain.sessions import Arrival
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Account, GuestLink, Session, Ticket
from ticket_portal.store.unit_of_work import Work

PURPOSE = "guest"
MOST_LINKS = 20
TOKEN_LENGTH = 43
NOWHERE = Arrival()
AGAIN_WITHIN = timedelta(days=1)


class OpenedLink(NamedTuple):
    """A valid link and the ticket it leads to."""

    link: GuestLink
    ticket: Ticket


@dataclass(frozen=True)
class LinkView:
    """All that a link alone shows: the ticket's number, the masked address, and whether mails to it came back."""

    number: int
    masked_address: str
    code: CodeStatus
    bounced: bool = False


@dataclass(frozen=True)
class AgainView:
    """What a page shows whose guest's session ran out: whose it was, masked, and where the code is."""

    masked_address: str
    code: CodeStatus


def link_to_own(work: Work, viewer: Viewer, number: int) -> str:
    """Return the token of a new link to a ticket of a guest who proved their address. Raises NotFound."""
    ticket = tickets.find(work, viewer, number)
    if viewer.role != Role.GUEST:
        raise NotFound
    return new_link(work, ticket)


def open_link(work: Work, token: str) -> OpenedLink:
    """Return what a link leads to. Raises LinkInvalid: unknown, malformed, revoked and too old look the same.

    Raises LinkMoved, a kind of it, where the ticket is in an account by now.
    """
    if len(token) != TOKEN_LENGTH:
        raise LinkInvalid
    found = work.session.exec(
        select(GuestLink, Ticket)
        .join(Ticket, col(Ticket.id) == col(GuestLink.ticket_id))
        .where(GuestLink.token_hash == keys.token_hash(token))
    ).first()
    if found is None or found[0].revoked_at or _too_old(work, found[1]):
        raise LinkInvalid
    ticket = found[1]
    if ticket.account_id is not None and (ticket.guest_until is None or work.now >= ticket.guest_until):
        raise LinkMoved(number=ticket.number)
    return OpenedLink(*found)


def preview(work: Work, token: str, browser: str) -> LinkView:
    """Return what the verification page shows; nothing changes by looking. Raises LinkInvalid."""
    link, ticket = open_link(work, token)
    return LinkView(
        number=ticket.number or 0,
        masked_address=masked(link.address),
        code=codes.status(work, _door(link, browser)),
        bounced=undeliverable.problem(work, link.address) == undeliverable.BOUNCED,
    )


def reader(viewer: Viewer, guest: Viewer) -> Viewer:
    """Return as whom a guest's page reads: as the guest, unless the customer's account has the same address."""
    of_account = viewer.account_id and not viewer.of_team
    return viewer if of_account and guest.address in ("", viewer.address) else guest


def send_code(work: Work, token: str, browser: str, ip: str, language: str) -> None:
    """Send a code to the link's address, and to nobody else. Raises LinkInvalid, TooSoon, TooManyCodes."""
    link, _ticket = open_link(work, token)
    codes.send(work, _door(link, browser, ip), language)


def verify(
    work: Work, token: str, browser: str, ip: str, typed: str, arrival: Arrival = NOWHERE
) -> tuple[str, DomainError | None]:
    """Return the token of a guest session if the code is right, else why not. Raises LinkInvalid."""
    link, ticket = open_link(work, token)
    if refusal := codes.enter(work, _door(link, browser, ip), typed):
        return "", refusal
    if not ticket.proved_by:
        ticket.proved_by = "code"
        work.session.add(ticket)
        work.changed(ticket)
    return sign_ins.begin_guest(work, link.address, arrival), None


def revoke_links(work: Work, ticket: Ticket) -> None:
    """Make every link to the ticket worthless."""
    work.session.exec(
        update(GuestLink)
        .where(col(GuestLink.ticket_id) == ticket.id, col(GuestLink.revoked_at).is_(None))
        .values(revoked_at=work.now)
    )
    work.changed(ticket)


def send_links_again(work: Work, email: str, number: int | None, ip: str, language: str) -> None:
    """Mail the links of an address's tickets to that address; the answer is the same whether there are any.

    The mail speaks the language of its recipient, who may be somebody else than the one who asks.
    Raises BadAddress, TooMany.
    """
    address = canonical(email)
    s = work.settings
    limits.spend(work, Limit("links", s.limit_links_per_hour), address)
    limits.spend(work, Limit("links_ip", s.limit_links_per_ip_per_hour), ip)
    query = select(Ticket).where(Ticket.address == address)
    if number is not None:
        query = query.where(Ticket.number == (number if 0 < number <= LARGEST else 0))
    newest_first = query.order_by(col(Ticket.updated_at).desc()).limit(MOST_LINKS)
    newest = work.session.exec(newest_first).all()
    found = [t for t in newest if not t.locked_at and not _too_old(work, t)]
    account = work.session.exec(select(Account).where(Account.address == address)).first()
    spoken = account.language if account else found[0].language if found else language
    notifications.about_links(work, address, found, spoken)


def look_again(work: Work, session: str, browser: str) -> AgainView:
    """Return what a page shows whose guest's session ran out while it was open. Raises LinkInvalid."""
    address = _ran_out(work, session)
    return AgainView(masked(address), codes.status(work, _door_again(address, browser)))


def send_code_again(work: Work, session: str, browser: str, ip: str, language: str) -> None:
    """Send a code to whom the session that ran out was. Raises LinkInvalid, TooSoon, TooManyCodes."""
    codes.send(work, _door_again(_ran_out(work, session), browser, ip), language)


def verify_again(
    work: Work, session: str, browser: str, ip: str, typed: str, arrival: Arrival = NOWHERE
) -> tuple[str, DomainError | None]:
    """Return the token of a new guest session if the code is right, else why not. Raises LinkInvalid."""
    address = _ran_out(work, session)
    if refusal := codes.enter(work, _door_again(address, browser, ip), typed):
        return "", refusal
    return sign_ins.begin_guest(work, address, arrival), None


def _ran_out(work: Work, session: str) -> str:
    """Return the address of a guest's session that grew old; one that was left is over for good."""
    found = work.session.get(Session, session) if session else None
    if found is None or not found.address or found.ended_at or work.now > found.seen_at + AGAIN_WITHIN:
        raise LinkInvalid
    return found.address


def _door_again(address: str, browser: str, ip: str = "") -> CodeScope:
    return CodeScope(PURPOSE, address, browser, ip)


def _door(link: GuestLink, browser: str, ip: str = "") -> CodeScope:
    return CodeScope(f"{PURPOSE}:{link.ticket_id}", link.address, browser, ip)


def _too_old(work: Work, ticket: Ticket) -> bool:
    return ticket.closed_at is not None and work.now > ticket.closed_at + timedelta(
        days=work.settings.link_days
    )
