"""Guests: the unique link in an e-mail, the code that proves the address, lost links (docs/contract.md#guests)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import Select, bindparam
from sqlmodel import col, select, update

from ticket_portal.addresses import LARGEST
from ticket_portal.domain import keys, limits
from ticket_portal.domain.accounts import codes, sign_ins
from ticket_portal.domain.accounts.codes import CodeScope, CodeStatus
from ticket_portal.domain.addresses import canonical, masked
from ticket_portal.domain.alerts import notifications, undeliverable
from ticket_portal.domain.alerts.links import new_link
from ticket_portal.domain.errors import DomainError, LinkInvalid, LinkMoved, NotFound
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.permissions import is_handed_over
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
    found = work.session.exec(
        select(GuestLink, Ticket)
        .join(Ticket, col(Ticket.id) == col(GuestLink.ticket_id))
        .where(GuestLink.token_hash == _token_hash(token))
    ).first()
    if found is None:
        raise LinkInvalid
    link, ticket = found
    _require_valid(work, link.revoked_at, ticket)
    return OpenedLink(link, ticket)


def look_up_link(work: Work, token: str) -> Any:
    """Return the columns of a link's ticket and `link_address`, without their objects. Raises as `open_link`."""
    ticket = work.execute(_ticket_of_link(), {"token_hash": _token_hash(token)}).first()
    if ticket is None:
        raise LinkInvalid
    _require_valid(work, ticket.link_revoked_at, ticket)
    return ticket


def code_status(work: Work, ticket: Any, browser: str) -> CodeStatus:
    """Return where the code of a link's page is; `ticket` as `look_up_link` returns it."""
    return codes.status(work, _scope(ticket.id, ticket.link_address, browser))


def has_bounced(work: Work, ticket: Any) -> bool:
    """Whether mails to a link's address came back; `ticket` as `look_up_link` returns it."""
    return undeliverable.problem(work, ticket.link_address) == undeliverable.BOUNCED


def reader(viewer: Viewer, guest: Viewer) -> Viewer:
    """Return as whom a guest's page reads: as the guest, unless the customer's account has the same address."""
    of_account = viewer.account_id and not viewer.of_team
    return viewer if of_account and guest.address in ("", viewer.address) else guest


def send_code(work: Work, token: str, browser: str, ip: str, language: str) -> None:
    """Send a code to the link's address, and to nobody else. Raises LinkInvalid, TooSoon, TooManyCodes."""
    link, _ticket = open_link(work, token)
    codes.send(work, _scope(link.ticket_id, link.address, browser, ip), language)


def verify(
    work: Work, token: str, browser: str, ip: str, typed: str, arrival: Arrival = NOWHERE
) -> tuple[str, DomainError | None]:
    """Return the token of a guest session if the code is right, else why not. Raises LinkInvalid."""
    link, ticket = open_link(work, token)
    if refusal := codes.enter(work, _scope(link.ticket_id, link.address, browser, ip), typed):
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
    return AgainView(masked(address), codes.status(work, _scope_again(address, browser)))


def send_code_again(work: Work, session: str, browser: str, ip: str, language: str) -> None:
    """Send a code to whom the session that ran out was. Raises LinkInvalid, TooSoon, TooManyCodes."""
    codes.send(work, _scope_again(_ran_out(work, session), browser, ip), language)


def verify_again(
    work: Work, session: str, browser: str, ip: str, typed: str, arrival: Arrival = NOWHERE
) -> tuple[str, DomainError | None]:
    """Return the token of a new guest session if the code is right, else why not. Raises LinkInvalid."""
    address = _ran_out(work, session)
    if refusal := codes.enter(work, _scope_again(address, browser, ip), typed):
        return "", refusal
    return sign_ins.begin_guest(work, address, arrival), None


def _ran_out(work: Work, session: str) -> str:
    """Return the address of a guest's session that grew old; one that was left is over for good."""
    found = work.session.get(Session, session) if session else None
    if found is None or not found.address or found.ended_at or work.now > found.seen_at + AGAIN_WITHIN:
        raise LinkInvalid
    return found.address


def _scope_again(address: str, browser: str, ip: str = "") -> CodeScope:
    return CodeScope(PURPOSE, address, browser, ip)


def _scope(ticket_id: int, address: str, browser: str, ip: str = "") -> CodeScope:
    return CodeScope(f"{PURPOSE}:{ticket_id}", address, browser, ip)


def _token_hash(token: str) -> str:
    if len(token) != TOKEN_LENGTH:
        raise LinkInvalid
    return keys.token_hash(token)


def _require_valid(work: Work, revoked_at: datetime | None, ticket: Any) -> None:
    if revoked_at or _too_old(work, ticket):
        raise LinkInvalid
    if is_handed_over(ticket, work.now):
        raise LinkMoved(number=ticket.number)


@cache  # composed once: each page of a guest asks for it
def _ticket_of_link() -> Select[*tuple[Any, ...]]:
    link = (col(GuestLink.address).label("link_address"), col(GuestLink.revoked_at).label("link_revoked_at"))
    return (
        sqlalchemy.select(*Ticket.__table__.columns, *link)  # pyright: ignore[reportAttributeAccessIssue]
        .join(GuestLink, col(GuestLink.ticket_id) == col(Ticket.id))
        .where(col(GuestLink.token_hash) == bindparam("token_hash"))
    )


def _too_old(work: Work, ticket: Any) -> bool:
    return ticket.closed_at is not None and work.now > ticket.closed_at + timedelta(
        days=work.settings.link_days
    )
