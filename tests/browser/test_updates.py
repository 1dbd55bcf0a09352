"""Updates: what a customer was told of, live, leading to the tickets, marked as read at once."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import named
from tests.browser.test_accessibility import is_good_for_everybody


def entries(person: Person) -> Locator:
    """What stands in the list."""
    return person.page.get_by_test_id("update-row")


def shows(person: Person, *kinds: str) -> None:
    """See these entries, the newest first."""
    expect(entries(person)).to_have_count(len(kinds))
    for place, kind in enumerate(kinds):
        expect(entries(person).nth(place)).to_have_attribute("data-kind", kind)


@pytest.mark.scenario("new")
@pytest.mark.parametrize("phone", [False, True])
def test_what_happens_comes_into_the_list_and_leads_to_the_ticket(
    visitor: Visitor, linh: Person, number: int, phone: bool
):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.goes_to("/get-help")
    ana.presses("Menu" if phone else "Help")
    if phone:
        ana.presses("Get help")
    ana.chooses("Updates")
    ana.is_at("/updates")
    ana.sees_heading("No updates yet")
    expect(ana.button("Mark all as read")).to_have_count(0)

    linh.opens(number)
    linh.replies("Hello.")
    shows(ana, "reply")
    linh.presses("Resolve")
    shows(ana, "resolved", "reply")
    ana.sees("Today")
    expect(entries(ana).first).to_contain_text(str(number))
    expect(entries(ana).first).to_contain_text("Deposit of 0.42 ETH is not in my balance")
    expect(entries(ana).first).to_have_attribute("data-unread", "true")
    link = entries(ana).first.get_by_role("link", name=named("Your ticket is resolved: please confirm"))
    link.tap() if phone else link.click()
    ana.is_at(f"/tickets/{number}")
    ana.sees_message("Hello.")
    expect(ana.page.get_by_test_id("unread-badge")).to_have_count(0)
    ana.goes_to("/updates")
    shows(ana, "resolved", "reply")
    expect(entries(ana).first).to_have_attribute("data-unread", "false")


@pytest.mark.scenario("new")
def test_all_are_marked_as_read_in_every_tab_and_not_mailed(
    visitor: Visitor, linh: Person, portal: Portal, number: int
):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/updates")
    other = ana.opens_another_tab()
    other.goes_to("/tickets")
    linh.opens(number)
    linh.replies("Hello.")
    expect(other.page.get_by_test_id("unread-badge")).to_have_text("1")
    ana.presses("Mark all as read")
    expect(entries(ana)).to_have_attribute("data-unread", "false")
    expect(ana.page.get_by_test_id("unread-badge")).to_have_count(0)
    expect(other.page.get_by_test_id("unread-badge")).to_have_count(0)
    expect(other.row(number)).to_have_attribute("data-unread", "false")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(ana.address, "reply") == []


@pytest.mark.scenario("five-hundred-messages")
def test_older_ones_come_page_by_page_and_old_ones_go(visitor: Visitor, portal: Portal):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/updates")
    expect(entries(ana)).to_have_count(25)
    for shown in (50, 75):
        ana.presses("Show more")
        expect(entries(ana)).to_have_count(shown)
    seen = entries(ana).evaluate_all("rows => rows.map(row => row.querySelector('time').dateTime)")
    assert seen == sorted(seen, reverse=True)
    portal.lets_time_pass(days=91)
    ana.is_signed_in()  # sessions last thirty days
    ana.goes_to("/updates")
    ana.sees_heading("No updates yet")


@pytest.mark.scenario("demo")
def test_these_pages_are_good_for_everybody(ana: Person):
    ana.goes_to("/updates")
    expect(entries(ana).first).to_be_visible()
    expect(ana.page.get_by_test_id("unread-badge")).to_be_visible()
    is_good_for_everybody(ana)
    ana.goes_to("/settings")
    ana.page.get_by_role("switch", name=named("Quiet hours")).check()
    expect(ana.field("From")).to_be_visible()
    is_good_for_everybody(ana)


@pytest.mark.server("pair")
@pytest.mark.scenario("new")
def test_the_other_process_counts_too(visitor: Visitor, number: int):
    ana = visitor("ana").is_signed_in()
    linh = visitor("linh", at=1).is_signed_in()
    ana.goes_to("/get-help")
    linh.opens(number)
    linh.replies("From the second process.")
    expect(ana.page.get_by_test_id("unread-badge")).to_have_text("1")


@pytest.mark.scenario("new")
def test_it_is_for_customers_alone(visitor: Visitor, linh: Person, minh: Person):
    minh.page.goto(minh.portal.url + "/updates")
    expect(minh.page).to_have_url(re.compile(r"/sign-in\?next=%2Fupdates$|/sign-in\?next=/updates$"))
    linh.goes_to("/agent")
    linh.presses("Help")
    expect(linh.link("Updates")).to_have_count(0)
    linh.page.goto(linh.portal.url + "/updates")
    linh.is_at("/agent")
