"""Tickets written by hand: what Ana, Budi and a guest brought to the team, in every state (through the domain)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from ticket_portal.addresses import TICKET
from ticket_portal.demo.people import GUEST, Cast
from ticket_portal.domain.alerts import outbox
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, messages, new_ticket, resolution, tickets
from ticket_portal.domain.tickets.messages import MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.domain.tickets.resolution import RatingForm
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Ticket
from ticket_portal.store.unit_of_work import Work

ALL_READ = 10**6


@dataclass(frozen=True)
class StoryTicket:
    """A ticket of a story, by what people know of it."""

    number: int
    requester: Viewer


class Story:
    """Lets things happen in the past: the same domain functions, at another moment."""

    def __init__(self, work: Work) -> None:
        """Begin now; `at` goes back."""
        self.work = work
        self._now = work.now

    def at(self, **ago: float) -> "Story":
        """Go to a moment before now: `story.at(days=3)`."""
        self.work.now = self._now - timedelta(**ago)
        return self

    def opens(self, viewer: Viewer, subject: str, body: str, *, mailed: bool = True) -> StoryTicket:
        """Somebody opens a ticket; with `mailed=False` the confirmation is still to leave."""
        typed = {"subject": subject, "body": body, "client_id": str(uuid4())}
        typed |= {"email": viewer.address, "name": viewer.name}
        asking = viewer if viewer.account_id else NOBODY
        ticket = new_ticket.submit(self.work, asking, TicketForm.parse(asking, typed, viewer.language))
        if mailed:
            self.mails_leave()
        return StoryTicket(ticket.number or 0, viewer if viewer.account_id else new_ticket.guest(ticket))

    def replies(self, viewer: Viewer, ticket: StoryTicket, body: str) -> None:
        """Somebody answers; they have read what came before, and an agent takes the ticket first."""
        self.reads(viewer, ticket)
        if viewer.of_team:
            tickets.assign_to_me(self.work, viewer, ticket.number)
        messages.reply(self.work, viewer, ticket.number, _says(body))
        self.mails_leave()

    def says(self, viewer: Viewer, ticket: StoryTicket, number: int) -> None:
        """Somebody writes one message of very many; nobody is mailed about each."""
        messages.reply(self.work, viewer, ticket.number, _says(f"Message {number} of 500."))

    def notes(self, viewer: Viewer, ticket: StoryTicket, body: str) -> None:
        """An agent writes something down for the team."""
        messages.note(self.work, viewer, ticket.number, _says(body))

    def asks(self, viewer: Viewer, ticket: StoryTicket, body: str) -> None:
        """An agent asks for details."""
        self.reads(viewer, ticket)
        messages.request_details(self.work, viewer, ticket.number, _says(body))
        self.mails_leave()

    def resolves(self, viewer: Viewer, ticket: StoryTicket) -> None:
        """An agent says that it is solved."""
        tickets.resolve(self.work, viewer, ticket.number)
        self.mails_leave()

    def confirms(self, ticket: StoryTicket) -> None:
        """The requester says so too: the ticket closes."""
        self.reads(ticket.requester, ticket)
        tickets.confirm_solved(self.work, ticket.requester, ticket.number)

    def reads(self, viewer: Viewer, ticket: StoryTicket) -> None:
        """Somebody reads all that is there."""
        conversation.seen(self.work, viewer, ticket.number, ALL_READ)

    def merges(self, viewer: Viewer, ticket: StoryTicket, into: StoryTicket) -> None:
        """An agent joins a ticket with another one."""
        resolution.merge(self.work, viewer, ticket.number, into.number)
        self.mails_leave()

    def rates(self, ticket: StoryTicket, score: int, comment: str) -> None:
        """The requester says what the help was like."""
        resolution.rate(self.work, ticket.requester, ticket.number, RatingForm(score, comment))

    def ends(self) -> None:
        """Come back to now."""
        self.work.now = self._now

    def mails_leave(self) -> None:
        """The alerts of the past have left in the past: nobody is mailed about them today."""
        here = self.work.now
        self.work.now += timedelta(seconds=self.work.settings.alert_hold_seconds)
        while taken := outbox.take_due(self.work):
            for delivery in taken:
                outbox.delivered(self.work, delivery.id)
        self.work.now = here


def _says(body: str) -> MessageForm:
    return MessageForm.parse({"body": body, "client_id": str(uuid4())})


def tell_all(work: Work, cast: Cast) -> dict[str, Any]:
    """Tell every story of the demo; return the tickets."""
    story = Story(work)
    told = [
        _phone_changed(story, cast),
        _fee(story, cast),
        _withdrawal(story, cast),
        _deposit(story, cast),
        _document(story, cast),
        _tax_report(story, cast),
        _budis_deposit(story, cast),
        _guests_withdrawal(story, cast),
        _bank_account(story, cast),
    ]
    story.ends()
    return {"tickets": [about(work, cast.linh, ticket) for ticket in told]}


def about(work: Work, viewer: Viewer, opened: StoryTicket) -> dict[str, Any]:
    """Return what a tester needs to know of a ticket."""
    ticket: Ticket = tickets.find(work, viewer, opened.number)
    return {
        "number": ticket.number,
        "email": ticket.address,
        "subject": ticket.subject,
        "status": ticket.status,
        "url": f"{work.settings.public_url}{TICKET}{ticket.number}",
    }


def _phone_changed(story: Story, cast: Cast) -> StoryTicket:
    """Closed for good: longer ago than a reply reopens."""
    ticket = story.at(days=41).opens(
        cast.ana,
        "Sign-in code isn't accepted on my new phone",
        "I moved to a new phone yesterday. Every code from my authenticator app is refused now, at home and at work. "
        "The old phone is still here, but it goes back on Friday.",
    )
    story.at(days=41, hours=-2).replies(
        cast.linh,
        ticket,
        "Hello Ana, codes depend on the exact time. Please set the time of the new phone to automatic and try once "
        "more. If the code is still refused, move the authenticator again while you have the old phone.",
    )
    story.at(days=40).replies(cast.ana, ticket, "The clock was four minutes off. It works now, thank you!")
    story.at(days=40, hours=-1).resolves(cast.linh, ticket)
    story.at(days=39).confirms(ticket)
    return ticket


def _fee(story: Story, cast: Cast) -> StoryTicket:
    """Closed a few days ago: a reply reopens it."""
    ticket = story.at(days=9).opens(
        cast.ana,
        "Wrong fee on a BTC sale",
        "I sold 0.15 BTC on the 12th and paid the standard fee, although my account shows the lower one since the "
        "10th. Could you check this?",
    )
    story.at(days=8, hours=20).notes(
        cast.linh, ticket, "Level changed at 00:00 UTC, the sale was at 21:40 the day before."
    )
    story.at(days=8, hours=19).replies(
        cast.linh,
        ticket,
        "Hello Ana, the lower fee began at midnight UTC and your sale was two hours earlier, at 21:40 UTC. Your "
        "account page shows your local day, which makes this hard to see; we've passed that on.",
    )
    story.at(days=8).replies(cast.ana, ticket, "I see, the time zone! Thanks for looking it up.")
    story.at(days=7, hours=20).resolves(cast.linh, ticket)
    story.at(days=5).confirms(ticket)
    story.rates(ticket, 4, "Quick and clear.")
    return ticket


def _withdrawal(story: Story, cast: Cast) -> StoryTicket:
    """Waits for the customer: the team asked for details."""
    ticket = story.at(days=3).opens(
        cast.ana,
        "Withdrawal of 250 USDT stuck on “Processing”",
        "My withdrawal of 250 USDT has been on “Processing” since Thursday morning. I usually get it within minutes.",
    )
    story.at(days=2, hours=20).replies(
        cast.linh,
        ticket,
        "Hello Ana, thank you for writing. We're checking with our wallet team and will be back here today.",
    )
    story.at(days=2, hours=4).asks(
        cast.linh,
        ticket,
        "To release the withdrawal we need two details from you: the network you chose, and the first and last six "
        "characters of the receiving address.",
    )
    return ticket


def _deposit(story: Story, cast: Cast) -> StoryTicket:
    """Resolved: the customer is asked to confirm."""
    ticket = story.at(days=4).opens(
        cast.ana,
        "Deposit of 0.42 ETH is not in my balance",
        "I sent 0.42 ETH from my own wallet two days ago. The explorer shows more than 900 confirmations.\n\n"
        "Transaction ID: 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    )
    story.at(days=3, hours=18).replies(
        cast.linh,
        ticket,
        "Hello Ana, thank you for the transaction ID. The deposit came over a network that is credited by hand; our "
        "wallet team is on it.",
    )
    story.at(days=2).replies(cast.ana, ticket, "Good to know it isn't lost. Is there anything I have to do?")
    story.at(days=1, hours=6).replies(
        cast.linh, ticket, "Nothing at all: 0.42 ETH are in your balance now. Sorry for the long wait."
    )
    story.at(days=1, hours=5).resolves(cast.linh, ticket)
    return ticket


def _document(story: Story, cast: Cast) -> StoryTicket:
    """Budi's: answered, and read."""
    ticket = story.at(days=2).opens(
        cast.budi,
        "Dokumen identitas saya ditolak dua kali",
        "Saya sudah dua kali mengunggah paspor, tetapi selalu ditolak karena “tidak terbaca”. Menurut saya fotonya "
        "sudah jelas.",
    )
    story.at(days=1, hours=22).replies(
        cast.linh,
        ticket,
        "Halo Budi, ada pantulan cahaya di bagian bawah halaman, tepat pada dua baris kode. Mohon foto ulang di tempat "
        "terang tanpa lampu kilat, dengan keempat sudut terlihat.",
    )
    story.at(days=1, hours=20).replies(
        cast.budi, ticket, "Baik, sudah saya foto ulang di dekat jendela dan saya unggah."
    )
    story.at(hours=20).replies(
        cast.linh,
        ticket,
        "Terima kasih, fotonya sekarang terbaca. Pemeriksaan biasanya selesai dalam satu hari kerja.",
    )
    story.at(hours=19).reads(cast.budi, ticket)
    return ticket


def _tax_report(story: Story, cast: Cast) -> StoryTicket:
    """Answered, and not yet read by the customer."""
    ticket = story.at(days=1, hours=2).opens(
        cast.ana,
        "Tax report shows the wrong purchase price",
        "In my report for last year, the purchase price of the 12 SOL I moved in from another exchange is 0. "
        "How can I correct that?\n\nI followed https://example.com/help/tax-report so far.",
    )
    story.at(hours=3).replies(
        cast.linh,
        ticket,
        "Hello Ana, for coins that came from elsewhere the report can't know what you paid. Open the deposit in your "
        "history, choose “Add purchase price”, and create the report again.",
    )
    return ticket


def _budis_deposit(story: Story, cast: Cast) -> StoryTicket:
    """The customer wrote last: it is the team's turn."""
    ticket = story.at(hours=30).opens(
        cast.budi,
        "Deposit 1.500 USDT belum masuk",
        "Halo, saya mengirim 1.500 USDT kemarin pagi dan konfirmasinya sudah cukup, tetapi saldo saya belum berubah.",
    )
    story.at(hours=26).replies(
        cast.linh, ticket, "Halo Budi, terima kasih sudah menghubungi kami. Boleh kirim ID transaksinya?"
    )
    story.at(hours=1).replies(
        cast.budi,
        ticket,
        "Ini ID transaksinya: 7d9f0c1e55b1a4fd6a3d1f0c8a9e2b4c6d8e0f1a2b3c4d5e6f7a8b9c0d1e2f3a. "
        "Saya kirim lewat jaringan Tron.",
    )
    return ticket


def _guests_withdrawal(story: Story, cast: Cast) -> StoryTicket:
    """A guest's ticket: they come in by the link in an e-mail."""
    guest = Viewer(role=Role.GUEST, address=GUEST, name="Robin")
    ticket = story.at(hours=9).opens(
        guest,
        "I can't sign in to my account any more",
        "Since this morning I'm told that my account doesn't exist, although I used it last week. I write from the "
        "address that I signed up with.",
    )
    story.at(hours=6).replies(
        cast.linh,
        ticket,
        "Hello Robin, thank you for writing. Your account is there, but under another spelling of your address: there "
        "is a dot in the part before the @. Please try that one.",
    )
    return ticket


def _bank_account(story: Story, cast: Cast) -> StoryTicket:
    """New: nobody has answered yet."""
    return story.at(minutes=35).opens(
        cast.ana,
        "Can't add a bank account in another currency",
        "When I add my account in Swiss francs I get “This bank isn't supported”, but the help page lists it. I've "
        "tried the app and the website.",
    )
