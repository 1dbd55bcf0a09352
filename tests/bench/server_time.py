"""Server time: from the event or the connection at the socket until its answer is there."""

import asyncio
import time
from typing import Any
from uuid import uuid4

from tests.bench import people
from tests.bench.client import Tab, run
from tests.bench.people import Cast
from tests.bench.say import in_ms, say
from tests.bench.server import Data, Server

STATES = "reflex___state____state.ticket_portal___states___session____session_state"
CONVERSATION = f"{STATES}.ticket_portal___states___conversation____conversation_state"


def measure(data: Data, boot: dict[str, Any], times: int) -> dict[str, Any]:
    """List of 200 tickets, a search in it, a ticket of ten messages, queue, a reply: in open pages and new tabs."""
    cast = people.cast(data)
    with Server(data) as server:
        found = run(_measure(server, cast, boot, times))
    say(f"{data.tickets:,} tickets: { {k: v['p50_ms'] for k, v in found.items()} }")
    return found


LANES = 16
# Who watches the ticket has read it by then, so that only the measured page is being made.
SETTLE_SECONDS = 0.03


async def _measure(server: Server, cast: Cast, boot: dict[str, Any], times: int) -> dict[str, Any]:
    ticket, url = f"/tickets/{cast.number}", server.url
    found: dict[str, Any] = {}
    for name, path, cookies in (
        ("list", "/tickets", cast.customer),
        ("ticket", ticket, cast.customer),
        ("queue", "/agent", cast.agent),
    ):
        found[f"{name}_new_tab"] = await _new_tabs(url, cast, path, cookies, boot, times)
    found["list_open_page"] = await _open_page(url, cast, cast.customer, ticket, "/tickets", boot, times)
    search = "/tickets?q=deposit+usdt"
    found["search_open_page"] = await _open_page(url, cast, cast.customer, ticket, search, boot, times)
    found["ticket_open_page"] = await _open_page(url, cast, cast.customer, "/get-help", ticket, boot, times)
    found["queue_open_page"] = await _open_page(
        url, cast, cast.agent, f"/agent{ticket}", "/agent", boot, times
    )
    found["reply"] = await _reply(url, cast, boot, times)
    return found


async def _new_tabs(
    url: str, cast: Cast, path: str, cookies: dict[str, str], boot: dict[str, Any], times: int
) -> dict[str, float]:
    other = Tab(url, f"/tickets/{cast.number}", cast.customer, boot)
    await other.open()
    took: list[float] = []
    for _ in range(times):
        await _changed(other, cast)
        await asyncio.sleep(SETTLE_SECONDS)
        took.append(await _new_tab(url, path, cookies, boot))
    await other.close()
    return in_ms(took)


async def _new_tab(url: str, path: str, cookies: dict[str, str], boot: dict[str, Any]) -> float:
    tab = Tab(url, path, cookies, boot)
    started = time.perf_counter()
    await tab.open()
    took = time.perf_counter() - started
    await tab.close()
    return took


async def _open_page(
    url: str, cast: Cast, who: dict[str, str], start: str, path: str, boot: dict[str, Any], times: int
) -> dict[str, float]:
    tab, other = Tab(url, start, who, boot), Tab(url, f"/tickets/{cast.number}", cast.customer, boot)
    await tab.open()
    await other.open()
    took: list[float] = []
    for _ in range(times):
        await _changed(other, cast)
        await asyncio.sleep(SETTLE_SECONDS)
        tab.forget()
        began = time.perf_counter()
        tab.go(path)
        await tab.until_ready()
        took.append(time.perf_counter() - began)
        tab.go(start)
        await tab.until_ready()
    await tab.close()
    await other.close()
    return in_ms(took)


async def _reply(url: str, cast: Cast, boot: dict[str, Any], times: int) -> dict[str, float]:
    tab = Tab(url, f"/tickets/{cast.number}", cast.customer, boot)
    await tab.open()
    took: list[float] = []
    for _ in range(times):
        tab.forget()
        began = time.perf_counter()
        await _changed(tab, cast)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)
    await tab.close()
    return in_ms(took)


async def _changed(tab: Tab, cast: Cast) -> None:
    """Post a reply; it is there when the writer's own page shows it as kept.

    Before each measured page something changes like that, so that the page is read from the database and sent.
    """
    key = str(uuid4())
    item = {
        "kind": "reply",
        "number": cast.number,
        "client_id": key,
        "body": "One more message of the bench.",
    }
    tab.say(f"{CONVERSATION}.send", item=item)
    await tab.until(lambda delta: key in str(delta))


async def _at_once(url: str, who: list[dict[str, str]], boot: dict[str, Any], tabs: int, lanes: int) -> float:
    left = iter(range(tabs))

    async def lane() -> None:
        for number in left:
            await _new_tab(url, "/tickets", who[number % len(who)], boot)

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(lanes)))
    return tabs / (time.perf_counter() - started)


def rate(data: Data, boot: dict[str, Any], processes: int, tabs: int = 600) -> dict[str, Any]:
    """The list in new tabs, 16 at a time, how many a second: one customer's 200 tickets; as many customers as tabs."""
    one = [people.cast(data).customer]
    many = [person.cookies for person in people.passers(data, tabs)]
    found: dict[str, Any] = {}
    with Server(data, processes) as server:
        run(_at_once(server.url, one, boot, 60, LANES))
        for name, who in (("one_customer", one), ("many_customers", many)):
            before = server.cpu_seconds()
            found[f"{name}_per_second"] = round(run(_at_once(server.url, who, boot, tabs, LANES)), 1)
            cpu = (server.cpu_seconds() - before) / tabs
            found[f"{name}_server_cpu_ms"] = round(cpu * 1000, 2)
    say(f"list in new tabs, {processes} process(es): {found}")
    return found
