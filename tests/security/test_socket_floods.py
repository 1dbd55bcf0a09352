"""How fast and how much a socket may speak."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.security.client import Client
from tests.security.conftest import World
from tests.security.names import CONVERSATION, SESSION
from tests.security.server import Served, served


def test_watching_thirty_times_is_watching_once(portal: Served, world: World) -> None:
    """A tab has one watcher of a page, however often it asks for one: one change is told once."""
    path = f"/tickets/{world.budi_number}"

    async def watch() -> int:
        async with Client(portal.url, world.cookies["customer"]) as tab:
            await tab.visit(path)
            for _ in range(30):
                await tab.call(f"{CONVERSATION}.watch", {}, path)
            await tab.settled()
            before = len(tab.frames)
            await asyncio.to_thread(portal.store.write, lambda work: work.publish("ticket:3"))
            await tab.settled(quiet=1)
            return len([f for f in tab.frames[before:] if '["ping"' not in f])

    assert asyncio.run(watch()) <= 2


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, portal: Served) -> Iterator[Served]:
    """A server with the limits that people have."""
    with served(tmp_path_factory.mktemp("strict"), worker=False) as running:
        yield running


def test_a_flood_closes_its_socket(strict: Served) -> None:
    """Twenty thousand events: closed for breaking the rules, after a handful of them."""
    # The rest of the flood may run into the closed connection before its reason is read: 1006.

    async def flood() -> int | None:
        async with Client(strict.url) as tab:
            await tab.visit("/sign-in")
            for _ in range(20_000):
                if tab._reader.done():
                    break
                await tab.call(f"{SESSION}.note_session_over")
            return await tab.ended()

    assert asyncio.run(flood()) in (1008, 1006)


def test_a_message_too_large_closes_its_socket(strict: Served) -> None:
    """More than a megabyte is nothing that a page sends; nor is a list in a list in a list, a hundred thousand deep."""

    async def send(raw: str) -> bool:
        async with Client(strict.url) as tab:
            await tab.say(raw)
            await tab.ended(within=3)
            return tab._reader.done()

    large = {"name": f"{SESSION}.choose_language", "payload": {"code": "x" * 1_100_000}}
    assert asyncio.run(send(f'42/_event,["event",{json.dumps(large)}]'))
    assert asyncio.run(send('42/_event,["event",' + "[" * 200_000 + "]" * 200_000 + "]"))
    assert httpx.get(f"{strict.url}/healthz").status_code == 200
    assert "x" * 1000 not in strict.logged()
