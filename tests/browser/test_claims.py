"""Becoming a customer: the tickets one sent as a guest come into the account, and can be given back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.guests import enters_the_code, links, writes_in
from tests.browser.people import Person
from tests.browser.portal import Portal


@pytest.mark.parametrize("language", ["id"])
def test_a_guest_becomes_a_customer(minh: Person, linh: Person, portal: Portal):
    for subject in ("First matter", "Second matter"):
        writes_in(minh, subject)
    link = links(portal, minh.address)[0]
    minh.goes_to("/sign-up")
    minh.types("Name", "Minh")
    minh.types("Email", minh.address)
    minh.types("Password", "a longer sentence of mine")
    minh.presses("Create account")
    enters_the_code(minh)
    minh.is_at("/tickets")
    minh.is_live()
    offer = minh.page.get_by_test_id("claim-offer")
    expect(offer).to_contain_text("2")
    expect(minh.page.get_by_test_id("ticket-row")).to_have_count(0)
    minh.presses("Add")
    expect(minh.page.get_by_test_id("ticket-row")).to_have_count(2)
    expect(offer).to_have_count(0)
    number = int(minh.page.get_by_test_id("ticket-row").first.locator(".num").inner_text())
    assert portal.mails(minh.address, "security")[0]["locale"] == "id"
    linh.opens(number)
    linh.sees("{name} added this ticket to their account", name="Minh")
    linh.replies("Hello as a customer.")
    portal.lets_time_pass(seconds=30)
    assert portal.mails(minh.address, "reply")[0]["link"].endswith(f"/id/tickets/{number}")

    minh.goes_to("/settings")
    minh.presses("Undo")
    minh.is_at("/tickets")
    expect(offer).to_be_visible()
    minh.presses("Add")
    expect(minh.page.get_by_test_id("ticket-row")).to_have_count(2)
    portal.lets_time_pass(days=8)
    minh.follows_link(link)
    minh.is_at(f"/tickets/{_number_of(portal, link)}")


def _number_of(portal: Portal, link: str) -> int:
    [mail] = [m for m in portal.mails("minh@example.net", "confirmation") if m["link"] == link]
    return int(re.search(r"\d{5}", mail["subject"]).group())  # pyright: ignore[reportOptionalMemberAccess]


def test_an_old_account_proves_its_address_before_it_gets_the_tickets(
    ana: Person, budi: Person, visitor: Visitor, portal: Portal
):
    ana.goes_to("/tickets")
    expect(ana.page.get_by_test_id("claim-offer")).to_have_count(0)
    guest = visitor("minh")
    guest.address = ana.address
    writes_in(guest, "Sent without signing in")
    ana.goes_to("/tickets")
    ana.presses("Not now")
    ana.reloads()
    expect(ana.heading("My tickets")).to_be_visible()
    expect(ana.page.get_by_test_id("claim-offer")).to_have_count(0)
    ana.page.evaluate("localStorage.clear()")
    ana.reloads()
    ana.presses("Add")
    enters_the_code(ana)
    expect(ana.page.get_by_test_id("ticket-row")).to_have_count(1)
    ana.presses("Undo")
    expect(ana.page.get_by_test_id("claim-offer")).to_be_visible()
    budi.goes_to("/tickets")
    budi.sees_heading("You have no tickets yet")
    expect(budi.page.get_by_test_id("claim-offer")).to_have_count(0)


def test_an_undo_too_many_says_why_nothing_happens(ana: Person, visitor: Visitor):
    guest = visitor("minh")
    guest.address = ana.address
    writes_in(guest, "Sent without signing in")
    ana.goes_to("/tickets")
    ana.presses("Add")
    enters_the_code(ana)
    expect(ana.page.get_by_test_id("ticket-row")).to_have_count(1)
    for _ in range(19):  # as many as there may be in an hour, with the first one
        ana.context.request.post(
            f"{ana.portal.url}/auth/claim", headers={"Origin": ana.portal.url}, max_redirects=0
        )
    ana.presses("Undo")
    ana.sees_error("too_many")
    expect(ana.page.get_by_test_id("ticket-row")).to_have_count(1)
    expect(ana.page.get_by_test_id("claim-added")).to_be_visible()
