"""What is new appears by itself, and what was typed or sent is never lost: whatever happens to server and wire."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal

RECOVERY_MS = 30_000


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


@pytest.mark.scenario("new")
def test_a_message_stands_there_at_once_and_says_when_it_is_sent(
    ana: Person, linh: Person, portal: Portal, number: int
):
    linh.opens(number)
    ana.opens(number)
    portal.has(slow_database_ms=500)
    ana.sends("Are you there?")
    ana.sees_message("Are you there?", state="sending")
    ana.has_typed("")
    portal.has(slow_database_ms=0)
    ana.sees_message("Are you there?")
    linh.sees_message("Are you there?")
    ana.reloads()
    ana.sees_message("Are you there?")


@pytest.mark.scenario("new")
def test_what_was_refused_is_sent_again_by_hand_once(ana: Person, portal: Portal, number: int):
    ana.opens(number)
    for text in range(10):
        ana.sends(f"Message {text}.")
    ana.sees_message("Message 9.")
    ana.sends("One too many.")
    ana.sees_message("One too many.", state="failed")
    portal.lets_time_pass(minutes=11)
    ana.presses("Retry")
    ana.sees_message("One too many.")
    ana.reloads()
    ana.sees_message("One too many.")


@pytest.mark.scenario("new")
def test_a_draft_is_there_after_a_reload(ana: Person, number: int):
    ana.opens(number)
    ana.writes("Half a sentence")
    ana.reloads()
    ana.composer_is_ready()
    ana.has_typed("Half a sentence")


@pytest.mark.scenario("new")
def test_what_people_write_is_text_everywhere(ana: Person, linh: Person):
    text = '<img src="x" onerror="document.title=1"> **<b>bold</b>** {company} \u202etxet'
    ana.submits_a_ticket(text, text)
    ana.sees_ticket(text)
    linh.goes_to("/agent")
    linh.chooses_ticket("<img")
    linh.sees_ticket(text)
    linh.composer_is_ready()
    linh.replies(text + "!")
    ana.sees_message(text + "!")
    for person in (ana, linh):
        expect(person.page.locator("main h1 :is(img, b), main .msg :is(img, b)")).to_have_count(0)


@pytest.mark.scenario("new")
def test_an_unread_answer_is_marked_until_it_is_read(ana: Person, linh: Person, portal: Portal, number: int):
    ana.goes_to("/tickets")
    linh.opens(number)
    linh.replies("Please look.")
    expect(ana.row(number)).to_have_attribute("data-unread", "true")
    reading = ana.opens_another_tab()
    reading.opens(number)
    expect(ana.row(number)).to_have_attribute("data-unread", "false")
    portal.lets_time_pass(minutes=5)
    assert portal.mails(ana.address, "reply") == [], "it was read before the alert was due"


@pytest.mark.scenario("new")
def test_a_double_click_posts_once(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    ana.writes("Once, please.")
    ana.button("Send").dblclick()
    ana.sees_message("Once, please.")
    linh.sees_message("Once, please.")
    ana.reloads()
    ana.sees_message("Once, please.")


def test_a_form_sent_twice_is_one_ticket(ana: Person, linh: Person):
    linh.goes_to("/agent")
    ana.goes_to("/tickets/new")
    ana.types("Subject", "Only one ticket")
    ana.types("Describe the problem", "However often I click.")
    ana.button("Submit ticket").dblclick()
    ana.sees_ticket("Only one ticket")
    linh.sees_in_list("Only one ticket", "Received")
    ana.goes_to("/tickets")
    expect(ana.row("Only one ticket")).to_have_count(1)


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["uk"])
def test_what_is_sent_offline_arrives_once(ana: Person, linh: Person, number: int):
    ana.forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.context.set_offline(True)
    pill = ana.page.get_by_test_id("connection-status")
    expect(pill).to_have_attribute("data-state", "offline")
    ana.sends("From the tunnel.")
    ana.sees_message("From the tunnel.", state="sending")
    ana.writes("And half a sentence")
    ana.context.set_offline(False)
    ana.is_live(RECOVERY_MS)
    ana.sees_message("From the tunnel.")
    linh.sees_message("From the tunnel.")
    ana.has_typed("And half a sentence")


@pytest.mark.server("mortal")
@pytest.mark.scenario("new")
def test_nothing_is_lost_when_the_server_is_killed(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh").is_signed_in().forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.replies("Before.")
    ana.writes("Half a sentence")

    [server] = portal.servers
    server.kill()
    ana.is_cut_off()
    linh.sends("Written while it was down.")
    linh.sees_message("Written while it was down.", state="sending")
    server.start()

    linh.is_live(RECOVERY_MS)
    linh.sees_message("Written while it was down.", timeout=RECOVERY_MS)
    ana.is_live(RECOVERY_MS)
    ana.sees_message("Written while it was down.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")
    ana.presses("Send")
    linh.sees_message("Half a sentence")
    linh.reloads()
    for text in ("Before.", "Written while it was down.", "Half a sentence"):
        linh.sees_message(text)


@pytest.mark.server("mortal")
@pytest.mark.scenario("new")
def test_a_wire_that_went_dead_without_a_word_is_noticed(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh").is_signed_in().forgives_a_lost_connection()
    ana.opens(number)
    assert portal.line is not None
    portal.line.goes_silent()
    ana.sends("Into the void.")
    ana.sees_message("Into the void.", state="sending")
    linh.opens(number)
    linh.replies("Written meanwhile.")
    ana.sees_message("Into the void.", timeout=RECOVERY_MS)
    ana.sees_message("Written meanwhile.", timeout=RECOVERY_MS)
    linh.sees_message("Into the void.")


@pytest.mark.scenario("new")
def test_dropped_sockets_come_back_by_themselves(ana: Person, linh: Person, portal: Portal, number: int):
    ana.forgives_a_lost_connection()
    linh.forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.writes("Half a sentence")
    portal.has(drop_sockets=True)
    linh.sends("After the drop.")
    ana.sees_message("After the drop.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")


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


@pytest.mark.server("pair")
@pytest.mark.scenario("new")
def test_when_a_process_is_killed_the_other_one_goes_on(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh", at=1).is_signed_in()
    linh.opens(number)
    ana.opens(number)
    ana.writes("Half a sentence")
    first, second = portal.servers
    assert portal.line is not None
    portal.line.leads_to(second)
    first.kill()
    linh.replies("Nobody noticed.")
    ana.sees_message("Nobody noticed.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")
    ana.presses("Send")
    linh.sees_message("Half a sentence")
    first.start()
    portal.line.leads_to(first)


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
