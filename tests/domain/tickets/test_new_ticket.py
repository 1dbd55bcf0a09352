"""New tickets: submitting them, as a customer, as a guest, and for somebody by the company's systems."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.cast import IP, asks_about, opens, reads, sees
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.errors import (
    BadAddress,
    EmptyMessage,
    Invalid,
    Missing,
    NotFound,
    TooFast,
    TooLong,
    TooMany,
)
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import new_ticket, tickets
from ticket_portal.domain.tickets.new_ticket import TicketForm


def test_a_customers_ticket_is_the_accounts(work, ana, budi):
    ticket = opens(work, ana)
    assert (ticket.account_id, ticket.address, ticket.proved_by) == (ana.account_id, ana.address, "account")
    assert ticket.status == "new"
    assert reads(work, ana, ticket.number) == ["Since Monday."]


def test_a_guests_ticket_belongs_to_an_address_that_is_not_proved_yet(work, minh):
    ticket = opens(work, minh)
    assert (ticket.account_id, ticket.address, ticket.proved_by) == (None, minh.address, "")
    assert ticket.requester == "Minh"


def test_a_stranger_who_types_a_customers_address_opens_nothing_in_the_account(work, ana):
    form = TicketForm.parse(
        NOBODY, {"email": ana.address, "subject": "Hi", "body": "Hi", "client_id": str(uuid4())}
    )
    ticket = new_ticket.submit(work, NOBODY, form, IP)

    assert ticket.account_id is None
    assert tickets.mine(work, ana).rows == []


def test_a_signed_in_customer_cannot_send_in_another_name(ana):
    form = TicketForm.parse(
        ana,
        {
            "email": "budi@example.com",
            "name": "Budi",
            "subject": "Hi",
            "body": "Hi",
            "client_id": str(uuid4()),
        },
    )
    assert (form.address, form.name) == (ana.address, ana.name)


def test_numbers_are_digits_and_never_twice(work, ana, minh):
    numbers = [opens(work, viewer).number for viewer in (ana, minh, ana)]
    assert len(set(numbers)) == 3
    assert min(numbers) >= 12345


def test_submitting_twice_opens_one_ticket(work, clock, ana, minh):
    for viewer in (ana, NOBODY):
        form = asks_about(ana if viewer is ana else minh)
        first = new_ticket.submit(work, viewer, form, IP)
        clock.advance(hours=1)
        assert new_ticket.submit(work, viewer, form, IP) is first
        assert len(reads(work, ana if viewer is ana else minh, first.number)) == 1


def test_submitting_twice_at_once_opens_one_ticket(store, ana):
    form = asks_about(ana)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: store.write(new_ticket.submit, ana, form, IP).number, range(12)))
    assert len(set(numbers)) == 1
    assert len(store.read(tickets.mine, ana).rows) == 1


def test_somebody_elses_form_id_gives_nothing_away(work, ana, minh, ticket):
    with pytest.raises(NotFound):
        new_ticket.submit(work, NOBODY, asks_about(minh, client_id=ticket.client_id), IP)


def test_new_tickets_of_a_customer_are_limited(work, settings, clock, ana, budi):
    settings.limit_tickets_per_hour = 2
    opens(work, ana)
    opens(work, ana)
    with pytest.raises(TooFast):
        opens(work, ana)
    opens(work, budi)
    clock.advance(hours=1)
    opens(work, ana)


def test_new_tickets_of_guests_are_limited_per_address_and_per_place(work, settings, clock, minh):
    settings.limit_guest_tickets_per_hour = 2
    settings.limit_guest_tickets_per_ip_per_hour = 3
    other = Viewer(role="guest", address="other@example.com")
    opens(work, minh, ip="192.0.2.1")
    opens(work, minh, ip="192.0.2.2")
    with pytest.raises(TooMany):
        opens(work, minh, ip="192.0.2.3")
    opens(work, other, ip="192.0.2.1")
    opens(work, Viewer(role="guest", address="third@example.com"), ip="192.0.2.1")
    with pytest.raises(TooMany):
        opens(work, other, ip="192.0.2.1")
    clock.advance(hours=1)
    opens(work, minh, ip="192.0.2.1")


def test_a_flood_at_once_gets_no_more_through_than_a_slow_one(store, settings, minh):
    settings.limit_guest_tickets_per_hour = 3

    def flood(_: int) -> int:
        try:
            store.write(opens, minh)
        except TooMany:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(flood, range(16))) == 3


GOOD = {"email": "minh@example.com", "subject": "Hi", "body": "Text", "client_id": str(uuid4())}


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"subject": ""}, Missing),
        ({"subject": " \n "}, Missing),
        ({"subject": None}, Missing),
        ({"subject": "\0"}, Missing),
        ({"subject": "x" * 151}, TooLong),
        ({"body": "  "}, EmptyMessage),
        ({"body": "x" * 10_001}, TooLong),
        ({"email": ""}, BadAddress),
        ({"email": None}, BadAddress),
        ({"email": "minh"}, BadAddress),
        ({"email": "minh@example.com, ana@example.com"}, BadAddress),
        ({"email": "minh@example.com\nBcc: ana@example.com"}, BadAddress),
        ({"email": "a" * 300 + "@example.com"}, BadAddress),
        ({"email": 12}, BadAddress),
        ({"email": "\ud800@example.com"}, BadAddress),
        ({"email": "\0minh@example.com"}, BadAddress),
        ({"client_id": "1"}, Invalid),
    ],
)
def test_what_is_not_accepted(typed, refusal):
    with pytest.raises(refusal):
        TicketForm.parse(NOBODY, GOOD | typed)
    assert TicketForm.parse(NOBODY, GOOD)


def test_lines_are_joined_and_long_names_cut(work):
    form = TicketForm.parse(NOBODY, GOOD | {"subject": " a \r\n b\0\ud800 ", "name": "x" * 500 + "\0"}, "tlh")
    assert (form.subject, len(form.name), form.language) == ("a b?", 80, "en")
    assert new_ticket.submit(work, NOBODY, form, IP).subject == "a b?"


def test_the_companys_systems_open_a_ticket_in_somebodys_name(work, linh, ana, minh):
    for_ana = new_ticket.submit_for(work, linh, asks_about(ana))
    for_minh = new_ticket.submit_for(work, linh, asks_about(minh))

    assert [r.number for r in tickets.mine(work, ana).rows] == [for_ana.number]
    assert [r.number for r in tickets.mine(work, minh).rows] == [for_minh.number]
    assert sees(work, ana, for_ana.number)[0].mine
    for viewer in (ana, minh, NOBODY):
        with pytest.raises(NotFound):
            new_ticket.submit_for(work, viewer, asks_about(minh))


def test_an_account_made_later_is_found_by_the_companys_systems(work, linh, minh):
    account = accounts.create(work, minh.address, "Minh", "-")
    assert new_ticket.submit_for(work, linh, asks_about(minh)).account_id == account.id
