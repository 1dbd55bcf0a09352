"""How people choose to be told, and that it is so: switches, quiet hours, muted tickets, one-click unsubscribe."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import named


def switch(person: Person, name: str, group: str = "") -> Locator:
    """A switch of the settings page, by its name and its group's."""
    section = person.page.get_by_role("region", name=named("Alerts"))
    place = section.get_by_role("group", name=named(group)) if group else section
    return place.get_by_role("switch", name=named(name))


def flips(person: Person, it: Locator, *, on: bool) -> None:
    """Press a switch and see it kept."""
    it.press("Space")
    expect(it).to_be_checked(checked=on)
    expect(person.page.get_by_text(person.word("Saved"), exact=True)).to_be_visible()


@pytest.mark.scenario("new")
def test_choices_are_kept_with_the_keyboard_and_seen_in_the_other_tab(visitor: Visitor):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/settings")
    phone = visitor("ana", phone=True).is_signed_in()
    phone.goes_to("/settings")
    push = switch(ana, "Push", "Replies")
    expect(push).to_be_checked()
    expect(switch(ana, "Push", "Requests for details and reminders")).to_be_checked()
    flips(ana, push, on=False)
    expect(switch(phone, "Push", "Replies")).not_to_be_checked()
    expect(switch(phone, "Push", "Resolved, reopened, closed or joined")).to_be_checked()
    ana.reloads()
    expect(switch(ana, "Push", "Replies")).not_to_be_checked()
    flips(ana, switch(ana, "Push", "Replies"), on=True)
    expect(switch(phone, "Push", "Replies")).to_be_checked()


@pytest.mark.scenario("new")
def test_email_stays_on_while_push_reaches_nobody_and_security_always(ana: Person):
    ana.goes_to("/settings")
    email = switch(ana, "Email", "Replies")
    expect(email).to_be_checked()
    expect(email).to_be_disabled()
    expect(email).to_have_accessible_description(
        re.compile("Alerts come by email until push notifications work on one of your devices")
    )
    ana.sees("Codes, confirmations and security notices always come by email.")


@pytest.mark.scenario("new")
def test_alerts_wait_until_the_quiet_hours_end_and_codes_do_not(
    visitor: Visitor, linh: Person, portal: Portal, number: int
):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/settings")
    flips(ana, switch(ana, "Quiet hours"), on=True)
    # From now on for a day, but for the last hour: whenever this runs, it is in them.
    now, before = ana.page.evaluate(
        "[0, -1].map(h => new Date(Date.now() + h * 3600000).toISOString().slice(11, 16))"
    )
    ana.types("From", now)
    ana.types("Until", before)
    zones = "(it) => [...it.options].filter((one) => one.value).map((one) => one.label)"
    offered = ana.page.locator("#quiet_zone").evaluate(zones)
    assert "America/New York" in offered
    assert offered == ana.page.locator("#time_zone").evaluate(zones)
    ana.page.locator("#quiet_zone").select_option("UTC")
    ana.sees("Saved")
    ana.reloads()
    expect(ana.field("From")).to_have_value(now)
    expect(ana.field("Until")).to_have_value(before)

    linh.opens(number)
    linh.replies("One.")
    linh.replies("Two.")
    portal.lets_time_pass(hours=1)
    assert portal.mails(ana.address, "reply") == []
    stranger = visitor("ana")
    stranger.goes_to("/forgot-password")
    stranger.types("Email", ana.address)
    stranger.presses("Send code")
    expect(stranger.field("Verification code")).to_be_visible()
    assert len(portal.mails(ana.address, "code")) == 1
    portal.lets_time_pass(hours=22)
    assert len(portal.mails(ana.address, "reply")) == 1
    portal.lets_time_pass(hours=22)
    assert len(portal.mails(ana.address, "reply")) == 1


@pytest.mark.scenario("new")
def test_what_makes_no_sense_is_said(ana: Person):
    ana.goes_to("/settings")
    flips(ana, switch(ana, "Quiet hours"), on=True)
    ana.types("Until", "22:00")
    ana.sees_error("invalid")
    ana.types("Until", "06:30")
    expect(ana.page.get_by_test_id("form-error")).to_have_count(0)
    ana.sees("Saved")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("phone", [False, True])
def test_a_ticket_muted_on_its_page_sends_no_mail_until_it_is_unmuted(
    visitor: Visitor, linh: Person, portal: Portal, number: int, phone: bool
):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.opens(number)
    other = ana.opens_another_tab()
    other.opens(number)
    ana.presses("Mute")
    for tab in (ana, other):
        expect(tab.button("Mute")).to_have_attribute("aria-pressed", "true")
        tab.sees("Alerts about this ticket are off.")
    for tab in (ana, other):
        tab.goes_to("/get-help")
    linh.opens(number)
    expect(linh.button("Mute")).to_have_count(0)
    linh.replies("Hello.")
    expect(ana.page.get_by_test_id("unread-badge")).to_have_text("1")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(ana.address, "reply") == []

    ana.opens(number)
    ana.presses("Mute")
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "false")
    ana.goes_to("/get-help")
    linh.replies("Hello again.")
    portal.lets_time_pass(minutes=5)
    assert len(portal.mails(ana.address, "reply")) == 1


@pytest.mark.scenario("guest-ticket")
def test_a_guest_mutes_a_ticket_too(visitor: Visitor, linh: Person, portal: Portal, situation):
    guest = visitor("minh")
    guest.follows_link(situation["link"])
    guest.presses("Send code")
    expect(guest.field("Verification code")).to_be_visible()
    guest.types("Verification code", portal.mails("guest@example.com", "code")[0]["code"])
    guest.presses("Verify")
    guest.composer_is_ready()
    guest.presses("Mute")
    guest.sees("Alerts about this ticket are off.")
    guest.goes_to("/get-help")
    linh.opens(situation["number"])
    linh.replies("Hello.")
    portal.lets_time_pass(minutes=5)
    assert portal.mails("guest@example.com", "reply") == []


@pytest.mark.scenario("new")
def test_one_click_of_a_mail_program_mutes_the_ticket_and_its_open_page_says_so(
    visitor: Visitor, linh: Person, portal: Portal, number: int
):
    linh.opens(number)
    linh.replies("Hello.")
    portal.lets_time_pass(minutes=5)
    [mail] = portal.mails("ana@example.com", "reply")
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = portal.url + re.sub("^https?://[^/]+", "", mail["headers"]["List-Unsubscribe"].strip("<>"))
    ana = visitor("ana").is_signed_in()
    ana.opens(number)

    for method in ("GET", "HEAD", "GET"):  # mail scanners open links
        assert httpx.request(method, link).status_code == httpx.codes.OK
    assert httpx.put(link).status_code == httpx.codes.METHOD_NOT_ALLOWED
    ana.reloads()
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "false")

    answer = httpx.post(
        link,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == httpx.codes.OK
    assert "set-cookie" not in answer.headers
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "true")
    ana.goes_to("/get-help")
    linh.replies("Hello again.")
    portal.lets_time_pass(minutes=5)
    assert len(portal.mails(ana.address, "reply")) == 1

    # By hand, signed out: a page that explains, with one button.
    stranger = visitor("ana")
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text(str(number))
    stranger.page.get_by_role("button").click()
    ana.opens(number)
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "false")
