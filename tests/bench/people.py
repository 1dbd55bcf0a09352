"""Who is in the bench: sessions, tickets and doors, made through the domain."""

from dataclasses import dataclass
from uuid import uuid4

from sqlmodel import col, select

from tests.bench.server import Data
from ticket_portal.demo.people import HEAVY, LINH
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, new_ticket
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Work


@dataclass(frozen=True)
class Cast:
    """The cookies and addresses of those who take part; the customer has a ticket of ten messages and a busy one."""

    customer: dict[str, str]
    agent: dict[str, str]
    guest: dict[str, str]
    guest_path: str
    api_token: str
    ticket_id: int
    number: int
    busy: int


@dataclass(frozen=True)
class Passer:
    """Another customer with another ticket."""

    cookies: dict[str, str]
    number: int


def cast(data: Data) -> Cast:
    """Sign everybody in; the customer's ticket has ten messages."""
    with data.store() as store:
        return store.write(_cast)


def passers(data: Data, count: int) -> list[Passer]:
    """Sign in this many other customers."""
    with data.store() as store:
        return store.write(_passers, count)


def words(text: str) -> MessageForm:
    """A message as a browser sends it."""
    return MessageForm.parse({"body": text, "client_id": str(uuid4())})


def _cast(work: Work) -> Cast:
    heavy, linh = accounts.find(work, HEAVY.address), accounts.find(work, LINH.address)
    assert heavy
    assert linh
    customer, agent = sessions.of_account(heavy), sessions.of_account(linh)
    ticket = _open(work, customer)
    for number in range(9):
        writer = agent if number % 2 == 0 else customer
        messages.reply(
            work, writer, ticket.number or 0, words(f"Message {number + 2}. " + "Some more words. " * 8)
        )
    guest_ticket = _open(work, Viewer(address="bench.guest@example.com", name="Minh"))
    return Cast(
        customer={"portal_session": sessions.begin(work, heavy)},
        agent={"portal_session": sessions.begin(work, linh)},
        guest={"portal_guest": sessions.begin_guest(work, guest_ticket.address)},
        guest_path="/guest/" + access.new_link(work, guest_ticket),
        api_token=api_tokens.new_token(work, linh.address),
        ticket_id=ticket.id,
        number=ticket.number or 0,
        busy=_open(work, customer).number or 0,
    )


def _open(work: Work, viewer: Viewer) -> Ticket:
    typed = {
        "subject": "The bench's own ticket",
        "body": "Since Monday my withdrawal is pending, and nothing happens.",
        "client_id": str(uuid4()),
        "email": viewer.address,
        "name": viewer.name,
    }
    return new_ticket.submit(work, viewer if viewer.account_id else NOBODY, TicketForm.parse(viewer, typed))


def _passers(work: Work, count: int) -> list[Passer]:
    found = work.session.exec(
        select(Account, Ticket.number)
        .join(Ticket, col(Ticket.account_id) == col(Account.id))
        .where(col(Account.address).startswith("customer"))
        .limit(count)
    ).all()
    return [Passer({"portal_session": sessions.begin(work, a)}, number or 0) for a, number in found]
