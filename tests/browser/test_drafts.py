"""What somebody is writing is never lost: another device, signing out, a session that ends, a server that dies."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal

SAVED = re.compile(r"\d\d?[:.]\d\d")


def _is_saved(person: Person) -> None:
    expect(person.page.get_by_test_id("draft-saved")).to_have_text(SAVED)


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_draft_goes_along_to_another_device(visitor: Visitor, number: int):
    ana = visitor("ana").is_signed_in()
    ana.opens(number)
    ana.writes("It began on Monday, and")
    _is_saved(ana)

    phone = visitor("ana", phone=True).is_signed_in()
    phone.opens(number)
    expect(phone.field("Your reply")).to_have_value("It began on Monday, and")
    phone.writes("It began on Monday, and it goes on.")
    _is_saved(phone)
    ana.reloads()
    expect(ana.field("Your reply")).to_have_value("It began on Monday, and it goes on.")
    ana.presses("Send")
    ana.sees_message("It began on Monday, and it goes on.")
    phone.reloads()
    phone.composer_is_ready()
    expect(phone.field("Your reply")).to_have_value("")


@pytest.mark.scenario("new")
def test_a_draft_leaves_the_device_at_sign_out_and_comes_back(ana: Person, budi: Person, number: int):
    ana.opens(number)
    ana.writes("Half a sentence")
    _is_saved(ana)
    ana.goes_to("/settings")
    ana.page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    ana.sees("You're signed out.")
    assert "Half a sentence" not in ana.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")

    ana.is_signed_in()
    ana.opens(number)
    expect(ana.field("Your reply")).to_have_value("Half a sentence")
    budi.forgives("status of 404")
    budi.goes_to(f"/tickets/{number}")
    assert "Half a sentence" not in budi.page.content()


@pytest.mark.scenario("new")
def test_a_note_that_is_being_written_comes_back_as_a_note(linh: Person, ana: Person, number: int):
    linh.opens(number)
    linh.page.get_by_role("radio", name="Internal note").check(force=True)
    linh.writes("Called twice already")
    _is_saved(linh)
    linh.reloads()
    expect(linh.field("Your reply")).to_have_value("Called twice already")
    expect(linh.button("Add internal note")).to_be_enabled()
    ana.opens(number)
    assert "Called twice" not in ana.page.content()
    expect(ana.field("Your reply")).to_have_value("")


@pytest.mark.parametrize("language", ["fr"])
def test_a_new_ticket_that_is_being_written_comes_along(visitor: Visitor):
    ana = visitor("ana")
    ana.goes_to("/tickets/new")
    ana.types("Subject", "My card was declined")
    ana.types("Describe the problem", "Twice, in two shops")
    _is_saved(ana)
    ana.is_signed_in()
    ana.goes_to("/tickets/new")
    expect(ana.field("Describe the problem")).to_have_value("Twice, in two shops")
    _is_saved(ana)

    phone = visitor("ana", phone=True).is_signed_in()
    phone.goes_to("/tickets/new")
    expect(phone.field("Subject")).to_have_value("My card was declined")
    expect(phone.field("Describe the problem")).to_have_value("Twice, in two shops")
    phone.presses("Submit ticket")
    expect(phone.page.get_by_role("heading", name="My card was declined")).to_be_visible()
    ana.reloads()
    expect(ana.field("Describe the problem")).to_have_value("")


@pytest.mark.scenario("new")
@pytest.mark.server("mortal")
def test_a_draft_outlives_the_server(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    ana.opens(number)
    portal.servers[0].kill()
    ana.is_cut_off()
    ana.writes("Written while nobody listened")
    _is_saved(ana)
    portal.servers[0].start()
    ana.is_live(timeout=40_000)
    phone = visitor("ana", phone=True).is_signed_in()
    expect(phone.page).to_have_url(re.compile("."))
    phone.goes_to("/tickets")
    phone.opens(number)
    expect(phone.field("Your reply")).to_have_value("Written while nobody listened")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["es"])
def test_signing_in_again_leads_back_to_the_draft(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in()
    ana.opens(number)
    ana.writes("A long text that took me an hour")
    portal.lets_time_pass(days=31)
    ana.sees_heading("Your session ended")
    expect(ana.field("Your reply")).to_have_value("A long text that took me an hour")
    expect(ana.page.get_by_text("0.42 ETH")).to_have_count(0)
    ana.field("Your reply").press_sequentially(", and more")
    ana.chooses("Sign in again")
    ana.signs_in()
    ana.is_at(f"/tickets/{number}")
    ana.composer_is_ready()
    expect(ana.field("Your reply")).to_have_value("A long text that took me an hour, and more")


@pytest.mark.scenario("new")
def test_a_draft_is_there_after_a_reload(ana: Person, number: int):
    ana.opens(number)
    ana.writes("Half a sentence")
    ana.reloads()
    ana.composer_is_ready()
    ana.has_typed("Half a sentence")
