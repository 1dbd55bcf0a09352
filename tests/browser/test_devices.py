"""Devices: notifications are asked for by a click and never without, explained where they can't be, and turned off."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.push import has_push, turns_on
from tests.push_service import PushService


@pytest.mark.notifications
@pytest.mark.scenario("new")
def test_the_offer_stands_beside_a_ticket_and_is_put_off_for_good(
    ana: Person, situation: dict[str, Any], service: PushService
):
    has_push(ana, service.subscribes())
    ana.opens(situation["number"])
    ana.sees("Get notified on this device when your ticket is updated?")
    ana.presses("Not now")
    ana.reloads()
    ana.composer_is_ready()
    ana.page.wait_for_timeout(2500)  # longer than the offer takes to come
    expect(ana.page.get_by_test_id("push-offer")).to_have_attribute("data-state", "")


@pytest.mark.notifications
@pytest.mark.scenario("new")
def test_the_offer_is_taken_by_one_click(ana: Person, situation: dict[str, Any], service: PushService):
    has_push(ana, service.subscribes())
    ana.opens(situation["number"])
    ana.presses("Turn on notifications")
    ana.sees("This device gets notifications.")

    ana.goes_to("/settings")
    ana.sees("This device")
    ana.presses("Send a test")
    ana.sees("Sent. It should appear on the device within a few seconds.")
    assert service.took[-1].headers["topic"] == "test"


@pytest.mark.notifications
@pytest.mark.scenario("new")
def test_a_device_that_is_gone_leaves_the_list(ana: Person, service: PushService):
    has_push(ana, service.subscribes())
    turns_on(ana)
    service.status = 410
    ana.presses("Send a test")
    ana.sees("We can no longer reach this device, so we removed it from the list.")
    expect(ana.page.get_by_test_id("device")).to_have_count(0)
    ana.sees("This device no longer gets notifications because it was removed from the list.")

    service.status = 201
    ana.presses("Turn on notifications")
    ana.sees("This device gets notifications.")
    expect(ana.page.get_by_test_id("device")).to_have_count(1)


@pytest.mark.notifications
@pytest.mark.scenario("new")
def test_a_device_is_removed_by_hand(ana: Person, service: PushService):
    has_push(ana, service.subscribes())
    turns_on(ana)
    ana.presses("Remove")
    expect(ana.page.get_by_test_id("device")).to_have_count(0)
    expect(ana.button("Turn on notifications")).to_be_enabled()


@pytest.mark.parametrize(
    ("permission", "text"),
    [
        ("default", "Your browser will ask you to allow it."),
        ("denied", "Notifications are blocked for this site in your browser."),
    ],
)
def test_what_the_browser_allows_is_explained_and_never_asked_without_a_click(
    ana: Person, service: PushService, permission: str, text: str
):
    has_push(ana, service.subscribes(), permission)
    ana.goes_to("/settings")
    ana.sees(text)
    assert ana.page.evaluate("window.asked") is None


def test_a_browser_without_push_says_so(ana: Person):
    ana.context.add_init_script("delete window.PushManager")
    ana.goes_to("/settings")
    ana.sees("This browser can't show notifications. We'll keep you informed by email.")


def test_an_iphone_is_told_of_the_home_screen(ana: Person):
    ana.context.add_init_script(
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' })"
    )
    ana.goes_to("/settings")
    expect(ana.page.get_by_test_id("push-state")).to_have_attribute("data-state", "home_screen")
