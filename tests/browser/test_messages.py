"""Messages: they stand there at once, say when they are sent, are sent once, and are text."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.portal import Portal


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
def test_a_double_click_posts_once(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    ana.writes("Once, please.")
    ana.button("Send").dblclick()
    ana.sees_message("Once, please.")
    linh.sees_message("Once, please.")
    ana.reloads()
    ana.sees_message("Once, please.")
