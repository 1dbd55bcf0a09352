"""Writing once: the own open ticket on the same matter is found, and nobody else's."""

from uuid import uuid4

import pytest

from tests.cast import IP, asks_about, opens, says
from ticket_portal.domain.errors import NotFound
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import duplicates, messages, new_ticket, tickets
from ticket_portal.domain.tickets.new_ticket import TicketForm

TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


def found(work, viewer, subject: str = "", body: str = "") -> list[tuple[int, str]]:
    return [(d.number, d.reason) for d in duplicates.find(work, viewer, subject, body)]


def test_the_same_transaction_is_found_wherever_it_was_named(work, ana, linh):
    first = opens(work, ana, "Where is my money?")
    opens(work, ana, "Card declined")
    messages.reply(work, ana, first.number, says(f"It is https://mempool.space/tx/{TXID.upper()}."))
    assert found(work, ana, "Payout", f"TXID {TXID}") == [(first.number, "transaction")]


def test_a_note_of_the_team_gives_nothing_away(work, ana, linh, ticket):
    messages.note(work, linh, ticket.number, says(f"See {TXID}"))
    assert found(work, ana, "Payout", TXID) == []


@pytest.mark.parametrize(
    ("subject", "alike"),
    [
        ("Withdrawal is pending", True),
        ("My withdrawal is pending since Monday", True),
        ("PENDING withdrawal", True),
        ("withdrawal", False),
        ("My card is declined", False),
        ("", False),
    ],
)
def test_a_subject_of_mostly_the_same_words_is_found(work, ana, ticket, subject, alike):
    assert found(work, ana, subject) == ([(ticket.number, "subject")] if alike else [])


def test_accents_make_no_difference(work, ana):
    number = opens(work, ana, "Rút tiền bị chậm").number
    assert found(work, ana, "rut tien bi cham") == [(number, "subject")]


def test_what_is_closed_is_not_offered(work, ana, linh, ticket):
    tickets.resolve(work, linh, ticket.number)
    assert found(work, ana, ticket.subject) == [(ticket.number, "subject")]
    tickets.confirm_solved(work, ana, ticket.number)
    assert found(work, ana, ticket.subject) == []


def test_everybody_finds_their_own_alone(work, ana, budi, minh, linh, ticket, guest_ticket):
    subject = ticket.subject
    assert found(work, ana, subject) == [(ticket.number, "subject")]
    assert found(work, minh, subject) == [(guest_ticket.number, "subject")]
    for stranger in (budi, linh, NOBODY):
        assert found(work, stranger, subject) == []


def test_a_guest_gets_a_link_to_their_own_ticket_only(work, minh, ana, ticket, guest_ticket):
    token = access.link_to_own(work, minh, guest_ticket.number)
    assert access.open_link(work, token).ticket.id == guest_ticket.id
    for viewer, number in ((minh, ticket.number), (ana, ticket.number), (NOBODY, guest_ticket.number)):
        with pytest.raises(NotFound):
            access.link_to_own(work, viewer, number)


def test_a_topic_is_kept_and_anything_else_is_none(work, ana):
    for topic, kept in (("card", "card"), ("", ""), ("nonsense", ""), (7, ""), ([], "")):
        typed = {"subject": "Hello", "body": "There", "client_id": str(uuid4()), "topic": topic}
        ticket = new_ticket.submit(work, ana, TicketForm.parse(ana, typed), IP)
        assert ticket.topic == kept
    assert asks_about(ana).topic == ""
