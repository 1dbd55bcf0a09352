"""Readers say whether an article helped: once, and again where it could not be saved."""

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.test_accessibility import is_good_for_everybody


def test_what_did_not_help_is_said_once(visitor: Visitor):
    minh = visitor("minh", phone=True)
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    with minh.page.expect_response("**/help-feedback") as first:
        box.get_by_role("button", name="No").tap()
    assert first.value.status == 204
    field = box.get_by_label("What was missing?")
    expect(field).to_be_focused()
    is_good_for_everybody(minh)
    field.fill("How long does it take?")
    with minh.page.expect_response("**/help-feedback") as second:
        box.get_by_role("button", name="Send").click()
    assert second.value.status == 204
    expect(box.get_by_role("status")).to_have_text("Thanks for your feedback.")
    minh.reloads()
    expect(box.get_by_role("status")).to_have_text("Thanks for your feedback.")
    expect(box.get_by_role("button")).to_have_count(0)
    minh.goes_to("/help/stay-safe")
    expect(box.get_by_role("button", name="Yes")).to_be_enabled()


def test_what_could_not_be_said_can_be_said_again(minh: Person):
    minh.forgives_a_lost_connection()
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    minh.page.route("**/help-feedback", lambda route: route.abort())
    box.get_by_role("button", name="Yes").click()
    expect(box.get_by_role("status")).to_have_text("We couldn't save that. Please try again.")
    minh.page.unroute("**/help-feedback")
    box.get_by_role("button", name="Yes").click()
    expect(box.get_by_role("status")).to_have_text("Thanks for your feedback.")
    expect(box.get_by_role("heading")).to_be_focused()


def test_what_was_missing_is_not_lost_with_the_connection(minh: Person):
    minh.forgives_a_lost_connection()
    minh.goes_to("/help/alerts")
    box = minh.page.get_by_role("region", name="Was this helpful?")
    box.get_by_role("button", name="No").click()
    box.get_by_label("What was missing?").fill("How long does it take?")
    minh.page.route("**/help-feedback", lambda route: route.abort())
    box.get_by_role("button", name="Send").click()
    expect(box.get_by_role("status")).to_have_text("We couldn't save that. Please try again.")
    expect(box.get_by_label("What was missing?")).to_have_value("How long does it take?")
    minh.page.unroute("**/help-feedback")
    box.get_by_role("button", name="Send").click()
    expect(box.get_by_role("status")).to_have_text("Thanks for your feedback.")
    expect(box.get_by_label("What was missing?")).to_have_count(0)
