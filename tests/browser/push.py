"""A browser's push service and service worker, as the scenes of notifications need them.

The browser's own push service is far away, so that `PushManager` is the scene's: it gives out an address at a push
service in this process. What arrives there goes to the service worker by the browser's own tools.
"""

import json
from typing import Any

from playwright.sync_api import Worker

from tests.browser.people import Person
from tests.push_service import Browser

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
    person.waits_until(
        "async (count) => (await (await navigator.serviceWorker.ready).getNotifications()).length === count",
        count,
    )
