"""One production build, one server for most scenes (others where one needs its own), one browser, one context a person.

`PORTAL_URL` (and `PORTAL_TEST_TOKEN`) run the scenes against a portal that runs elsewhere; those that kill servers or
cut wires are skipped then. Every scene begins with a scenario that replaces all of that portal's data.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser import chromium
from tests.browser.people import Person
from tests.browser.portal import Line, Portal, Server
from tests.browser.reader import DESKTOP, PHONE
from tests.push_service import PushService
from ticket_portal.frontend.build import build as build_front_end

DEPLOYED = os.environ.get("PORTAL_URL", "").rstrip("/")
TOKEN = os.environ.get("PORTAL_TEST_TOKEN", "")
PATIENCE_MS = (
    15_000  # as long as the slowest machine of ours needs; nothing is concluded from how long it took
)
Visitor = Callable[..., Person]


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks of the scenes."""
    config.addinivalue_line("markers", "scenario(name): the named situation that the scene begins with")
    config.addinivalue_line("markers", "server(name): `mortal` (may be killed) or `pair` (two processes)")
    config.addinivalue_line("markers", "notifications: the scene needs a browser that can show them")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let the fixtures know whether the scene failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def front_end() -> None:
    """The production build."""
    if not DEPLOYED:
        build_front_end()


@pytest.fixture(scope="session")
def shared_portal(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One process on SQLite; or the portal that runs elsewhere."""
    if DEPLOYED:
        portal = Portal(DEPLOYED, token=TOKEN)
        yield portal
        portal.close()
        return
    server = Server(tmp_path_factory.mktemp("portal"))
    server.start()
    portal = Portal(server.url, servers=(server,))
    yield portal
    portal.close()
    server.stop()


@pytest.fixture(scope="session")
def mortal_portal(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One process on SQLite behind a wire; both may be harmed."""
    line = Line()
    server = Server(tmp_path_factory.mktemp("mortal"), base_url=line.url)
    line.leads_to(server)
    server.start()
    portal = Portal(line.url, servers=(server,), line=line)
    yield portal
    portal.close()
    server.stop()
    line.close()


@pytest.fixture(scope="session")
def pair_portal(
    front_end: None, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """Two processes on one PostgreSQL database, behind a wire that leads to the first."""
    folder, database, line = tmp_path_factory.mktemp("pair"), postgres(), Line()
    first, second = (Server(folder, database_url=database, base_url=line.url) for _ in range(2))
    line.leads_to(first)
    first.start()
    second.start()
    portal = Portal(line.url, servers=(first, second), line=line)
    yield portal
    portal.close()
    second.stop()
    first.stop()
    line.close()


@pytest.fixture
def portal(request: pytest.FixtureRequest) -> Portal:
    """The portal of this scene."""
    mark = request.node.get_closest_marker("server")
    if mark and DEPLOYED:
        pytest.skip("This scene harms servers; it does so to its own alone.")
    return request.getfixturevalue(f"{mark.args[0] if mark else 'shared'}_portal")


@pytest.fixture
def situation(portal: Portal, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the scene begins with: the scenario of its mark, or nothing but the accounts."""
    mark = request.node.get_closest_marker("scenario")
    return portal.loads(mark.args[0] if mark else "empty")


@pytest.fixture
def number(situation: dict[str, Any]) -> int:
    """The number of the scenario's ticket."""
    return situation["number"]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as it:
        expect.set_options(timeout=PATIENCE_MS)
        yield it


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium."""
    browser = chromium.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with all that a light one leaves out, such as notifications."""
    browser = chromium.launch(playwright, whole=True)
    yield browser
    browser.close()


@pytest.fixture
def language() -> str:
    """What customers and guests read; scenes name others with `parametrize`."""
    return "en"


@pytest.fixture
def visitor(
    portal: Portal, situation: dict[str, Any], language: str, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """Somebody opens a browser: `visitor("ana", phone=True)`. What goes wrong in its pages fails the scene."""
    whole = request.node.get_closest_marker("notifications")
    browser: Browser = request.getfixturevalue("whole_browser" if whole else "browser")
    contexts: list[BrowserContext] = []
    people: list[Person] = []
    problems: list[str] = []

    def opens_a_browser(
        name: str, language: str = language, *, phone: bool = False, scripts: bool = True, at: int = 0
    ) -> Person:
        size: dict[str, Any] = (
            {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {"viewport": DESKTOP}
        )
        size["java_script_enabled"] = scripts
        context = browser.new_context(locale=language, timezone_id="UTC", reduced_motion="reduce", **size)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        there = Portal(portal.servers[at].url) if at else portal
        people.append(Person(there, context, name, language, problems))
        return people[-1]

    yield opens_a_browser
    failed = request.node.stash.get(FAILED, True)
    if failed:
        _show_what_they_see(request, people)
    for context in contexts:
        context.close()
    if not failed:
        assert not problems, "\n".join(problems)
    elif problems:
        print("\n".join(problems))


def _show_what_they_see(request: pytest.FixtureRequest, people: list[Person]) -> None:
    cache = request.config.cache
    assert cache is not None
    folder = cache.mkdir("scenes")
    for person in people:
        for place, page in enumerate(person.context.pages):
            name = re.sub(r"[^\w.-]+", "-", f"{request.node.name}-{person.name}-{place}")
            page.screenshot(path=folder / f"{name}.png")
            print(f"── {person.name} sees {page.url} ({folder / name}.png)")
            print(page.locator("body").aria_snapshot())


@pytest.fixture
def ana(visitor: Visitor) -> Person:
    """A customer, signed in."""
    return visitor("ana").is_signed_in()


@pytest.fixture
def budi(visitor: Visitor) -> Person:
    """Another customer, signed in."""
    return visitor("budi").is_signed_in()


@pytest.fixture
def linh(visitor: Visitor) -> Person:
    """An agent, signed in; she works in English whatever the customer reads."""
    return visitor("linh", "en").is_signed_in()


@pytest.fixture
def minh(visitor: Visitor) -> Person:
    """Somebody without an account."""
    return visitor("minh")


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service."""
    it = PushService()
    yield it
    it.close()
