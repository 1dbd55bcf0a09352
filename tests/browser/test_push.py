"""Notifications: brought by the real worker, shown by the real service worker, ended by reading and by leaving."""

import json
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.push import gets_pushed, has_push, notifications, shows, turns_on, worker_of
from tests.push_service import PushService

pytestmark = pytest.mark.notifications
CLICK = """async () => {
  self.opened = [];
  self.clients.openWindow = async (url) => self.opened.push(`open ${url}`);
  WindowClient.prototype.focus = async function () { self.opened.push(`focus ${new URL(this.url).pathname}`); };
  const shown = self.kept ?? (await self.registration.getNotifications())[0];
  const click = new NotificationEvent("notificationclick", { notification: shown, action: self.pressed ?? "" });
  const done = new Promise((resolve) => { click.waitUntil = (work) => resolve(work); });
  self.dispatchEvent(click);
  await done;
  return self.opened;
}"""


def _is_told(ana: Person, linh: Person, service: PushService, number: int, answer: str) -> dict[str, Any]:
    """Ana turns notifications on, Linh answers; return what the push service was given for Ana's browser."""
    phone = service.subscribes()
    has_push(ana, phone)
    turns_on(ana)
    linh.opens(number)
    linh.replies(answer)
    ana.portal.lets_time_pass(seconds=2)
    return phone.reads(service.took[-1].body)


@pytest.mark.scenario("new")
def test_an_answer_is_shown_as_a_notification_and_leads_to_the_ticket(
    ana: Person, linh: Person, service: PushService, situation: dict[str, Any], portal: Portal
):
    number = situation["number"]
    said = _is_told(ana, linh, service, number, "Your refund is 1,234 dollars.")
    gets_pushed(ana, said)
    shows(ana, 1)
    (shown,) = notifications(ana)
    assert shown["title"] == f"Your support ticket {number} has been updated"
    assert "1,234" not in json.dumps(said)

    # Another one about the same ticket takes its place.
    gets_pushed(ana, {**said, "title": f"Ticket {number} is resolved: please confirm"})
    ana.waits_until(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .every((it) => it.title.includes("resolved"))"""
    )
    assert len(notifications(ana)) == 1

    assert worker_of(ana).evaluate(CLICK) == [f"open /tickets/{number}"]
    shows(ana, 0)

    # With the ticket open in a tab, that tab comes to the front; read there, its notification goes.
    gets_pushed(ana, said)
    shows(ana, 1)
    other = ana.opens_another_tab()
    other.opens(number)
    shows(ana, 0)
    assert portal.pushes(ana.address)[0]["tag"] == f"ticket-{number}"


@pytest.mark.scenario("new")
def test_a_ticket_is_muted_from_its_notification(
    ana: Person, linh: Person, service: PushService, situation: dict[str, Any], portal: Portal
):
    number = situation["number"]
    said = _is_told(ana, linh, service, number, "Hello.")
    ana.goes_to("/tickets")  # the worker acts alone
    gets_pushed(ana, said)
    shows(ana, 1)
    actions = "async () => (await self.registration.getNotifications())[0].actions.map(({ title }) => title)"
    worker = worker_of(ana)
    assert worker.evaluate(actions) == ["Mute this ticket"]
    worker.evaluate("() => { self.pressed = 'mute'; }")
    assert worker.evaluate(CLICK) == []  # no page is opened for it
    shows(ana, 0)
    linh.replies("Nobody is told of this.")
    portal.lets_time_pass(minutes=5)
    assert len(service.took) == 1
    ana.opens(number)
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "true")
    # Read by now, or what comes next would be unread because of the word before.
    expect(ana.page.get_by_test_id("unread-badge")).to_have_count(0)

    # What can't be done by itself is asked in a page.
    ana.goes_to("/tickets")
    linh.replies("One more word.")
    expect(ana.row(number)).to_have_attribute(
        "data-unread", "true"
    )  # about what is read nothing is shown any more
    gets_pushed(ana, {**said, "mute": "/notifications/mute/1-nonsense"})
    shows(ana, 1)
    assert worker.evaluate(CLICK) == ["open /notifications/mute/1-nonsense"]


@pytest.mark.scenario("new")
def test_a_browser_whose_notifications_fail_says_so(ana: Person, service: PushService):
    has_push(ana, service.subscribes())
    ana.goes_to("/settings")
    worker_of(ana)
    ana.page.add_init_script(
        "PushManager.prototype.getSubscription = () => Promise.reject(new Error('broken'))"
    )
    ana.reloads()
    ana.sees("Your browser's notification service can't be reached. Try again later.")
    expect(ana.button("Turn on notifications")).to_be_enabled()


@pytest.mark.scenario("new")
def test_the_open_tab_of_a_ticket_comes_to_the_front(
    ana: Person, situation: dict[str, Any], service: PushService
):
    number = situation["number"]
    has_push(ana, service.subscribes())
    turns_on(ana)
    data = {
        "title": "x",
        "body": "y",
        "tag": f"ticket-{number}",
        "url": f"/tickets/{number}",
        "number": number,
    }
    gets_pushed(ana, data)
    shows(ana, 1)
    # The page closes what it tells of, so that it is clicked in the moment before.
    worker_of(ana).evaluate("async () => { self.kept = (await self.registration.getNotifications())[0]; }")
    ana.opens(number)

    clicked = worker_of(ana).evaluate(CLICK)

    assert clicked == [f"focus /tickets/{number}"]


@pytest.mark.scenario("new")
def test_signing_out_ends_it(
    ana: Person, linh: Person, service: PushService, situation: dict[str, Any], portal: Portal
):
    number = situation["number"]
    has_push(ana, service.subscribes())
    turns_on(ana)
    gets_pushed(ana, {"title": "x", "body": "y", "tag": "ticket-1", "url": "/", "number": number})
    shows(ana, 1)

    ana.presses("Account")
    ana.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    ana.is_at("/")
    shows(ana, 0)

    linh.opens(number)
    linh.replies("Are you there?")
    portal.lets_time_pass(minutes=3)
    assert service.took == []


@pytest.mark.scenario("guest-ticket")
def test_a_guest_who_asks_is_told_on_this_device(
    minh: Person, linh: Person, service: PushService, situation: dict[str, Any], portal: Portal
):
    phone = service.subscribes()
    has_push(minh, phone)
    minh.address = situation["email"]
    minh.follows_link(situation["link"])
    minh.presses("Send code")
    minh.types("Verification code", portal.mails(minh.address, "code")[0]["code"])
    minh.presses("Verify")
    minh.composer_is_ready()
    minh.presses("Turn on notifications")
    minh.sees("This device gets notifications.")
    minh.page.goto("about:blank")

    linh.opens(situation["number"])
    linh.replies("Here is your answer.")
    portal.lets_time_pass(seconds=2)

    said = phone.reads(service.took[-1].body)
    assert said["url"].startswith("/guest/")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("phone", [False, True])
def test_the_offer_moves_nothing(
    visitor: Visitor, situation: dict[str, Any], service: PushService, *, phone: bool
):
    ana = visitor("ana", phone=phone).is_signed_in()
    has_push(ana, service.subscribes())
    # The footer, which alone could count as moved: what sticks to an edge does not.
    ana.page.add_init_script(
        """new PerformanceObserver((list) => list.getEntries().forEach(({ sources }) => sources.forEach(
          ({ node }) => { if (node?.nodeName === "FOOTER") window.moved = true; }
        ))).observe({ type: "layout-shift", buffered: true });"""
    )
    key: list[Route] = []
    ana.page.route("**/devices/key", lambda route: key.append(route))  # noqa: PLW0108 - Playwright looks into it
    with ana.page.expect_request("**/devices/key"):
        ana.opens(situation["number"])
    composer = ana.page.get_by_test_id("composer")
    before = composer.bounding_box()
    with ana.page.expect_response("**/devices/key"):
        key[0].continue_()
    expect(ana.page.get_by_test_id("push-offer")).to_have_attribute("data-state", "offered")
    expect(ana.button("Turn on notifications")).to_be_in_viewport(ratio=1)
    expect(composer).to_be_in_viewport(ratio=1)
    assert composer.bounding_box() == before
    assert ana.page.evaluate("window.moved") is None
