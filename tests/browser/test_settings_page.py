"""The settings: profile, devices, password, address, one's own data, leaving for good."""

import io
import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import PASSWORD
from tests.browser.test_accessibility import is_good_for_everybody

NEW_PASSWORD = "a quiet harbour"
NEW_ADDRESS = "ana.new@example.com"


def _zone(person: Person) -> Locator:
    return person.page.get_by_role("combobox", name=person.word("Time zone"))


@pytest.mark.parametrize("phone", [False, True])
def test_a_name_and_a_zone_of_ones_own(visitor: Visitor, phone: bool):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.goes_to("/settings")
    ana.types("Name", "")
    ana.presses("Save profile")
    ana.sees_error("missing")
    ana.types("Name", "Ana María")
    _zone(ana).select_option("Pacific/Kiritimati")
    ana.presses("Save profile")
    ana.sees("Saved.")
    ana.reloads()
    ana.has_typed("Ana María", "Name")
    expect(_zone(ana)).to_have_value("Pacific/Kiritimati")
    is_good_for_everybody(ana)


def test_times_are_shown_in_the_zone_that_was_chosen(visitor: Visitor):
    ana = visitor("ana").is_signed_in()
    ana.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    ana.page.wait_for_url(re.compile(r"/tickets/\d+$"))
    time = ana.page.get_by_test_id("message").first.locator("time")
    before = time.inner_text()
    ana.goes_to("/settings")
    _zone(ana).select_option("Asia/Kathmandu")
    ana.presses("Save profile")
    ana.sees("Saved.")
    ana.page.go_back()
    ana.is_live()
    expect(time).not_to_have_text(before)


@pytest.mark.parametrize("phone", [False, True])
def test_a_device_is_signed_out_from_another(visitor: Visitor, phone: bool):
    here, there = visitor("ana", phone=phone).is_signed_in(), visitor("ana").is_signed_in()
    there.goes_to("/tickets")
    here.goes_to("/settings")
    devices = here.page.get_by_test_id("sign-in")
    expect(devices.filter(has_text="This device")).to_have_count(1)
    count = devices.count()
    here.page.get_by_role("button", name=re.compile("^End session: Chrome on ")).first.click()
    expect(devices).to_have_count(count - 1)
    expect(here.page.get_by_role("list").filter(has=devices)).to_be_focused()
    there.page.goto(there.portal.url + "/settings")
    there.is_at("/sign-in")


def test_signing_out_everywhere_ends_open_pages_at_once(visitor: Visitor):
    here, there = visitor("ana").is_signed_in(), visitor("ana").is_signed_in()
    there.goes_to("/tickets")
    here.goes_to("/settings")
    here.presses("Sign out everywhere")
    here.is_at("/")
    expect(there.page).to_have_url(re.compile("/sign-in"), timeout=5_000)


@pytest.mark.parametrize("phone", [False, True])
def test_a_new_password(visitor: Visitor, portal: Portal, phone: bool):
    here, there = visitor("ana", phone=phone).is_signed_in(), visitor("ana").is_signed_in()
    there.goes_to("/tickets")
    here.goes_to("/settings")
    here.chooses("Change password")
    here.types("Current password", "not the password")
    here.types("New password", NEW_PASSWORD)
    here.presses("Save new password")
    here.sees_error("not_your_password")
    is_good_for_everybody(here)
    here.types("Current password", PASSWORD)
    here.types("New password", NEW_PASSWORD)
    here.presses("Save new password")
    here.sees("Your password was changed. You've been signed out everywhere else.")
    expect(there.page).to_have_url(re.compile("/sign-in"), timeout=5_000)
    there.signs_in(NEW_PASSWORD)
    told, new_sign_in = portal.mails(here.address, "security")
    assert told["subject"] == "Your password was changed"
    assert new_sign_in["subject"] == "New sign-in to your account"


@pytest.mark.parametrize("phone", [False, True])
def test_a_new_address(visitor: Visitor, portal: Portal, phone: bool):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.goes_to("/settings")
    ana.chooses("Change email address")
    ana.sees_heading("Change email address")
    ana.types("Email", NEW_ADDRESS)
    ana.types("Password", PASSWORD)
    ana.presses("Send code")
    ana.is_at("/settings/email/code")
    ana.sees("We sent a 6-digit code to {address}.", address=NEW_ADDRESS)
    is_good_for_everybody(ana)
    [code] = portal.mails(NEW_ADDRESS, "code")
    ana.types("Verification code", code["code"])
    ana.presses("Verify")
    ana.sees("Your email address was changed.")
    expect(ana.page.get_by_role("main").get_by_text(NEW_ADDRESS)).to_be_visible()
    [told] = portal.mails(ana.address, "security")
    assert NEW_ADDRESS not in told["text"]


@pytest.mark.parametrize("phone", [False, True])
def test_ones_own_data_as_a_file(visitor: Visitor, phone: bool):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    ana.page.wait_for_url(re.compile(r"/tickets/\d+$"))
    number = ana.number
    ana.goes_to("/settings")
    ana.chooses("Download your data")
    ana.types("Password", PASSWORD)
    is_good_for_everybody(ana)
    with ana.page.expect_download() as download:
        ana.presses("Download")
    content = ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert "Since Monday my card is refused." in content.read(f"tickets/{number}/ticket.html").decode()
    # The page is still there, and so is its connection.
    expect(ana.button("Download")).not_to_have_attribute("data-busy", "true")
    ana.is_live()
    with ana.page.expect_download():
        ana.presses("Download")


def test_what_is_switched_on_is_seen_in_forced_colors(ana: Person):
    ana.page.emulate_media(forced_colors="active")
    ana.goes_to("/settings")
    colors = """(it) => [getComputedStyle(it), getComputedStyle(it, "::before")].map((one) => one.backgroundColor)"""
    switches = ana.page.get_by_role("switch")
    on, off = (
        switches.and_(ana.page.locator(state)).first.evaluate(colors)
        for state in (":checked", ":not(:checked)")
    )
    assert on[0] != on[1]
    assert off[0] != off[1]
    assert on != off


def test_leaving_for_good_and_thinking_better_of_it(visitor: Visitor, portal: Portal):
    ana, linh = visitor("ana").is_signed_in(), visitor("linh").is_signed_in()
    ana.submits_a_ticket("Card was refused", "Since Monday my card is refused.")
    ana.page.wait_for_url(re.compile(r"/tickets/\d+$"))
    number = ana.number
    for _ in range(2):
        ana.goes_to("/settings")
        ana.chooses("Delete your account")
        ana.types("Password", PASSWORD)
        is_good_for_everybody(ana)
        ana.presses("Delete my account")
        ana.is_at("/settings")
        expect(ana.page.get_by_test_id("deletion")).to_be_visible()
        is_good_for_everybody(ana)
        if _ == 0:
            ana.presses("Keep my account")
            ana.sees("Your account will be kept.")
    portal.lets_time_pass(days=14)
    ana.page.goto(portal.url + "/settings")
    ana.is_at("/sign-in")
    linh.goes_to("/sign-in")
    linh.signs_in()
    linh.goes_to(f"/agent/tickets/{number}")
    linh.sees("Deleted customer")
    linh.sees("The customer deleted their account. All messages and files have been removed.")
    expect(linh.page.get_by_test_id("ticket-locked")).to_have_count(0)
    assert portal.mails(ana.address, "security")[0]["subject"] == "Your account was deleted"
