"""Who writes of the same matter again is offered the ticket that is open; a guest only after the code."""

import re

import pytest
from playwright.sync_api import expect

from tests import samples
from tests.browser.people import Person
from tests.browser.portal import Portal


@pytest.mark.scenario("new")
def test_an_open_ticket_on_the_same_matter_is_offered(ana: Person, number: int):
    ana.goes_to("/tickets/new")
    ana.types("Subject", "My deposit of 0.42 ETH is not in my balance")
    ana.types("Describe the problem", "It was sent on Tuesday.")
    ana.sees("You already have an open ticket about this. You'll get an answer sooner if you reply there.")
    expect(ana.button("Submit ticket")).to_be_enabled()
    ana.page.locator("input[type=file]").set_input_files(
        [{"name": "wallet.png", "mimeType": "image/png", "buffer": samples.picture()}]
    )
    expect(ana.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    ana.presses("Continue in that ticket")
    ana.is_at(f"/tickets/{number}")
    ana.composer_is_ready()
    expect(ana.field("Your reply")).to_have_value(re.compile("It was sent on Tuesday."))
    ana.presses("Send")
    ana.sees_message("It was sent on Tuesday.")
    expect(ana.message("It was sent on Tuesday.").get_by_role("img", name="wallet.png")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_guest_continues_an_own_ticket_only_after_the_code(minh: Person, portal: Portal):
    subject, body = "My card was declined", "Yesterday evening, twice."
    minh.goes_to("/tickets/new")
    for name, text in (("Email", minh.address), ("Subject", subject), ("Describe the problem", body)):
        minh.types(name, text)
    minh.presses("Submit ticket")
    minh.sees_heading("We received your ticket")
    minh.goes_to("/tickets/new")
    for name, text in (("Email", minh.address), ("Subject", subject)):
        minh.types(name, text)
    minh.page.wait_for_timeout(1500)  # nothing may come: whoever types an address has proved nothing
    expect(minh.page.get_by_test_id("duplicates")).to_have_count(0)

    [confirmation] = portal.mails(minh.address)
    minh.follows_link(confirmation["link"])
    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    [mail] = portal.mails(minh.address, "code")
    minh.types("Verification code", mail["code"])
    minh.field("Verification code").press("Enter")
    expect(minh.page.get_by_role("heading", name=subject)).to_be_visible()

    minh.goes_to("/tickets/new")
    minh.types("Subject", subject)
    minh.types("Describe the problem", "And once more today.")
    minh.page.locator("input[type=file]").set_input_files(
        [{"name": "wallet.png", "mimeType": "image/png", "buffer": samples.picture()}]
    )
    expect(minh.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    minh.presses("Continue in that ticket")
    expect(minh.page.get_by_role("heading", name=subject)).to_be_visible()
    minh.composer_is_ready()
    expect(minh.field("Your reply")).to_have_value(re.compile("And once more today."))
    minh.presses("Send")
    minh.sees_message("And once more today.")
    expect(minh.message("And once more today.").get_by_role("img", name="wallet.png")).to_be_visible()
