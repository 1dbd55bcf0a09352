"""The phone as an app: installable, something to see without a connection, and a way in for other apps' screenshots."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal
from ticket_portal.i18n.locales import LOCALES, localized

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8z4APMOGVZRip0gBBLAETee26JgAAAABJRU5ErkJggg=="
)
# What a browser does with what another app shares: it navigates with a form's POST, which no page began.
SHARE = """([action, picture, text]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer();
  if (picture) files.items.add(new File([bytes], "Screenshot 1.png", { type: "image/png" }));
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, { method: "post", enctype: "multipart/form-data", rel: "noreferrer", action });
  const input = form.appendChild(document.createElement("input"));
  Object.assign(input, { type: "file", name: "files", multiple: true, files: files.files });
  for (const [name, value] of [["title", ""], ["text", text], ["url", ""]])
    Object.assign(form.appendChild(document.createElement("input")), { name, value });
  form.submit();
}"""


# The window of an installed app, as far as its pages can tell.
APP_WINDOW = """
  const asked = window.matchMedia.bind(window);
  window.matchMedia = (query) => (query === "(display-mode: browser)" ? asked("not all") : asked(query));
"""


def has_worker(person: Person) -> None:
    """Wait until the service worker serves this page."""
    person.page.evaluate("navigator.serviceWorker.register('/sw.js')")
    person.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    person.waits_until("async () => (await (await caches.open('portal-offline')).keys()).length > 0")


def shares(person: Person, text: str = "", *, picture: bool = True) -> None:
    """Share something from another app; the system opens the installed portal for it."""
    person.page.add_init_script(APP_WINDOW)
    action = localized(person.language, "/share")
    with person.page.expect_navigation():
        person.page.evaluate(SHARE, [action, PNG if picture else "", text])


@pytest.mark.parametrize("language", LOCALES)
def test_it_can_be_installed_in_each_language(visitor: Visitor, language: str, portal: Portal):
    anna = visitor("minh", language)
    anna.goes_to("/")
    session = anna.context.new_cdp_session(anna.page)
    found = session.send("Page.getAppManifest")

    assert found["errors"] == []
    assert found["url"].endswith(localized(language, "/manifest.webmanifest"))
    content: dict[str, Any] = json.loads(found["data"])
    assert content["start_url"] == localized(language, "/")
    assert (content["scope"], content["display"], content["id"]) == ("/", "standalone", "/")
    purposes = {(icon["sizes"], icon.get("purpose", "any")) for icon in content["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes
    for address in [icon["src"] for icon in content["icons"]] + [s["url"] for s in content["shortcuts"]]:
        assert portal.status(address) < 400, address
    # What Chromium itself still misses; in a private window it would install nothing at all.
    missing = [e["errorId"] for e in session.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(missing) <= {"in-incognito"}


@pytest.mark.scenario("demo")
def test_without_a_connection_there_is_what_was_last_seen(ana: Person):
    ana.goes_to("/tickets")
    subjects = ana.page.get_by_test_id("ticket-row").get_by_role("link").all_inner_texts()
    has_worker(ana)

    ana.forgives_a_lost_connection()
    ana.context.set_offline(True)
    ana.page.goto(f"{ana.portal.url}/tickets/new")
    expect(ana.page.get_by_role("heading", name="You're offline")).to_be_visible()
    expect(ana.page.get_by_role("heading", name="Your tickets, as you last saw them")).to_be_visible()
    expect(ana.page.get_by_role("listitem")).to_have_count(len(subjects))
    for subject in subjects:
        expect(ana.page.get_by_text(subject.removeprefix("New: ").splitlines()[-1])).to_be_visible()

    # Where this language was never read, in another one that was.
    ana.page.goto(f"{ana.portal.url}/vi/tickets")
    expect(ana.page.get_by_role("heading", name="You're offline")).to_be_visible()

    ana.page.goto(f"{ana.portal.url}/tickets/new")
    ana.context.set_offline(False)
    ana.is_live()
    ana.sees_heading("Submit a ticket")


@pytest.mark.scenario("demo")
def test_the_page_for_no_connection_speaks_the_language_of_the_address(ana: Person):
    ana.goes_to("/tickets")
    has_worker(ana)
    ana.page.goto(f"{ana.portal.url}/uk/get-help")
    ana.waits_until("async () => Boolean(await caches.match('/offline/uk'))")

    ana.forgives_a_lost_connection()
    ana.context.set_offline(True)
    ana.page.goto(f"{ana.portal.url}/uk/tickets")
    expect(ana.page.locator("html")).to_have_attribute("lang", "uk")
    expect(ana.page.get_by_role("button")).to_be_visible()


@pytest.mark.scenario("demo")
def test_nobody_sees_what_another_one_last_saw(ana: Person):
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('portal:seen:')).length"
    ana.goes_to("/tickets")
    ana.page.wait_for_function(f"() => {kept} === 1")
    has_worker(ana)

    ana.presses("Account")
    ana.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    ana.is_at("/")
    assert ana.page.evaluate(kept) == 0

    # A session that ran out takes it along as well, as soon as somebody else is there.
    ana.is_signed_in()
    ana.goes_to("/tickets")
    ana.page.wait_for_function(f"() => {kept} === 1")
    ana.context.clear_cookies()
    ana.address = "budi@example.com"
    ana.is_signed_in()
    ana.goes_to("/get-help")
    ana.page.wait_for_function(f"() => {kept} === 0")

    ana.forgives_a_lost_connection()
    ana.context.set_offline(True)
    ana.page.goto(f"{ana.portal.url}/tickets")
    expect(ana.page.get_by_role("heading", name="You're offline")).to_be_visible()
    expect(ana.page.get_by_role("listitem")).to_have_count(0)


def test_the_worker_keeps_no_page_but_the_one_for_no_connection(ana: Person):
    ana.goes_to("/tickets")
    has_worker(ana)
    ana.goes_to("/settings")
    kept = ana.page.evaluate(
        """async () => {
          const found = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
          return found.flat().map((it) => new URL(it.url).pathname).sort();
        }"""
    )
    assert kept == ["/offline/en"]


@pytest.mark.scenario("new")
def test_a_shared_screenshot_goes_into_an_open_ticket(visitor: Visitor, situation: dict[str, Any]):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.goes_to("/tickets")
    has_worker(ana)

    shares(ana, "Error 17 on this screen")
    ana.sees_heading("Share with support")
    expect(ana.page.locator("main img")).to_be_visible()
    ana.page.get_by_test_id("share-to").click()

    ana.is_at(f"/tickets/{situation['number']}")
    ana.has_typed("Error 17 on this screen")
    expect(ana.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    ana.presses("Send")
    ana.sees_message("Error 17 on this screen")
    sent = ana.message("Error 17 on this screen").get_by_test_id("attachment")
    expect(sent).to_be_visible()


@pytest.mark.scenario("empty")
def test_a_shared_screenshot_begins_a_new_ticket(visitor: Visitor):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.goes_to("/tickets")
    has_worker(ana)

    shares(ana)
    ana.presses("A new ticket")
    ana.is_at("/tickets/new")
    expect(ana.page.get_by_test_id("attachment")).to_have_attribute("data-state", "ready")
    ana.types("Subject", "What is this?")
    ana.types("Describe the problem", "See the picture.")
    ana.presses("Submit ticket")
    ana.sees_ticket("What is this?")
    expect(ana.page.get_by_test_id("message").get_by_test_id("attachment")).to_be_visible()


def test_what_there_is_no_room_for_is_not_shared_in_part(ana: Person):
    ana.goes_to("/tickets")
    has_worker(ana)
    ana.context.service_workers[0].evaluate(
        """() => {
          const put = Cache.prototype.put;
          Cache.prototype.put = function (name, answer) {
            return name.endsWith("/text") ? put.call(this, name, answer) : Promise.reject(new Error("full"));
          };
        }"""
    )
    shares(ana, "Error 17 on this screen")
    ana.sees("Nothing was shared")


@pytest.mark.parametrize(
    ("policy", "installed"), [("unsafe-url", True), ("unsafe-url", False), ("no-referrer", False)]
)
def test_a_foreign_page_shares_nothing(ana: Person, portal: Portal, policy: str, installed: bool):
    """A form on another site begins no message of Ana's, whether its page says where it comes from or hides it."""
    ana.goes_to("/tickets")
    has_worker(ana)
    if installed:
        ana.page.add_init_script(APP_WINDOW)
    form = f"""<meta name="referrer" content="{policy}"><form method="post" enctype="multipart/form-data"
      action="{portal.url}/share"><input name="text" value="Send 0.1 BTC to 1Evil"><button>Win</button></form>"""
    ana.page.route("http://evil.example/**", lambda route: route.fulfill(body=form, content_type="text/html"))
    ana.page.goto("http://evil.example/")
    ana.page.get_by_role("button", name="Win").click()

    ana.sees("Nothing was shared")
    ana.goes_to("/share")
    ana.sees("Nothing was shared")


def test_what_is_shared_leaves_with_the_sign_out(ana: Person):
    ana.goes_to("/tickets")
    has_worker(ana)
    shares(ana)
    ana.sees_heading("Share with support")
    ana.presses("Account")
    ana.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    ana.is_at("/")
    ana.goes_to("/share")
    ana.sees("Nothing was shared")


def test_the_composer_stands_above_the_keyboard_and_the_notch(visitor: Visitor, portal: Portal):
    situation = portal.loads("new")
    ana = visitor("ana", phone=True).is_signed_in()
    ana.opens(situation["number"])
    content = ana.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "interactive-widget=resizes-content" in content
    assert "viewport-fit=cover" in content
    ana.field("Your reply").focus()
    ana.page.set_viewport_size({"width": 390, "height": 420})  # what is left of the screen beside a keyboard
    expect(ana.button("Send")).to_be_in_viewport(ratio=1)
    expect(ana.field("Your reply")).to_be_in_viewport(ratio=1)
