"""Server time: from the event or the connection at the socket until its answer is there."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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

Change = Callable[[Tab], Awaitable[None]]


async def _measure(server: Server, cast: Cast, boot: dict[str, Any], times: int) -> dict[str, Any]:
    bench = _Bench(server.url, cast, boot, times)
    ticket, customer, agent = f"/tickets/{cast.number}", cast.customer, cast.agent
    found: dict[str, Any] = {}
    for name, start, path, who, change in (
        ("list", ticket, "/tickets", customer, bench.reply),
        ("search", ticket, "/tickets?q=deposit+usdt", customer, bench.reply),
        ("ticket", "/get-help", ticket, customer, bench.mute),
        ("queue", f"/agent{ticket}", "/agent", agent, bench.reply),
    ):
        if name != "search":
            found[f"{name}_new_tab"] = await bench.new_tabs(path, who, change)
        found[f"{name}_open_page"] = await bench.open_page(start, path, who, change)
    found["reply"] = await bench.replies()
    return found


class _Bench:
    """The measured pages, and beside them one where something changes before each measurement.

    So what is measured is read from the database and sent.
    """

    def __init__(self, url: str, cast: Cast, boot: dict[str, Any], times: int) -> None:
        self._url, self._cast, self._boot, self._times = url, cast, boot, times
        self._muted = False

    async def new_tabs(self, path: str, who: dict[str, str], change: Change) -> dict[str, float]:
        took: list[float] = []
        async with self._other(change) as other:
            for _ in range(self._times):
                await change(other)
                await asyncio.sleep(SETTLE_SECONDS)
                took.append(await _new_tab(self._url, path, who, self._boot))
        return in_ms(took)

    async def open_page(self, start: str, path: str, who: dict[str, str], change: Change) -> dict[str, float]:
        tab = Tab(self._url, start, who, self._boot)
        await tab.open()
        took: list[float] = []
        async with self._other(change) as other:
            for _ in range(self._times):
                await change(other)
                await asyncio.sleep(SETTLE_SECONDS)
                tab.forget()
                began = time.perf_counter()
                tab.go(path)
                await tab.until_ready()
                took.append(time.perf_counter() - began)
                tab.go(start)
                await tab.until_ready()
        await tab.close()
        return in_ms(took)

    async def replies(self) -> dict[str, float]:
        took: list[float] = []
        async with self._other(self.reply) as tab:
            for _ in range(self._times):
                tab.forget()
                began = time.perf_counter()
                await self.reply(tab)
                took.append(time.perf_counter() - began)
                await asyncio.sleep(0.02)
        return in_ms(took)

    async def reply(self, tab: Tab) -> None:
        """Post a reply in the busy ticket; it is there when the writer's own page shows it as kept."""
        key = str(uuid4())
        item = {
            "kind": "reply",
            "number": self._cast.busy,
            "client_id": key,
            "body": "One more message of the bench.",
        }
        tab.say(f"{CONVERSATION}.send", item=item)
        await tab.until(lambda delta: key in str(delta))

    async def mute(self, tab: Tab) -> None:
        """Change the ticket of ten messages so that it still has ten."""
        self._muted = not self._muted
        tab.say(f"{CONVERSATION}.mute", on=self._muted)
        await tab.until(lambda delta: "muted" in str(delta))

    @asynccontextmanager
    async def _other(self, change: Change) -> AsyncIterator[Tab]:
        number = self._cast.number if change == self.mute else self._cast.busy
        tab = Tab(self._url, f"/tickets/{number}", self._cast.customer, self._boot)
        await tab.open()
        try:
            yield tab
        finally:
            await tab.close()


async def _new_tab(url: str, path: str, cookies: dict[str, str], boot: dict[str, Any]) -> float:
    tab = Tab(url, path, cookies, boot)
    started = time.perf_counter()
    await tab.open()
    took = time.perf_counter() - started
    await tab.close()
    return took


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
