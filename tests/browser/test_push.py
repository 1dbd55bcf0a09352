"""Notifications: asked for by a click, brought by the real worker, shown by the real service worker, ended by leaving.

The browser's own push service is far away, so that `PushManager` is the scene's: it gives out an address at a push
service in this process. What arrives there goes to the service worker by the browser's own tools.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, Worker, expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.push_service import Browser, PushService

# The one part that is not the browser's: where subscriptions come from.
PUSH_MANAGER = """([subscription, permission]) => {
  const kept = "scene:subscribed";
  const made = () => ({
    endpoint: subscription.endpoint,
    toJSON: () => subscription,
    unsubscribe: async () => { localStorage.removeItem(kept); return true; },
  });
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(kept) ? made() : null);
  PushManager.prototype.subscribe = async (options) => {
    localStorage.setItem(kept, String(options.applicationServerKey.length));
    return made();
  };
  if (permission) {
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = async () => { window.asked = true; return permission; };
  }
}"""


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service."""
    it = PushService()
    yield it
    it.close()


def has_push(person: Person, phone: Browser, permission: str = "") -> None:
    """Give a browser a push service; `permission`: what it says of itself, else what the browser really has."""
    given = json.dumps([phone.subscription, permission])
    person.context.add_init_script(f"({PUSH_MANAGER})({given})")
    if not permission:
        person.context.grant_permissions(["notifications"], origin=person.portal.url)


def turns_on(person: Person) -> None:
    """Turn notifications on in the settings."""
    person.goes_to("/settings")
    person.presses("Turn on notifications")
    person.sees("This device gets notifications.")


def worker_of(person: Person) -> Worker:
    """The service worker of this browser, when it is at work."""
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return person.context.service_workers[0]


def gets_pushed(person: Person, data: dict[str, Any]) -> None:
    """Let the browser hand a push to the service worker, as it does with one from a push service."""
    session = person.context.new_cdp_session(person.page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"]))
    session.send("ServiceWorker.enable")
    person.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": person.portal.url,
            "registrationId": found[-1]["registrationId"],
            "data": json.dumps(data),
        },
    )
    session.detach()


def notifications(person: Person) -> list[dict[str, str]]:
    """What this browser shows of the portal's notifications."""
    return person.page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map(({ title, body, tag }) => ({ title, body, tag }))"""
    )


def shows(person: Person, count: int) -> None:
    """Wait until so many notifications are shown."""
    person.page.wait_for_function(
        "async (count) => (await (await navigator.serviceWorker.ready).getNotifications()).length === count",
        arg=count,
    )


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


@pytest.mark.scenario("new")
def test_an_answer_is_shown_as_a_notification_and_leads_to_the_ticket(
    ana: Person, linh: Person, service: PushService, situation: dict[str, Any], portal: Portal
):
    number = situation["number"]
    phone = service.subscribes()
    has_push(ana, phone)
    turns_on(ana)

    linh.opens(number)
    linh.replies("Your refund is 1,234 dollars.")
    portal.lets_time_pass(seconds=2)

    said = phone.reads(service.took[-1].body)
    gets_pushed(ana, said)
    shows(ana, 1)
    (shown,) = notifications(ana)
    assert shown["title"] == f"Your support ticket {number} has been updated"
    assert "1,234" not in json.dumps(said)

    # Another one about the same ticket takes its place.
    gets_pushed(ana, {**said, "title": f"Ticket {number} is resolved: please confirm"})
    ana.page.wait_for_function(
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
    phone = service.subscribes()
    has_push(ana, phone)
    turns_on(ana)
    linh.opens(number)
    linh.replies("Hello.")
    portal.lets_time_pass(seconds=2)
    said = phone.reads(service.took[-1].body)
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

    # What can't be done by itself is asked in a page.
    ana.goes_to("/tickets")
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
def test_the_offer_stands_beside_a_ticket_and_is_put_off_for_good(
    ana: Person, situation: dict[str, Any], service: PushService
):
    has_push(ana, service.subscribes())
    ana.opens(situation["number"])
    ana.sees("Get a notification on this device when there is news in your ticket?")
    ana.presses("Not now")
    ana.reloads()
    ana.composer_is_ready()
    ana.page.wait_for_timeout(2500)  # longer than the offer takes to come
    expect(ana.page.get_by_test_id("push-offer")).to_have_attribute("data-state", "")


@pytest.mark.scenario("new")
def test_the_offer_is_taken_by_one_click(ana: Person, situation: dict[str, Any], service: PushService):
    has_push(ana, service.subscribes())
    ana.opens(situation["number"])
    ana.presses("Turn on notifications")
    ana.sees("This device gets notifications.")

    ana.goes_to("/settings")
    ana.sees("This device")
    ana.presses("Send a test")
    ana.sees("Sent. It appears on the device within a few seconds.")
    assert service.took[-1].headers["topic"] == "test"


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


@pytest.mark.scenario("new")
def test_a_device_that_is_gone_leaves_the_list(ana: Person, service: PushService):
    has_push(ana, service.subscribes())
    turns_on(ana)
    service.status = 410
    ana.presses("Send a test")
    ana.sees("This device can't be reached any more, so we took it off the list.")
    expect(ana.page.get_by_test_id("device")).to_have_count(0)
    ana.sees("This device gets no notifications any more: it was taken off the list.")

    service.status = 201
    ana.presses("Turn on notifications")
    ana.sees("This device gets notifications.")
    expect(ana.page.get_by_test_id("device")).to_have_count(1)


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
    ana.sees("This browser can't show notifications. You are told by e-mail as before.")


def test_an_iphone_is_told_of_the_home_screen(ana: Person):
    ana.context.add_init_script(
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' })"
    )
    ana.goes_to("/settings")
    expect(ana.page.get_by_test_id("push-state")).to_have_attribute("data-state", "home_screen")


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


@pytest.mark.scenario("resolved")
def test_who_sees_the_end_of_a_conversation_sees_the_offer_come(
    visitor: Visitor, situation: dict[str, Any], service: PushService
):
    ana = visitor("ana", phone=True).is_signed_in()
    has_push(ana, service.subscribes())
    ana.page.set_viewport_size({"width": 390, "height": 640})
    asked: list[Route] = []
    ana.page.route("**/devices/key", lambda route: asked.append(route))  # noqa: PLW0108 - Playwright looks into it
    with ana.page.expect_request("**/devices/key"):
        ana.opens(situation["number"])
    ana.page.evaluate(
        """() => scrollBy(0, 4 + document.querySelector(".push-offer").getBoundingClientRect().top
        - document.querySelector(".dock").getBoundingClientRect().top)"""
    )
    asked[0].continue_()
    offer = ana.page.get_by_test_id("push-offer")
    expect(offer).to_have_attribute("data-state", "offered")
    button, composer = ana.button("Turn on notifications"), ana.page.get_by_test_id("composer")
    expect(button).to_be_in_viewport(ratio=1)
    expect(composer).to_be_in_viewport(ratio=1)
    ana.page.wait_for_function(
        """() => document.querySelector(".push-offer").getBoundingClientRect().bottom
        <= document.querySelector(".composer").getBoundingClientRect().top"""
    )
