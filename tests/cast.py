"""The people of the tests, and what they say and do in one line. They are the demo's people too."""

from dataclasses import dataclass
from uuid import uuid4

from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.alerts.outbox import Delivery
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, new_ticket, tickets
from ticket_portal.domain.tickets.conversation import MessageView
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work

PASSWORD = "portal-demo-1"
WRONG_CODE = "000000"  # none of the domain's tests is sent this one (tests/domain/conftest.py)
BROWSER = "browser-of-the-test"
IP = "192.0.2.7"


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    address: str
    name: str
    role: str = "customer"
    language: str = "en"
    time_zone: str = "UTC"


ANA = Person("ana@example.com", "Ana", language="es", time_zone="America/Bogota")
BUDI = Person("budi@example.com", "Budi", language="id", time_zone="Asia/Jakarta")
LINH = Person("linh@example.com", "Linh", role="agent")
ADMIN = Person("admin@example.com", "Admin", role="admin")
PEOPLE = (ANA, BUDI, LINH, ADMIN)

MINH = Viewer(role="guest", address="minh@example.com", name="Minh", language="vi")


def says(text: str, client_id: str = "") -> MessageForm:
    """A message as a browser sends it, with an id of its own."""
    return MessageForm.parse({"body": text, "client_id": client_id or str(uuid4())})


def asks_about(
    viewer: Viewer, subject: str = "Withdrawal is pending", body: str = "Since Monday.", client_id: str = ""
) -> TicketForm:
    """A filled-in form for a new ticket; a guest types address and name."""
    typed = {"subject": subject, "body": body, "client_id": client_id or str(uuid4())}
    typed |= {"email": viewer.address, "name": viewer.name}
    return TicketForm.parse(viewer, typed, viewer.language)


def opens(work: Work, viewer: Viewer, subject: str = "Withdrawal is pending", ip: str = IP) -> Ticket:
    """A new ticket of a customer, or of a guest (whom nobody knows yet when they submit it)."""
    form = asks_about(viewer, subject)
    return new_ticket.submit(work, viewer if viewer.account_id else NOBODY, form, ip)


def sees(work: Work, viewer: Viewer, number: int) -> list[MessageView]:
    """The conversation as this viewer's page shows it. Raises NotFound."""
    ticket = tickets.find(work, viewer, number)
    return conversation.views(conversation.thread(work, ticket.id, team=viewer.of_team).entries, viewer)


def reads(work: Work, viewer: Viewer, number: int) -> list[str]:
    """The texts of the conversation, as this viewer reads them, without the events between them."""
    return [m.html for m in sees(work, viewer, number) if m.kind != "event"]


def mails(work: Work) -> list[Delivery]:
    """What leaves now: taken, and delivered without trouble."""
    left: list[Delivery] = []
    while taken := outbox.take_due(work):  # a batch at a time
        for delivery in taken:
            outbox.delivered(work, delivery.id)
        left += taken
    return left


def code_for(work: Work, address: str) -> str:
    """The code of the newest mail to this address that leaves now."""
    return [m.secret["code"] for m in mails(work) if m.kind == "code" and m.address == address][-1]
