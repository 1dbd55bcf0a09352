""" "This wasn't me": the ticket is locked for everybody who has the link, until the team unlocks it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.guests import proves, writes_in
from tests.browser.people import Person
from tests.browser.portal import CONTACT, Portal
from ticket_portal.i18n.catalogues import translate


@pytest.mark.parametrize("language", ["en", "fr"])
def test_this_was_not_me(minh: Person, linh: Person, portal: Portal):
    writes_in(minh, "Not mine at all")
    [mail] = portal.mails(minh.address)
    number = int(re.search(r"\d{5}", mail["subject"]).group())  # pyright: ignore[reportOptionalMemberAccess]
    linh.opens(number)
    minh.follows_link(mail["link"])
    minh.presses("This wasn't me")
    button = translate(minh.language, "This wasn't me")
    heading = translate(minh.language, "Didn't send ticket {number}?", number=number)
    expect(minh.page.get_by_role("heading", name=heading)).to_be_visible()
    expect(linh.page.get_by_test_id("ticket-locked")).to_have_count(0)
    minh.page.get_by_role("button", name=button).click()
    locked = translate(minh.language, "Thank you. Ticket {number} is locked", number=number)
    expect(minh.page.get_by_role("heading", name=locked)).to_be_visible()

    expect(linh.page.get_by_test_id("ticket-locked")).to_be_visible()
    linh.replies("Is anybody there?")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(minh.address, "reply") == []
    minh.forgives("status of 404")
    minh.follows_link(mail["link"])
    minh.sees_heading("This link is no longer valid")
    linh.presses("Unlock")
    expect(linh.page.get_by_test_id("ticket-locked")).to_have_count(0)
    linh.replies("Hello again.")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(minh.address, "reply")


def test_an_open_page_of_a_locked_ticket_says_so(minh: Person, portal: Portal):
    writes_in(minh, "Not mine at all")
    [mail] = portal.mails(minh.address)
    proves(minh, mail["link"])
    not_me = re.search(r"https?://\S+/notifications/not-me/\S+", mail["text"])
    assert not_me
    other = minh.opens_another_tab()
    other.page.goto(portal.url + re.sub("^https?://[^/]+", "", not_me.group()))
    other.page.get_by_role("button", name="This wasn't me").click()
    minh.sees_heading("This ticket is locked")
    expect(minh.page.get_by_text("Not mine at all")).to_have_count(0)
    # What the operator set when the server started; the front end was built without it.
    link = minh.page.get_by_test_id("contact").get_by_role("link", name=CONTACT)
    expect(link).to_have_attribute("href", f"mailto:{CONTACT}")
