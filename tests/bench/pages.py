"""Cold page loads: an empty cache, the main pages, on this machine's line and on a slow phone's."""

import statistics
from typing import Any

from playwright.sync_api import Browser

from tests.bench import people
from tests.bench.browser import DESKTOP, PHONE, traffic, visit
from tests.bench.people import Cast
from tests.bench.say import say
from tests.bench.server import Data, Server

# Lighthouse's slow 4G, and a phone's processor.
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOW_CPU = 4

_VITALS = """() => {
  window.benchVitals = {lcp: 0, cls: 0};
  new PerformanceObserver((list) => { for (const e of list.getEntries()) window.benchVitals.lcp = e.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput) window.benchVitals.cls += e.value;
  }).observe({type: 'layout-shift', buffered: true});
}"""
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def places(cast: Cast) -> dict[str, tuple[str, dict[str, str]]]:
    """The main pages and who looks at them."""
    return {
        "home": ("/", {}),
        "sign_in": ("/sign-in", {}),
        "article": ("/help/follow-your-ticket", {}),
        "article_uk": ("/uk/help/follow-your-ticket", {}),
        "new_ticket": ("/tickets/new", {}),
        "tickets": ("/tickets", cast.customer),
        "ticket": (f"/tickets/{cast.number}", cast.customer),
        "guest": (cast.guest_path, {}),
        "guest_ticket": (cast.guest_path, cast.guest),
        "guest_ticket_uk": (
            f"/uk{cast.guest_path}",
            cast.guest,
        ),  # the page and the language with the most to load
        "queue": ("/agent", cast.agent),
        "agent_ticket": (f"/agent/tickets/{cast.number}", cast.agent),
    }


def measure(data: Data, browser: Browser, times: int) -> dict[str, Any]:
    """Requests, KB, first and largest contentful paint, layout shift of each page."""
    cast = people.cast(data)
    found: dict[str, Any] = {}
    with Server(data) as server:
        for name, (path, cookies) in places(cast).items():
            fast = [_load(browser, server.url, path, cookies, slow=False) for _ in range(times)]
            slow = [_load(browser, server.url, path, cookies, slow=True) for _ in range(max(1, times // 2))]
            found[name] = {"fast": _medians(fast), "slow_phone": _medians(slow)}
            say(f"{name}: {found[name]}")
    return found


def _load(browser: Browser, url: str, path: str, cookies: dict[str, str], *, slow: bool) -> dict[str, float]:
    context = visit(browser, url, cookies, PHONE if slow else DESKTOP)
    page = context.new_page()
    cdp, counted = traffic(page)
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": False})
    if slow:
        cdp.send("Network.emulateNetworkConditions", SLOW)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    page.add_init_script(f"({_VITALS})()")
    page.goto(path)
    page.wait_for_selector(
        "[data-testid=connection-status][data-state=live]", state="attached", timeout=60_000
    )
    page.wait_for_timeout(2_000 if slow else 700)
    vitals = page.evaluate("() => window.benchVitals")
    first = page.evaluate(_FIRST_PAINT)
    context.close()
    return {
        "requests": counted["requests"],
        "kb": round(counted["kb"], 1),
        "fcp_ms": round(first),
        "lcp_ms": round(vitals["lcp"]),
        "cls": round(vitals["cls"], 4),
    }


def _medians(loads: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(load[name] for load in loads) for name in loads[0]}
