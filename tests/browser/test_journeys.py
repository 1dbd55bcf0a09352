"""The journeys of docs/contract.md#journeys, from the first click to the answer."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from ticket_portal.i18n.catalogues import translate


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_customer_answers_on_the_web(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana")
    ana.goes_to("/sign-in")
    ana.signs_in()
    ana.presses("Help")
    ana.chooses("My tickets")
    ana.sees_heading("My tickets")
    ana.chooses_ticket(number)
    ana.is_at(f"/tickets/{number}")
    ana.sees_message("Since Monday.")
    ana.composer_is_ready()
    ana.replies("It was on Monday at nine.")

    linh.opens(number)
    linh.sees_message("It was on Monday at nine.")
    linh.replies("Thank you, it is credited now.")
    ana.sees_message("Thank you, it is credited now.")
    ana.sees_status("In progress")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_customer_answers_on_the_phone(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.goes_to("/")
    ana.presses("Menu")
    ana.presses("Get help")
    ana.chooses("Check your tickets")
    ana.sees_heading("My tickets")
    assert ana.taps <= 4

    ana.chooses_ticket(number)
    ana.composer_is_ready()
    expect(ana.button("Send")).to_be_in_viewport()
    ana.replies("Still nothing here.")
    linh.opens(number)
    linh.replies("We found it.")
    ana.sees_message("We found it.")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_guest_comes_back_by_the_link(minh: Person, linh: Person, portal: Portal):
    minh.submits_a_ticket("My card was declined", "Yesterday evening, twice.")
    minh.sees_heading("We received your ticket")
    [confirmation] = portal.mails(minh.address)
    assert confirmation["kind"] == "confirmation"
    assert confirmation["locale"] == minh.language
    assert "declined" not in confirmation["subject"] + confirmation["text"] + confirmation["html"]

    linh.goes_to("/agent")
    linh.chooses_ticket("My card was declined")
    linh.composer_is_ready()
    number = linh.number
    linh.replies("Which shop was it?")
    portal.lets_time_pass(seconds=30)
    [alert] = portal.mails(minh.address, "reply")
    assert alert["subject"] == translate(
        minh.language, "Your support ticket {number} has been updated", number=number
    )

    minh.follows_link(alert["link"])
    minh.sees_heading("Ticket {number}", number=number)
    main = minh.page.get_by_role("main")
    expect(main).to_contain_text("m•••@e•••.net")
    for secret in ("declined", "shop", minh.word("In progress")):
        expect(main).not_to_contain_text(secret)
    assert portal.mails(minh.address, "code") == []

    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    [mail] = portal.mails(minh.address, "code")
    minh.types("Verification code", mail["code"])
    minh.field("Verification code").press("Enter")
    minh.sees_ticket("My card was declined")
    minh.sees_message("Which shop was it?")
    minh.sees("Signed in as guest")
    minh.composer_is_ready()
    minh.replies("The bakery next door.")

    linh.sees_message("The bakery next door.")
    linh.replies("Solved: please try again.")
    minh.sees_message("Solved: please try again.")


@pytest.mark.parametrize("agents_language", ["en", "uk"])
def test_an_agent_works_on_a_ticket(visitor: Visitor, ana: Person, agents_language: str, portal: Portal):
    linh = visitor("linh", agents_language).is_signed_in()
    linh.goes_to("/agent")
    ana.submits_a_ticket("My withdrawal is stuck", "0.1 BTC since this morning.")
    ana.sees_ticket("My withdrawal is stuck")
    ana.composer_is_ready()

    linh.sees_in_list(ana.number, "Received")
    linh.chooses_ticket(ana.number)
    linh.composer_is_ready()
    linh.presses("Assign to me")
    linh.replies("We are looking into it.")
    ana.sees_message("We are looking into it.")
    ana.sees_status("In progress")
    linh.notes("The network is slow today.")
    linh.page.get_by_role("radio", name=linh.word("Public reply")).check(force=True)
    linh.asks_for("Which network was it?")
    ana.sees_message("Which network was it?")
    ana.sees_status("Waiting for you")
    ana.sees_no_message("The network is slow today.")
    assert "slow today" not in ana.page.content()

    ana.replies("Bitcoin.")
    linh.sees_message("Bitcoin.")
    linh.presses("Resolve")
    ana.sees_status("Resolved: please confirm")
    ana.replies("No, it is still stuck.")
    linh.sees_message("No, it is still stuck.")
    linh.sees_status("In progress")
    ana.sees_status("In progress")
    portal.lets_time_pass(minutes=5)
    assert "slow today" not in str(portal.mails(ana.address))


@pytest.mark.scenario("resolved")
@pytest.mark.parametrize("language", ["fr"])
def test_a_customer_says_that_it_is_solved(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    ana.presses("Yes, close it")
    ana.sees_status("Closed")
    linh.sees_status("Closed")


@pytest.mark.scenario("resolved")
def test_a_customer_still_needs_help(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    ana.presses("No, I still need help")
    ana.sees_status("In progress")
    linh.sees_status("In progress")


@pytest.mark.scenario("closed-reopenable")
def test_a_reply_reopens_a_closed_ticket(ana: Person, number: int):
    ana.opens(number)
    ana.sees_status("Closed")
    ana.sees("Sending a message will reopen this ticket.")
    ana.replies("It happened again.")
    ana.sees_status("In progress")


@pytest.mark.scenario("closed-final")
def test_a_ticket_that_is_closed_for_good_takes_no_reply(ana: Person, number: int):
    ana.goes_to(f"/tickets/{number}")
    ana.sees("This ticket is closed and can't be reopened.")
    expect(ana.button("Send")).to_have_count(0)
