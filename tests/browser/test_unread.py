"""What is unread: a number on every page, live in every tab and on every device, and gone once it was read anywhere."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import named

# The browser's own interface for the number on an installed app's icon; what it is told is written down.
_ICON = """
window.icon = [];
navigator.setAppBadge = async (count) => { window.icon.push(count) };
navigator.clearAppBadge = async () => { window.icon.push(0) };
"""
_HIDDEN = (
    "Object.defineProperty(document, 'visibilityState', { get: () => window.shown ? 'visible' : 'hidden' });"
)


def badge(person: Person) -> Locator:
    """The number beside "Help" or "Menu"."""
    return person.page.get_by_test_id("unread-badge")


def counts(person: Person, number: int) -> None:
    """See this number of unread tickets: beside the button, in words, and in the tab's title; none at 0."""
    if number:
        expect(badge(person)).to_have_text(str(number))
        expect(person.page).to_have_title(re.compile(rf"^\({number}\) "))
    else:
        expect(badge(person)).to_have_count(0)
        expect(person.page).to_have_title(re.compile(r"^[^(]"))


@pytest.mark.scenario("new")
def test_an_answer_is_counted_in_every_tab_and_device_until_it_is_read_on_one(
    visitor: Visitor, linh: Person, number: int
):
    ana = visitor("ana").is_signed_in()
    ana.page.add_init_script(_ICON)
    ana.goes_to("/get-help")
    other_tab = ana.opens_another_tab()
    other_tab.goes_to("/settings")
    phone = visitor("ana", phone=True).is_signed_in()
    phone.goes_to("/")
    for place in (ana, other_tab, phone):
        counts(place, 0)

    linh.opens(number)
    linh.replies("Please look.")
    linh.replies("And once more.")
    for place in (ana, other_tab, phone):
        counts(place, 1)
        expect(badge(place)).to_be_visible()
    counts(linh, 0)
    assert ana.page.evaluate("window.icon.at(-1)") == 1

    phone.opens(number)
    for place in (ana, other_tab, phone):
        counts(place, 0)
    assert ana.page.evaluate("window.icon.at(-1)") == 0


@pytest.mark.scenario("new")
def test_a_badge_changes_no_name(visitor: Visitor, linh: Person, number: int):
    linh.opens(number)
    linh.replies("Please look.")
    for phone in (False, True):
        ana = visitor("ana", phone=phone).is_signed_in()
        ana.goes_to("/get-help")
        counts(ana, 1)
        ana.presses("Menu" if phone else "Help")
        if phone:
            ana.presses("Get help")
        link = ana.page.get_by_role("navigation" if phone else "banner").get_by_role(
            "link", name=named("Check your tickets" if phone else "My tickets")
        )
        expect(link).to_have_text(re.compile(r"1$"))
        link.tap() if phone else link.click()
        ana.is_at("/tickets")
        counts(ana, 1)


@pytest.mark.scenario("new")
def test_an_answer_that_is_read_as_it_comes_is_never_counted(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana").is_signed_in()
    ana.page.add_init_script(_ICON)
    linh.opens(number)
    ana.opens(number)
    for text in ("One.", "Two.", "Three."):
        linh.replies(text)
        ana.sees_message(text)
    ana.goes_to("/tickets")
    expect(ana.row(number)).to_have_attribute("data-unread", "false")
    counts(ana, 0)
    assert set(ana.page.evaluate("window.icon")) == {0}


@pytest.mark.scenario("new")
def test_what_stands_in_a_hidden_tab_is_not_read_and_the_mail_leaves(
    visitor: Visitor, linh: Person, portal: Portal, number: int
):
    ana = visitor("ana").is_signed_in()
    ana.page.add_init_script(_HIDDEN)
    linh.opens(number)
    ana.opens(number)
    linh.replies("Nobody looks at this.")
    ana.sees_message("Nobody looks at this.")
    counts(ana, 1)
    portal.lets_time_pass(minutes=1)
    assert len(portal.mails(ana.address, "reply")) == 1

    linh.replies("They come back to this one.")
    ana.sees_message("They come back to this one.")
    ana.page.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")
    counts(ana, 0)
    portal.lets_time_pass(minutes=5)
    assert len(portal.mails(ana.address, "reply")) == 1, "it was read before the second one was due"


@pytest.mark.scenario("guest-ticket")
def test_a_guest_counts_the_tickets_of_their_address(
    visitor: Visitor, linh: Person, portal: Portal, situation
):
    guest = visitor("minh")
    guest.address = "guest@example.com"
    guest.follows_link(situation["link"])
    counts(guest, 0)
    guest.presses("Send code")
    guest.types("Verification code", portal.mails(guest.address, "code")[0]["code"])
    guest.presses("Verify")
    guest.composer_is_ready()
    guest.goes_to("/get-help")
    linh.opens(situation["number"])
    linh.replies("Please look.")
    counts(guest, 1)
    guest.presses("Help")
    guest.page.get_by_role("banner").get_by_role("link", name=named("My tickets")).click()
    guest.is_at("/guest/tickets")
    guest.chooses_ticket(situation["number"])
    guest.sees_message("Please look.")
    counts(guest, 0)


@pytest.mark.scenario("new")
def test_an_unread_answer_is_marked_until_it_is_read(ana: Person, linh: Person, portal: Portal, number: int):
    ana.goes_to("/tickets")
    linh.opens(number)
    linh.replies("Please look.")
    expect(ana.row(number)).to_have_attribute("data-unread", "true")
    reading = ana.opens_another_tab()
    reading.opens(number)
    expect(ana.row(number)).to_have_attribute("data-unread", "false")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(ana.address, "reply") == [], "it was read before the alert was due"
