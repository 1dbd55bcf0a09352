"""Pages of one ticket under load: each visit fetches the page's HTML and opens its socket, both on new connections."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from tests.bench import people
from tests.bench.client import Tab, run
from tests.bench.people import Cast
from tests.bench.say import say
from tests.bench.server import Data, Server

LANES = 16
WARM_UP = 5 * LANES

Address = tuple[str, dict[str, str]]
"""A page's path, and the cookies of who opens it."""


def measure(data: Data, boot: dict[str, Any], visits: int, rounds: int = 3) -> dict[str, Any]:
    """Return how many visits a second one server process answers, 16 at a time; the pages take turns."""
    pages = _pages(people.cast(data))
    found: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    with Server(data) as server:
        for address in pages.values():
            run(_visit_many(server.url, address, boot, WARM_UP))
        for _ in range(rounds):
            for name, address in pages.items():
                found[name].append(_rate(server, address, boot, visits))
                say(f"{name}: {found[name][-1]}")
    return {name: max(taken, key=lambda rate: rate["per_second"]) for name, taken in found.items()}


def _pages(cast: Cast) -> dict[str, Address]:
    return {
        "guest_ticket": (cast.guest_path, cast.guest),
        "customer_ticket": (f"/tickets/{cast.number}", cast.customer),
    }


def _rate(server: Server, address: Address, boot: dict[str, Any], visits: int) -> dict[str, float]:
    before, started = server.cpu_seconds(), time.perf_counter()
    run(_visit_many(server.url, address, boot, visits))
    took = time.perf_counter() - started
    cpu = (server.cpu_seconds() - before) / visits
    return {"per_second": round(visits / took, 1), "server_cpu_ms": round(cpu * 1000, 2)}


async def _visit_many(url: str, address: Address, boot: dict[str, Any], visits: int) -> None:
    left = iter(range(visits))

    async def lane() -> None:
        for _ in left:
            await _visit(url, address, boot)

    await asyncio.gather(*(lane() for _ in range(LANES)))


async def _visit(url: str, address: Address, boot: dict[str, Any]) -> None:
    path, cookies = address
    await _fetch_html(url, path, cookies)
    tab = Tab(url, path, cookies, boot)
    await tab.open()
    await tab.close()


async def _fetch_html(url: str, path: str, cookies: dict[str, str]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**22)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Accept: text/html",
        "Accept-Encoding: gzip",
        "Connection: close",
        "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    if b" 200 " not in head.partition(b"\r\n")[0] or not body:
        raise ConnectionError(head.decode(errors="replace"))
