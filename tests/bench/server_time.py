"""Server time: from the event or the connection at the socket until its answer is there."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

from tests.bench import people
from tests.bench.client import Tab, run
from tests.bench.people import Cast
from tests.bench.say import in_ms, say
from tests.bench.server import Data, Server

STATES = "reflex___state____state.ticket_portal___states___session____session_state"
CONVERSATION = f"{STATES}.ticket_portal___states___conversation____conversation_state"
RESOLUTION = f"{CONVERSATION}.ticket_portal___states___resolution____resolution_state"


LANES = 16
# Who watches the ticket has read it by then, so that only the measured page is being made.
SETTLE_SECONDS = 0.03
# So many at one size of the database, then as many at the next: the machine's pace changes from minute to minute.
BLOCK = 25

Change = Callable[[Tab], Awaitable[None]]
Once = Callable[[], Awaitable[float]]


def measure(sizes: dict[int, Data], boot: dict[str, Any], times: int) -> dict[str, Any]:
    """List of 200 tickets, a search in it, a ticket of ten messages, queue, a reply: in open pages and new tabs.

    The databases' sizes take turns, so that a ratio between them is one of the same minutes.
    """
    with ExitStack() as running:
        servers = {size: running.enter_context(Server(data)) for size, data in sizes.items()}
        found = run(_measure(servers, {n: people.cast(data) for n, data in sizes.items()}, boot, times))
    for size, of_it in found.items():
        say(f"{size:,} tickets: { {k: v['p50_ms'] for k, v in of_it.items()} }")
    return {str(size): of_it for size, of_it in found.items()}


async def _measure(
    servers: dict[int, Server], casts: dict[int, Cast], boot: dict[str, Any], times: int
) -> dict[int, dict[str, Any]]:
    benches = {size: _Bench(server.url, casts[size], boot) for size, server in servers.items()}
    found: dict[int, dict[str, Any]] = {size: {} for size in servers}
    for name in next(iter(benches.values())).kinds():
        async with AsyncExitStack() as opened:
            once = {n: await opened.enter_async_context(bench.kinds()[name]) for n, bench in benches.items()}
            took: dict[int, list[float]] = {size: [] for size in servers}
            while len(took[max(took)]) < times:
                for size, measured in once.items():
                    took[size] += [await measured() for _ in range(min(BLOCK, times))]
        for size, seconds in took.items():
            found[size][name] = in_ms(seconds)
    return found


class _Bench:
    """The measured pages, and beside them one where something changes before each measurement.

    So what is measured is read from the database and sent.
    """

    def __init__(self, url: str, cast: Cast, boot: dict[str, Any]) -> None:
        self._url, self._cast, self._boot = url, cast, boot
        self._muted = False

    def kinds(self) -> dict[str, AbstractAsyncContextManager[Once]]:
        """What is measured, by name; each is opened, then called for one measurement in seconds."""
        ticket, customer, agent = f"/tickets/{self._cast.number}", self._cast.customer, self._cast.agent
        return {
            "list_new_tab": self.new_tab("/tickets", customer, self.reply),
            "list_open_page": self.open_page(ticket, "/tickets", customer, self.reply),
            "search_open_page": self.open_page(ticket, "/tickets?q=deposit+usdt", customer, self.reply),
            "ticket_new_tab": self.new_tab(ticket, customer, self.mute),
            "ticket_open_page": self.open_page("/get-help", ticket, customer, self.mute),
            "queue_new_tab": self.new_tab("/agent", agent, self.reply),
            "queue_open_page": self.open_page(f"/agent{ticket}", "/agent", agent, self.reply),
            "reply": self.replies(),
        }

    @asynccontextmanager
    async def new_tab(self, path: str, who: dict[str, str], change: Change) -> AsyncIterator[Once]:
        async with self._other(change) as other:

            async def once() -> float:
                await change(other)
                await asyncio.sleep(SETTLE_SECONDS)
                return await _new_tab(self._url, path, who, self._boot)

            yield once

    @asynccontextmanager
    async def open_page(
        self, start: str, path: str, who: dict[str, str], change: Change
    ) -> AsyncIterator[Once]:
        tab = Tab(self._url, start, who, self._boot)
        await tab.open()
        async with self._other(change) as other:

            async def once() -> float:
                await change(other)
                await asyncio.sleep(SETTLE_SECONDS)
                tab.forget()
                began = time.perf_counter()
                tab.go(path)
                await tab.until_ready()
                took = time.perf_counter() - began
                tab.go(start)
                await tab.until_ready()
                return took

            yield once
        await tab.close()

    @asynccontextmanager
    async def replies(self) -> AsyncIterator[Once]:
        async with self._other(self.reply) as tab:

            async def once() -> float:
                await asyncio.sleep(0.02)
                tab.forget()
                began = time.perf_counter()
                await self.reply(tab)
                return time.perf_counter() - began

            yield once

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
        tab.say(f"{RESOLUTION}.mute", on=self._muted)
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
