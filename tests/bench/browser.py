"""Chromium, watching for what appears."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright, sync_playwright

from tests.browser.chromium import QUIET

MACHINES_OWN = "/usr/bin/chromium"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 412, "height": 823}

_WATCH = """() => {
  window.benchSeen = {};
  const look = (node) => {
    const found = (node.textContent || '').match(/bench-\\d+-end/g) || [];
    for (const word of found) window.benchSeen[word] ??= Date.now();
  };
  new MutationObserver((changes) => {
    for (const c of changes) { c.addedNodes.forEach(look); if (c.type === 'characterData') look(c.target); }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def program(playwright: Playwright) -> str:
    """Which Chromium: Playwright's own where it is installed, else the machine's."""
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else MACHINES_OWN


@contextmanager
def chromium() -> Iterator[tuple[Browser, str]]:
    """A browser without a window, and which program it is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=QUIET, executable_path=program(playwright))
        try:
            yield browser, program(playwright)
        finally:
            browser.close()


def visit(
    browser: Browser, url: str, cookies: dict[str, str], viewport: dict[str, int] = DESKTOP
) -> BrowserContext:
    """A browser profile of its own, with these cookies and nothing kept."""
    context = browser.new_context(viewport=viewport, base_url=url, locale="en-US")  # pyright: ignore[reportArgumentType]
    context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
    return context


def boot_packet(browser: Browser, url: str) -> dict[str, Any]:
    """What the built front end says first on its socket; the bench's own tabs say the same."""
    sent: list[str] = []
    context = visit(browser, url, {})
    page = context.new_page()
    page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(str(data))))
    page.goto("/sign-in")
    page.wait_for_selector("[data-testid=connection-status][data-state=live]", state="attached")
    context.close()
    packet = json.loads(next(p for p in sent if p.startswith("40/_event,")).removeprefix("40/_event,"))
    return {"state_schema": packet["state_schema"], "hashes": packet["event"]["payload"].get("hashes")}


class Viewer:
    """A page that shows a ticket, and when what appeared in it."""

    def __init__(self, browser: Browser, url: str, cookies: dict[str, str], path: str) -> None:
        """Open the page and wait for the conversation."""
        self._context = visit(browser, url, cookies)
        self.page: Page = self._context.new_page()
        self.page.goto(path)
        self.page.locator("[data-testid=message]").first.wait_for()
        self.page.wait_for_selector("[data-testid=connection-status][data-state=live]", state="attached")
        self.page.evaluate(_WATCH)

    def saw(self, word: str) -> float:
        """When this word was in the page (seconds since 1970; the clock has milliseconds, so half of one is added)."""
        self.page.wait_for_function("word => window.benchSeen[word]", arg=word, polling=5)
        return (self.page.evaluate("word => window.benchSeen[word]", word) + 0.5) / 1000

    def close(self) -> None:
        """Close it."""
        self._context.close()


def traffic(page: Page) -> tuple[CDPSession, dict[str, float]]:
    """Count what the page transfers from now on: requests and KB as they come over the wire."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    counted = {"requests": 0.0, "kb": 0.0}

    def finished(event: dict[str, Any]) -> None:
        # What was preloaded comes again from the cache, without a byte.
        counted["requests"] += event["encodedDataLength"] > 0
        counted["kb"] += event["encodedDataLength"] / 1024

    cdp.on("Network.loadingFinished", finished)
    return cdp, counted
