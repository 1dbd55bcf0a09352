"""One listener tells all open pages how many tickets are unread: only those whose count changed, only while open."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from tests.cast import opens, says
from ticket_portal.delivery.live import Hub
from ticket_portal.domain.people import NOBODY, Viewer
from ticket_portal.domain.tickets import conversation, messages, updates
from ticket_portal.states import unread
from ticket_portal.states.unread import Followers
from ticket_portal.store.unit_of_work import Store


class Pages:
    """Some open pages, what each was told, and how often the database was asked."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open, self.told, self.reads = set[str](), list[tuple[str, int]](), 0
        self._store, self._hub = store, Hub(store)
        portal = SimpleNamespace(hub=self._hub, read=self._ask)
        monkeypatch.setattr(unread, "portal", lambda: portal)
        monkeypatch.setattr(unread, "SETTLE", 0.05)
        self.followers = Followers(lambda token: token in self.open, self._show)

    async def comes(self, token: str, viewer: Viewer, guest: Viewer = NOBODY) -> int:
        self.open.add(token)
        return await self.followers.follow(token, viewer, guest)

    async def does(self, function: Callable[..., Any], *args: Any) -> Any:
        done = await asyncio.to_thread(self._store.write, function, *args)
        await asyncio.sleep(0.25)
        return done

    def run(self, scene: Callable[[], Awaitable[None]]) -> None:
        async def inside() -> None:
            RegistrationContext.set(RegistrationContext())
            async with self._hub.running():
                await asyncio.sleep(0.3)  # until it listens to other processes, which makes it read all again
                await scene()

        asyncio.run(inside())

    async def _ask(self, function: Any, *args: Any) -> Any:
        self.reads += function is updates.unread
        return await asyncio.to_thread(self._store.read, function, *args)

    async def _show(self, token: str, count: int) -> None:
        self.told.append((token, count))


@pytest.fixture
def pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Nobody is there yet."""
    return Pages(store, monkeypatch)


def test_every_page_of_the_list_is_told_once_by_one_read(pages: Pages, store: Store, ana, budi, linh):
    ticket = store.write(lambda work: opens(work, ana))

    async def scene() -> None:
        for n in range(50):
            assert await pages.comes(f"page {n}", ana) == 0
        assert await pages.comes("his", budi) == 0
        assert await pages.comes("team", linh) == 0
        assert pages.reads == 2
        reply = await pages.does(messages.reply, linh, ticket.number, says("Hello"))
        assert sorted(pages.told) == sorted((f"page {n}", 1) for n in range(50))
        assert pages.reads == 3
        pages.told.clear()
        await pages.does(messages.reply, linh, ticket.number, says("One more"))
        assert pages.told == []
        await pages.does(conversation.seen, ana, ticket.number, reply.seq + 1)
        assert sorted(pages.told) == sorted((f"page {n}", 0) for n in range(50))

    pages.run(scene)


def test_what_is_read_as_it_comes_is_never_told(pages: Pages, store: Store, ana, linh):
    ticket = store.write(lambda work: opens(work, ana))

    async def scene() -> None:
        await pages.comes("page", ana)
        reply = await asyncio.to_thread(store.write, messages.reply, linh, ticket.number, says("Hello"))
        await pages.does(conversation.seen, ana, ticket.number, reply.seq)
        assert pages.told == []

    pages.run(scene)


def test_a_closed_page_is_forgotten(pages: Pages, store: Store, ana, linh, monkeypatch):
    monkeypatch.setattr(pages.followers, "_sweep_at", 10)
    ticket = store.write(lambda work: opens(work, ana))

    async def scene() -> None:
        for n in range(9):
            await pages.comes(f"page {n}", Viewer(role="guest", address=f"guest{n}@example.com"))
        pages.open.clear()
        await pages.comes("hers", ana)
        assert list(pages.followers._list_of) == ["hers"]
        pages.open.clear()
        await pages.does(messages.reply, linh, ticket.number, says("Hello"))
        assert pages.told == []
        assert pages.followers._list_of == {}
        assert pages.followers._lists == {}

    pages.run(scene)


def test_whoever_comes_after_another_on_the_same_page_counts_their_own(
    pages: Pages, store: Store, ana, budi, linh
):
    ticket = store.write(lambda work: opens(work, ana))

    async def scene() -> None:
        await pages.comes("page", ana)
        await pages.comes("page", budi)
        await pages.does(messages.reply, linh, ticket.number, says("Hello"))
        assert pages.told == []
        assert await pages.comes("page", ana, Viewer(role="guest", address="x@example.com")) == 1
        assert await pages.comes("page", NOBODY) == 0
        assert pages.followers._lists == {}

    pages.run(scene)
