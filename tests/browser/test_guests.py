"""Guests: all tickets of an address, the code box inline, leaving, and switching from an account."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.guests import enters_the_code, links, proves, writes_in
from tests.browser.people import Person
from tests.browser.portal import Portal


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_file_goes_with_a_guests_reply(minh: Person, linh: Person, portal: Portal):
    writes_in(minh, "The code never comes")
    proves(minh, links(portal, minh.address)[0])
    with minh.page.expect_file_chooser() as chooser:
        minh.presses("Attach files")
    chooser.value.set_files([{"name": "log.txt", "mimeType": "text/plain", "buffer": b"Nothing came."}])
    minh.replies("Here is the log.")

    expect(minh.message("Here is the log.").get_by_test_id("attachment")).to_have_count(1)
    expect(minh.page.get_by_test_id("composer").get_by_test_id("attachment")).to_have_count(0)
    linh.goes_to("/agent")
    linh.chooses_ticket("The code never comes")
    expect(linh.message("Here is the log.").get_by_test_id("attachment")).to_have_count(1)


SAID = """() => {
  window.said = [];
  const heard = (changes) => changes.forEach(({ target }) => window.said.push(target.textContent));
  const news = [...document.querySelectorAll("[role=status].sr")];
  const all = { childList: true, subtree: true, characterData: true };
  news.forEach((it) => new MutationObserver(heard).observe(it, all));
}"""
HEARD = {
    text: f"(words) => window.said.filter((text) => text === words).length === {count}"
    for text, count in {"One.": 1, "Two.": 2, "Three.": 1, "Four.": 2}.items()
}


def test_every_message_is_announced_and_one_without_a_name_too(minh: Person, linh: Person, portal: Portal):
    writes_in(minh, "The code never comes")
    proves(minh, links(portal, minh.address)[0])
    linh.goes_to("/agent")
    linh.chooses_ticket("The code never comes")
    linh.composer_is_ready()
    for person in (minh, linh):
        person.page.evaluate(SAID)
    for text in ("One.", "Two."):
        minh.replies(text)
        linh.page.wait_for_function(HEARD[text], arg="New message from guest")
    for text in ("Three.", "Four."):
        linh.replies(text)
        minh.page.wait_for_function(HEARD[text], arg="New message from Linh")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_one_code_opens_all_tickets_of_the_address(minh: Person, visitor: Visitor, portal: Portal):
    for subject in ("First matter", "Second matter", "Third matter"):
        writes_in(minh, subject)
    phone = visitor("minh", phone=True)
    proves(phone, links(portal, minh.address)[0])
    expect(phone.page.get_by_role("heading", name="Third matter")).to_be_visible()
    phone.page.get_by_role("link", name=re.compile("2")).first.tap()
    phone.is_at("/guest/tickets")
    phone.sees_heading("Your tickets")
    expect(phone.page.get_by_test_id("ticket-row")).to_have_count(3)
    phone.page.get_by_role("link", name="First matter").tap()
    phone.sees_message("First matter: it began on Monday.")
    phone.sees("Signed in as guest")
    phone.composer_is_ready()
    phone.replies("And it goes on.")
    assert len(portal.mails(minh.address, "code")) == 1

    stranger = visitor("budi")
    stranger.goes_to(phone.page.url.removeprefix(portal.url).removeprefix(f"/{phone.language}"))
    stranger.is_at("/find-ticket")


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_guest_whose_session_ends_while_typing_goes_on_where_they_were(minh: Person, portal: Portal):
    writes_in(minh, "First matter")
    writes_in(minh, "Second matter")
    proves(minh, links(portal, minh.address)[0])
    minh.goes_to("/guest/tickets")
    minh.page.get_by_role("link", name="First matter").click()
    minh.composer_is_ready()
    minh.writes("A long text that took me an hour")
    portal.lets_time_pass(minutes=31)
    minh.sees_error("session_ended")
    expect(minh.field("Your reply")).to_have_value("A long text that took me an hour")
    expect(minh.page.get_by_text("First matter")).to_have_count(0)
    expect(minh.page.get_by_test_id("composer").get_by_role("button")).to_have_count(1)

    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    code = portal.mails(minh.address, "code")[0]["code"]
    minh.types("Verification code", "000000" if code != "000000" else "111111")
    minh.presses("Verify")
    minh.sees_error("code_wrong")
    expect(minh.field("Your reply")).to_have_value("A long text that took me an hour")
    enters_the_code(minh)
    minh.composer_is_ready()
    expect(minh.field("Your reply")).to_have_value("A long text that took me an hour")
    minh.presses("Send")
    minh.sees_message("A long text that took me an hour")


def test_leaving_takes_everything_off_the_device(minh: Person, portal: Portal):
    writes_in(minh, "First matter")
    proves(minh, links(portal, minh.address)[0])
    minh.writes("Half a sentence")
    other = minh.opens_another_tab()
    other.goes_to("/guest/tickets")
    expect(other.page.get_by_test_id("ticket-row")).to_have_count(1)
    minh.presses("Leave")
    minh.sees("You're signed out.")
    kept = "JSON.stringify({...localStorage, ...sessionStorage})"
    assert "Half a sentence" not in minh.page.evaluate(kept)
    assert "portal:" not in minh.page.evaluate(kept)
    expect(other.page.get_by_test_id("ticket-row")).to_have_count(0)
    expect(other.page.get_by_text("First matter")).to_have_count(0)


@pytest.mark.scenario("guest-ticket")
@pytest.mark.parametrize("language", ["es"])
def test_switching_the_account_leads_back_to_the_link(ana: Person, situation: dict[str, Any], portal: Portal):
    link = situation["link"].replace("/guest/", "/es/guest/")
    ana.follows_link(link)
    ana.presses("Switch account")
    ana.is_at("/sign-in")
    assert situation["token"] not in ana.page.url
    assert situation["token"] not in str(ana.context.cookies())
    ana.goes_to("/tickets")  # still signed in
    ana.sees_heading("My tickets")
    ana.goes_to("/sign-in")
    ana.address = "budi@example.com"
    ana.signs_in()
    expect(ana.page).to_have_url(re.compile(re.escape(f"/es/guest/{situation['token']}")))
    ana.is_live()
    ana.sees("Switch account")
    ana.address = situation["email"]
    ana.presses("Send code")
    enters_the_code(ana)
    expect(ana.page.get_by_role("heading", name=situation["subject"])).to_be_visible()
    ana.presses("Leave")
    ana.goes_to("/tickets")
    ana.sees_heading("My tickets")
