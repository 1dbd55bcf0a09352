"""How tickets end: confirmed, rated, reopened, closed by time, followed by a new one, joined with another."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal


@pytest.mark.scenario("resolved")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_customer_confirms_and_rates_by_keyboard(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    ana.sees("Did this solve it?")
    expect(ana.page.get_by_role("main")).to_contain_text(re.compile(r"20\d\d"))
    ana.presses("Yes, close it")
    ana.sees_status("Closed")
    linh.sees_status("Closed")
    # The button is gone; what it led to is said where the reader is.
    turn = ana.page.locator(".turn")
    expect(turn).to_be_focused()

    first = ana.page.get_by_role("radio").first
    first.focus()
    for _ in range(3):
        ana.page.keyboard.press("ArrowRight")
    ana.page.locator("#comment").fill("Quick <b>help</b>")
    ana.button("Send rating").press("Enter")
    ana.sees("Thank you! Your rating: {score} of 5.", score=4)
    expect(turn).to_be_focused()
    linh.sees("{score} of 5", score=4)
    expect(linh.page.get_by_role("complementary")).to_contain_text("Quick <b>help</b>")

    ana.presses("Change rating")
    expect(ana.page.get_by_role("radio").nth(3)).to_be_checked()
    ana.page.get_by_role("radio").nth(1).check(force=True)
    ana.presses("Send rating")
    linh.sees("{score} of 5", score=2)


@pytest.mark.scenario("resolved")
def test_a_rating_without_a_number_is_refused_where_it_stands(ana: Person, number: int):
    ana.opens(number)
    ana.presses("Yes, close it")
    ana.presses("Send rating")
    expect(ana.page.get_by_test_id("form-error")).to_have_text("Choose a number from 1 to 5.")


@pytest.mark.scenario("resolved")
@pytest.mark.parametrize("language", ["en", "vi"])
def test_somebody_still_needs_help_and_says_why(visitor: Visitor, number: int):
    linh = visitor("linh", "en").is_signed_in()
    linh.goes_to("/agent")
    linh.sees_in_list(number, "Resolved: please confirm")
    ana = visitor("ana", phone=True).is_signed_in()
    ana.opens(number)
    ana.presses("No, I still need help")
    ana.sees_status("In progress")
    linh.sees_in_list(number, "In progress")

    why = ana.page.locator("#why")
    expect(why).to_be_focused()
    why.fill("The fee is still missing.")
    ana.presses("Tell the team")
    ana.sees_message("The fee is still missing.")
    expect(why).to_have_count(0)
    linh.opens(number)
    linh.sees_message("The fee is still missing.")


@pytest.mark.scenario("resolved")
def test_a_resolved_ticket_closes_by_itself(ana: Person, portal: Portal, number: int):
    portal.lets_time_pass(days=7)
    [mail] = portal.mails(ana.address, "closed")
    assert str(number) in mail["subject"]
    assert "closed automatically" in mail["text"]
    ana.opens(number)
    ana.sees_status("Closed")
    ana.sees("The ticket closed automatically")
    ana.replies("Wait, it is not solved.")
    ana.sees_status("In progress")


@pytest.mark.server("pair")
@pytest.mark.scenario("waiting")
@pytest.mark.parametrize("language", ["en"])
def test_reminders_and_the_closing_come_once_from_two_processes(ana: Person, portal: Portal, number: int):
    portal.lets_time_pass(days=3)
    assert [m["kind"] for m in portal.mails(ana.address)].count("reminder") == 1
    portal.lets_time_pass(days=4)
    last, _first = portal.mails(ana.address, "reminder")
    assert "closes automatically on" in last["text"]
    ana.is_signed_in().opens(number)
    ana.sees_status("Waiting for you")
    expect(ana.page.get_by_role("main")).to_contain_text("closes automatically on")

    ana.goes_to("/tickets")
    portal.lets_time_pass(days=7)
    ana.sees_in_list(number, "Closed")
    assert [m["kind"] for m in portal.mails(ana.address)][:3] == ["closed", "reminder", "reminder"]
    assert len(portal.mails(ana.address, "closed")) == 1


@pytest.mark.scenario("waiting")
def test_one_long_leap_of_the_clock_is_every_day_in_its_turn(ana: Person, portal: Portal, number: int):
    portal.lets_time_pass(days=15)
    kinds = [m["kind"] for m in portal.mails(ana.address)]
    assert kinds[:3] == ["closed", "reminder", "reminder"]
    ana.is_signed_in().opens(number)
    ana.sees_status("Closed")


@pytest.mark.scenario("closed-final")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_closed_for_good_is_followed_by_a_new_ticket(ana: Person, linh: Person, number: int):
    linh.opens_to_read(number)
    ana.goes_to(f"/tickets/{number}")
    ana.chooses("Start a follow-up")
    ana.is_at("/tickets/new")
    ana.sees("This is a follow-up to your ticket {number}. We'll link the two.", number=number)
    expect(ana.field("Subject")).to_have_value("Deposit of 0.42 ETH is not in my balance")
    ana.types("Describe the problem", "It happened again.")
    ana.presses("Submit ticket")
    ana.sees_message("It happened again.")
    ana.sees("Follow-up to ticket")
    follower = int(ana.page.url.rsplit("/", 1)[1])
    linh.sees("Continued in ticket")
    linh.page.get_by_role("main").get_by_role("link", name=str(follower)).click()
    linh.sees_message("It happened again.")
    ana.page.get_by_role("main").get_by_role("link", name=str(number)).click()
    ana.sees("Continued in ticket")


@pytest.mark.scenario("merged")
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_customer_who_opens_a_joined_ticket_is_led_to_the_other(ana: Person, situation: dict[str, Any]):
    number, into = situation["number"], situation["into"]["number"]
    ana.goes_to("/tickets")
    joined = ana.page.locator('[data-testid="ticket-row"][data-status="merged"]')
    expect(joined.get_by_test_id("ticket-status")).to_have_text(ana.word("Joined with {number}", number=into))
    joined.get_by_role("link").click()
    ana.is_at(f"/tickets/{into}")
    ana.sees("Ticket {number} was joined with {other}. You're viewing {other}.", number=number, other=into)
    ana.sees_message("I wrote about this before.")
    ana.composer_is_ready()

    ana.chooses("Read ticket {number}", number=number)
    ana.sees_message("I sent it on Monday.")
    expect(ana.page.get_by_role("main").get_by_test_id("ticket-status")).to_have_text(
        ana.word("Joined with {number}", number=into)
    )
    expect(ana.button("Send")).to_have_count(0)
    ana.chooses("Go to ticket {number}", number=into)
    ana.sees_message("I wrote about this before.")


def test_an_agent_joins_two_tickets_of_a_guest(visitor: Visitor, minh: Person, linh: Person, portal: Portal):
    for subject in ("My card was declined", "Card again"):
        minh.goes_to("/tickets/new")
        minh.types("Email", minh.address)
        minh.types("Subject", subject)
        minh.types("Describe the problem", f"{subject}, twice.")
        minh.presses("Submit ticket")
        minh.sees_heading("We received your ticket")
    second, first = portal.mails(minh.address, "confirmation")
    into, number = (int(re.findall(r"\d{5}", m["subject"])[0]) for m in (second, first))

    minh.follows_link(first["link"])
    minh.presses("Send code")
    expect(minh.field("Verification code")).to_be_visible()
    minh.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    minh.presses("Verify")
    minh.sees_message("My card was declined, twice.")

    linh.opens(number)
    linh.presses("Join with another ticket")
    dialog = linh.page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    for wrong, why in (
        ("99999", "We can't find that ticket"),
        (str(number), "Enter the number of another ticket."),
    ):
        dialog.get_by_role("textbox").fill(wrong)
        linh.presses("Join tickets")
        expect(dialog.get_by_test_id("form-error")).to_contain_text(why)
    dialog.get_by_role("textbox").fill(str(into))
    linh.presses("Join tickets")
    expect(linh.page.get_by_role("main").get_by_test_id("ticket-status")).to_have_text(f"Joined with {into}")

    # The open page says so at once; its messages stay.
    minh.sees("Joined with {number}", number=into)
    minh.sees_message("My card was declined, twice.")
    minh.chooses("Go to ticket {number}", number=into)
    minh.sees("Ticket {number} was joined with {other}. You're viewing {other}.", number=number, other=into)
    minh.sees_message("Card again, twice.")
    minh.composer_is_ready()
    minh.replies("Here it goes on.")
    linh.opens(into)
    linh.sees_message("Here it goes on.")

    # The link of an earlier e-mail, in another browser.
    elsewhere = visitor("minh", phone=True)
    portal.lets_time_pass(minutes=2)
    elsewhere.follows_link(first["link"])
    elsewhere.sees_heading("Ticket {number}", number=number)
    elsewhere.presses("Send code")
    expect(elsewhere.field("Verification code")).to_be_visible()
    elsewhere.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    elsewhere.presses("Verify")
    elsewhere.sees(
        "Ticket {number} was joined with {other}. You're viewing {other}.", number=number, other=into
    )
    elsewhere.sees_message("Here it goes on.")
    elsewhere.chooses("Read ticket {number}", number=number)
    elsewhere.sees_message("My card was declined, twice.")


@pytest.mark.scenario("closed-reopenable")
def test_the_team_takes_a_closed_ticket_up_again(ana: Person, linh: Person, portal: Portal, number: int):
    linh.opens(number)
    linh.presses("Reopen")
    linh.sees_status("In progress")
    portal.lets_time_pass(seconds=30)
    assert len(portal.mails(ana.address, "reopened")) == 1
    linh.presses("Close ticket")
    linh.sees_status("Closed")
    portal.lets_time_pass(minutes=3)
    assert len(portal.mails(ana.address, "closed")) == 1
