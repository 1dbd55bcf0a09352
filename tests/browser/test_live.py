"""What is new appears by itself, in every open page and from every process."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["fr"])
def test_every_open_list_shows_what_changed(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/tickets")
    on_the_phone = visitor("ana", phone=True).is_signed_in()
    on_the_phone.goes_to("/tickets")
    linh.goes_to("/agent")
    at_the_desk = linh.opens_another_tab()
    at_the_desk.opens(number)

    at_the_desk.replies("We are on it.")
    for list_of in (ana, on_the_phone, linh):
        list_of.sees_in_list(number, "In progress")
    at_the_desk.presses("Resolve")
    for list_of in (ana, on_the_phone):
        list_of.sees_in_list(number, "Resolved: please confirm")

    writing = ana.opens_another_tab()
    writing.submits_a_ticket("Another matter", "My address is wrong.")
    for list_of in (ana, on_the_phone, linh):
        list_of.sees_in_list("Another matter", "Received")


@pytest.mark.server("pair")
@pytest.mark.scenario("new")
def test_two_processes_are_one_portal(visitor: Visitor, number: int):
    ana = visitor("ana").is_signed_in()
    linh = visitor("linh", at=1).is_signed_in()
    queue = linh.opens_another_tab()
    queue.goes_to("/agent")
    linh.opens(number)
    ana.opens(number)
    ana.replies("From the first process.")
    linh.sees_message("From the first process.")
    linh.replies("From the second one.")
    ana.sees_message("From the second one.")
    queue.sees_in_list(number, "In progress")


@pytest.mark.server("pair")
@pytest.mark.scenario("new")
def test_a_sign_out_reaches_the_other_process(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in()
    ana.opens(number)
    # The same session at the other process: cookies know no ports.
    elsewhere = ana.opens_another_tab()
    elsewhere.portal = Portal(portal.servers[1].url)
    elsewhere.opens(number)
    ana.presses("Account")
    ana.presses("Sign out")
    ana.sees("You're signed out.")
    elsewhere.sees_heading("Your session ended")
    assert "Since Monday." not in elsewhere.page.content()
    elsewhere.portal.close()


@pytest.mark.scenario("five-hundred-messages")
def test_what_arrives_never_moves_what_is_being_read(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    top = ana.page.get_by_test_id("message").first
    top.scroll_into_view_if_needed()
    ana.writes("I am still writing")
    top.scroll_into_view_if_needed()
    before = ana.page.evaluate("window.scrollY")
    linh.replies("A new answer.")
    pill = ana.button("1 new message")
    expect(pill).to_be_visible()
    assert ana.page.evaluate("window.scrollY") == before
    ana.has_typed("I am still writing")
    pill.click()
    expect(ana.message("A new answer.")).to_be_in_viewport()
