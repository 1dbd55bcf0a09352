"""Who sees what, from the first sign-in to the last tab after signing out."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.guests import enters_the_code
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.reader import PASSWORD

TWO_SECONDS = 2_000


@pytest.mark.parametrize("language", ["en", "fr"])
def test_somebody_makes_an_account(visitor: Visitor, portal: Portal):
    minh = visitor("minh")
    minh.goes_to("/sign-up")
    minh.types("Name", "Minh")
    minh.types("Email", minh.address)
    minh.types("Password", "short")
    minh.presses("Create account")
    minh.sees_error("password_too_short")
    expect(minh.field("Email")).to_have_value(minh.address)
    minh.types("Password", "a longer sentence of mine")
    minh.presses("Create account")
    expect(minh.field("Verification code")).to_be_visible()
    [mail] = portal.mails(minh.address, "code")
    assert mail["locale"] == minh.language
    minh.types("Verification code", "000000" if mail["code"] != "000000" else "111111")
    minh.presses("Verify")
    minh.sees_error("code_wrong")
    minh.types("Verification code", mail["code"])
    minh.presses("Verify")
    minh.is_at("/tickets")
    minh.sees_heading("You have no tickets yet")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["vi"])
def test_a_sign_in_leads_back_to_where_one_was_going(visitor: Visitor, number: int):
    ana = visitor("ana")
    ana.page.goto(ana.portal.url + f"/vi/tickets/{number}")
    ana.is_at("/sign-in")
    ana.is_live()
    ana.signs_in("not the password")
    ana.sees_error("wrong_password")
    expect(ana.field("Email")).to_have_value(ana.address)
    ana.types("Password", PASSWORD)
    ana.presses("Sign in")
    ana.is_at(f"/tickets/{number}")
    ana.sees_message("Since Monday.")


@pytest.mark.parametrize("language", ["uk"])
def test_signing_in_needs_no_script(visitor: Visitor):
    ana = visitor("ana", scripts=False)
    ana.page.goto(f"{ana.portal.url}/uk/sign-in")
    ana.signs_in()
    ana.is_at("/tickets")


@pytest.mark.scenario("new")
def test_signing_out_clears_every_tab_and_the_device(ana: Person, number: int):
    ana.opens(number)
    ana.writes("Half a sentence")
    other = ana.opens_another_tab()
    other.goes_to("/tickets")
    expect(other.row(number)).to_be_visible()
    leaving = ana.opens_another_tab()
    leaving.goes_to("/settings")
    leaving.page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(ana.heading("Your session ended")).to_be_visible(timeout=TWO_SECONDS)
    expect(other.row(number)).to_have_count(0, timeout=TWO_SECONDS)
    leaving.sees("You're signed out.")
    for tab in (ana, other):
        assert "Deposit of 0.42 ETH" not in tab.page.content()
    kept = leaving.page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('portal:'))")
    assert kept == []


@pytest.mark.scenario("new")
def test_a_new_password_ends_the_other_browsers(ana: Person, visitor: Visitor, portal: Portal, number: int):
    ana.opens(number)
    at_home = visitor("ana", "es")
    at_home.goes_to("/sign-in")
    at_home.chooses("Forgot your password?")
    at_home.sees_heading("Forgot your password?")
    at_home.types("Email", at_home.address)
    at_home.presses("Send code")
    at_home.is_at("/reset-password")
    [mail] = portal.mails(at_home.address, "code")
    at_home.types("Verification code", mail["code"])
    at_home.types("Password", "another sentence of mine")
    at_home.presses("Save new password")
    ana.sees_heading("Your session ended")
    at_home.sees("Your new password is set. Use it to sign in.")
    at_home.signs_in("another sentence of mine")
    at_home.is_at("/tickets")


@pytest.mark.scenario("new")
def test_a_session_that_ends_while_typing_keeps_the_text(ana: Person, portal: Portal, number: int):
    ana.opens(number)
    ana.writes("A long text that took me an hour")
    portal.lets_time_pass(days=31)
    ana.sees_heading("Your session ended")
    ana.chooses("Sign in")
    ana.signs_in()
    ana.is_at(f"/tickets/{number}")
    ana.composer_is_ready()
    ana.has_typed("A long text that took me an hour")


@pytest.mark.scenario("guest-ticket")
@pytest.mark.parametrize("language", ["es"])
def test_a_guests_session_that_ends_while_typing_keeps_the_text(
    minh: Person, portal: Portal, situation: dict[str, str]
):
    minh.address = situation["email"]
    minh.follows_link(situation["link"].replace("/guest/", "/es/guest/"))
    minh.presses("Send code")
    enters_the_code(minh)
    minh.composer_is_ready()
    minh.writes("A long text that took me an hour")
    portal.lets_time_pass(minutes=31)
    minh.sees_error("session_ended")
    minh.presses("Send code")
    enters_the_code(minh)
    minh.composer_is_ready()
    minh.has_typed("A long text that took me an hour")
    minh.presses("Send")
    minh.sees_message("A long text that took me an hour")
    minh.presses("Leave")
    minh.sees("You're signed out.")
    minh.follows_link(situation["link"].replace("/guest/", "/es/guest/"))
    expect(minh.button("Send code").or_(minh.button("Verify"))).to_be_visible()


@pytest.mark.scenario("guest-ticket")
def test_a_code_is_accepted_as_people_write_it_and_only_once(
    minh: Person, portal: Portal, situation: dict[str, str]
):
    minh.follows_link(situation["link"])
    minh.presses("Send code")
    field = minh.field("Verification code")
    expect(field).to_be_visible()
    code = portal.mails(situation["email"], "code")[0]["code"]
    for said in ("try again.", "Tries left: 3."):
        field.press_sequentially("".join(str(9 - int(digit)) for digit in code))
        minh.presses("Verify")
        minh.sees_error("code_wrong")
        expect(minh.page.get_by_test_id("form-error")).to_contain_text(said)
    portal.lets_time_pass(minutes=11)
    field.fill(code)
    minh.presses("Verify")
    minh.sees_error("code_expired")
    minh.presses("Send a new code")
    expect(field).to_be_visible()
    newest = portal.mails(situation["email"], "code")[0]["code"]
    field.fill("")
    field.press_sequentially(f"{newest[:3]}-{newest[3:]}")
    minh.presses("Verify")
    minh.sees_ticket(situation["subject"])


@pytest.mark.scenario("guest-ticket")
def test_a_customer_reads_a_guests_ticket_and_stays_signed_in(
    ana: Person, portal: Portal, situation: dict[str, str]
):
    ana.follows_link(situation["link"])
    ana.sees("Switch account")
    ana.presses("Send code")
    expect(ana.field("Verification code")).to_be_visible()
    ana.types("Verification code", portal.mails(situation["email"], "code")[0]["code"])
    ana.presses("Verify")
    ana.sees_ticket(situation["subject"])
    ana.goes_to("/tickets")
    ana.sees_heading("You have no tickets yet")
    expect(ana.button("Account")).to_be_visible()


@pytest.mark.scenario("guest-ticket")
@pytest.mark.parametrize("language", ["id"])
def test_a_lost_link_comes_again(minh: Person, portal: Portal, situation: dict[str, str]):
    for address in ("nobody@example.net", situation["email"]):
        minh.goes_to("/find-ticket")
        minh.types("Email", address)
        minh.presses("Find my ticket")
        minh.sees_heading("Check your email")
    assert portal.mails("nobody@example.net") == []
    minh.follows_link(portal.mails(situation["email"])[0]["link"])
    # In the language of the ticket, whoever asked for the link in whatever language.
    expect(minh.page.get_by_role("button", name="Send code", exact=True)).to_be_visible()
    expect(minh.page.get_by_role("main")).to_contain_text(str(situation["number"]))


@pytest.mark.parametrize("token", ["x" * 43, "-", "not.a.token"])
def test_a_link_that_is_not_valid_has_one_page(minh: Person, token: str):
    minh.forgives("status of 404")
    assert minh.goes_to(f"/guest/{token}").status == 404
    minh.sees_heading("This link is no longer valid")


@pytest.mark.scenario("new")
def test_somebody_elses_ticket_is_not_there(budi: Person, number: int):
    budi.forgives("status of 404")
    seen = []
    for address in (f"/tickets/{number}", "/tickets/999999"):
        assert budi.goes_to(address).status == 404
        budi.sees_heading("We can't find that ticket")
        seen.append(re.sub(r"tickets/\d+", "", budi.page.locator("body").aria_snapshot()))
    assert seen[0] == seen[1]
    assert "0.42" not in budi.page.content()


@pytest.mark.scenario("new")
def test_customers_have_no_way_to_the_teams_pages(ana: Person, number: int):
    ana.forgives("status of 404")
    for address in ("/agent", f"/agent/tickets/{number}"):
        assert ana.goes_to(address).status == 404
        ana.sees_heading("We can't find that ticket")


@pytest.mark.scenario("new")
def test_another_person_at_the_same_browser_sees_nothing_of_the_first(ana: Person, number: int):
    ana.forgives("status of 404")
    ana.opens(number)
    ana.writes("Half a sentence of Ana's")
    other = ana.opens_another_tab()
    other.address = "budi@example.com"
    other.is_signed_in()
    other.goes_to(f"/tickets/{number}")
    other.sees_heading("We can't find that ticket")
    expect(ana.page.get_by_text("Since Monday.")).to_have_count(0)


@pytest.mark.scenario("new")
def test_a_new_password_ends_other_browsers_and_no_tab_of_this_one(
    ana: Person, visitor: Visitor, number: int
):
    ana.opens(number)
    ana.writes("Half a sentence")
    at_work = visitor("ana")
    at_work.is_signed_in()
    at_work.opens(number)
    at_work.sees_message("Since Monday.")
    changing = ana.opens_another_tab()
    changing.goes_to("/settings/password")
    changing.types("Current password", PASSWORD)
    changing.types("New password", "another sentence of mine")
    changing.presses("Save new password")
    expect(at_work.heading("Your session ended")).to_be_visible(timeout=TWO_SECONDS)
    assert "Deposit of 0.42 ETH" not in at_work.page.content()
    changing.sees("Your password was changed. You've been signed out everywhere else.")
    # The other tab of this browser has another token by now, and noticed nothing.
    expect(ana.heading("Your session ended")).to_have_count(0)
    ana.has_typed("Half a sentence")
    ana.composer_is_ready()
    ana.presses("Send")
    ana.sees_message("Half a sentence")
    at_work.chooses("Sign in")
    at_work.signs_in("another sentence of mine")
    at_work.is_at(f"/tickets/{number}")


@pytest.mark.parametrize("language", ["fr"])
def test_a_sign_in_from_a_new_browser_is_told(ana: Person, visitor: Visitor, portal: Portal):
    ana.goes_to("/tickets")
    at_work = visitor("ana")
    at_work.is_signed_in()
    [mail] = portal.mails(ana.address, "security")
    assert "Chrome" in mail["text"]
    ana.goes_to("/tickets")
    ana.sees("There was a sign-in to your account from a new browser.")
    at_work.goes_to("/settings")
    expect(at_work.page.get_by_test_id("sign-in")).to_have_count(2)
    expect(at_work.page.get_by_test_id("new-sign-in")).to_have_count(0)
    ana.goes_to("/settings")
    notice = ana.page.get_by_test_id("new-sign-in")
    expect(notice).to_be_visible()
    ana.presses("This was me")
    expect(notice).to_have_count(0)
    ana.goes_to("/tickets")
    expect(ana.page.get_by_test_id("new-sign-in")).to_have_count(0)
