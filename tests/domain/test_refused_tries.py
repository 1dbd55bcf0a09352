"""A try that is refused is a try all the same: it counts, and what it wanted to do is taken back."""

from uuid import uuid4

import pytest
from sqlmodel import col, func, select

from tests.cast import IP, asks_about, opens, says
from ticket_portal.domain import limits, sessions
from ticket_portal.domain.errors import (
    BadDetail,
    CardFound,
    FileGone,
    OwnCodeFound,
    PhraseFound,
    TooFast,
    TooMany,
)
from ticket_portal.domain.limits import Limit
from ticket_portal.domain.operations import feedback
from ticket_portal.domain.operations.feedback import FeedbackForm
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import messages, new_ticket, resolution, tickets
from ticket_portal.domain.tickets.messages import AnswersForm, MessageForm
from ticket_portal.domain.tickets.new_ticket import TicketForm
from ticket_portal.domain.tickets.resolution import RatingForm
from ticket_portal.store.tables import Account, LimitHit, Message, Ticket
from ticket_portal.store.unit_of_work import Store, Work

CARD = "My card is 4111 1111 1111 1111."
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
STRANGER = Viewer(role="guest", address="stranger@example.com", name="Stranger")


@pytest.fixture
def customer(store: Store) -> Viewer:
    return store.read(
        lambda work: sessions.of_account(
            work.session.exec(select(Account).where(Account.address == "ana@example.com")).one()
        )
    )


@pytest.fixture
def number(store: Store, customer: Viewer) -> int:
    return store.write(opens, customer).number or 0


def uses(work: Work, rule: str) -> int:
    return work.session.exec(select(func.count()).where(col(LimitHit.rule) == rule)).one()


def test_refused_tickets_of_a_stranger_meet_the_limit(store: Store):
    """Forty-five texts with a card from one address, which none of them opened a ticket for: five were looked at."""
    refusals = []
    for _ in range(45):
        form = asks_about(STRANGER, body=CARD)
        with pytest.raises((CardFound, TooMany)) as refused:
            store.write(new_ticket.submit, NOBODY, form, IP)
        refusals.append(refused.value.code)
    most = store.settings.limit_guest_tickets_per_hour
    assert refusals == ["secret_card"] * most + ["too_many"] * (45 - most)
    assert store.read(lambda work: work.session.exec(select(func.count()).select_from(Ticket)).one()) == 0


def test_refused_tickets_for_many_addresses_meet_the_limit_of_the_visitor(store: Store):
    most = store.settings.limit_guest_tickets_per_ip_per_hour
    for n in range(most):
        with pytest.raises(PhraseFound):
            store.write(
                new_ticket.submit, NOBODY, asks_about(Viewer(address=f"a{n}@example.com"), body=PHRASE), IP
            )
    with pytest.raises(TooMany):
        store.write(new_ticket.submit, NOBODY, asks_about(STRANGER), IP)
    store.write(new_ticket.submit, NOBODY, asks_about(STRANGER), "198.51.100.1")


def test_a_visitor_at_the_limit_uses_up_nobody_elses(store: Store):
    """Refused for his own limit, he goes on to name the address of a customer: her own tickets are still taken."""
    for n in range(store.settings.limit_guest_tickets_per_ip_per_hour):
        store.write(new_ticket.submit, NOBODY, asks_about(Viewer(address=f"a{n}@example.com")), IP)
    for _ in range(20):
        with pytest.raises(TooMany):
            store.write(new_ticket.submit, NOBODY, asks_about(STRANGER), IP)
    store.write(new_ticket.submit, NOBODY, asks_about(STRANGER), "198.51.100.1")


@pytest.mark.parametrize(
    ("typed", "refusal"), [({"body": CARD}, CardFound), ({"body": "", "files": [str(uuid4())]}, FileGone)]
)
def test_refused_replies_meet_the_limit(
    store: Store, customer: Viewer, number: int, typed: dict, refusal: type
):
    for _ in range(store.settings.limit_messages_per_10_minutes):
        form = MessageForm.parse({**typed, "client_id": str(uuid4())})
        with pytest.raises(refusal):
            store.write(messages.reply, customer, number, form)
    with pytest.raises(TooFast):
        store.write(messages.reply, customer, number, says("Hello?"))
    said = store.read(lambda work: work.session.exec(select(Message.body)).all())
    assert said == ["Since Monday."]


def test_refused_answers_meet_the_limit(store: Store, customer: Viewer, number: int, linh_of: Viewer):
    asked = MessageForm.parse_request(
        {"items": [{"kind": "amount"}, {"kind": "text", "label": "Why?"}], "client_id": str(uuid4())}
    )
    request = store.write(messages.request_details, linh_of, number, asked).seq
    wrong = [({"place": 0, "value": "no amount"}, BadDetail), ({"place": 1, "value": CARD}, CardFound)]
    for n in range(store.settings.limit_messages_per_10_minutes):
        given, refusal = wrong[n % 2]
        form = AnswersForm.parse({"request": request, "given": [given], "client_id": str(uuid4())})
        with pytest.raises(refusal):
            store.write(messages.answer_details, customer, number, form)
    right = {"request": request, "given": [{"place": 0, "value": "1 ETH"}], "client_id": str(uuid4())}
    with pytest.raises(TooFast):
        store.write(messages.answer_details, customer, number, AnswersForm.parse(right))


def test_refused_ratings_and_opinions_are_counted(
    store: Store, customer: Viewer, number: int, linh_of: Viewer
):
    store.write(resolution.close, linh_of, number)
    with pytest.raises(CardFound):
        store.write(resolution.rate, customer, number, RatingForm(5, CARD))
    with pytest.raises(CardFound):
        store.write(feedback.rate, FeedbackForm("alerts", "en", helpful=False, missing=CARD), "browser", IP)
    assert store.read(uses, "ratings") == store.read(uses, "feedback_ip") == 1


def test_the_same_client_id_returns_what_was_sent_before_whatever_comes_with_it(
    store: Store, customer: Viewer, number: int
):
    """A browser that sends once more what arrived gets the same answer, also if the text is not the same."""
    client_id = str(uuid4())
    first = store.write(messages.reply, customer, number, says("It's 12 USDT.", client_id))
    again = store.write(messages.reply, customer, number, says(CARD, client_id))
    assert (again.id, again.body) == (first.id, "It's 12 USDT.")
    ticket = store.write(new_ticket.submit, customer, asks_about(customer, client_id=client_id), IP)
    same = store.write(new_ticket.submit, customer, asks_about(customer, body=CARD, client_id=client_id), IP)
    assert same.number == ticket.number


def test_a_name_is_no_place_for_a_secret(store: Store):
    typed = {"subject": "Hello", "body": "There", "email": STRANGER.address, "client_id": str(uuid4())}
    with pytest.raises(CardFound):
        store.write(new_ticket.submit, NOBODY, TicketForm.parse(NOBODY, typed | {"name": CARD}), IP)


def test_a_guess_at_a_code_is_counted_when_it_is_right(store: Store, customer: Viewer, number: int):
    from tests.cast import BROWSER, code_for
    from ticket_portal.domain.accounts import codes
    from ticket_portal.domain.accounts.codes import CodeScope

    store.write(codes.send, CodeScope("reset", customer.address, BROWSER, IP), "en")
    code = store.write(code_for, customer.address)
    with pytest.raises(OwnCodeFound):
        store.write(messages.reply, customer, number, says(code))
    assert store.read(uses, "code_mentions") == 1


def test_what_broke_by_a_fault_of_ours_is_counted_too(store: Store):
    def breaks(work: Work) -> None:
        limits.spend(work, Limit("three", 3), "ana")
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            store.write(breaks)
    with pytest.raises(TooMany):
        store.write(breaks)
    assert store.read(uses, "three") == 3


def test_what_is_done_counts_once(store: Store, customer: Viewer, number: int):
    store.write(messages.reply, customer, number, says("Hello?"))
    assert store.read(uses, "messages") == store.read(uses, "tickets") == 1
    assert store.read(lambda work: tickets.find(work, customer, number).last_seq) == 2


@pytest.fixture
def linh_of(store: Store) -> Viewer:
    return store.read(
        lambda work: sessions.of_account(
            work.session.exec(select(Account).where(Account.address == "linh@example.com")).one()
        )
    )
