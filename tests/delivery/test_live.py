"""The hub that wakes open pages: what ends a wait."""

import asyncio
import gc
import weakref

from ticket_portal.delivery import live
from ticket_portal.delivery.live import Hub
from ticket_portal.store.unit_of_work import Store


class Page:
    """What a page's watch holds on to while it waits."""


def test_a_change_ends_a_wait_and_is_not_lost_between_two(store: Store) -> None:
    """What changes while the page is being read again is waited for in vain no longer."""

    async def scene() -> list[bool]:
        hub = Hub(store)
        async with hub.subscription({"ticket:1"}) as changed:
            waiting = asyncio.create_task(hub.wait(changed))
            await asyncio.sleep(0)
            changed.set()
            first = await waiting
            changed.set()
            return [first, await asyncio.wait_for(hub.wait(changed), 5)]

    assert asyncio.run(scene()) == [True, True]


def test_a_page_that_nothing_happens_to_looks_again_now_and_then(store: Store, monkeypatch) -> None:
    """A lost signal heals with the heartbeat."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)

    async def scene() -> bool:
        hub = Hub(store)
        async with hub.subscription({"ticket:1"}) as changed:
            return await asyncio.wait_for(hub.wait(changed), 5)

    assert asyncio.run(scene()) is True


def test_a_page_that_is_left_is_forgotten_at_once(store: Store) -> None:
    """Whoever watches is cancelled then, and keeps the error as Reflex does: with it goes nothing of the page."""
    gc.collect()
    gc.disable()

    async def watch(hub: Hub, page: Page) -> Page:
        async with hub.subscription({"ticket:1"}) as changed:
            while await hub.wait(changed):
                pass
        return page

    async def handler(hub: Hub, page: Page) -> None:
        error = None
        try:
            await watch(hub, page)
        except BaseException as problem:
            error = problem
            raise
        finally:
            assert error is None

    async def scene() -> "weakref.ref[Page]":
        page = Page()
        left = weakref.ref(page)
        watching = asyncio.create_task(handler(Hub(store), page))
        del page
        await asyncio.sleep(0.01)
        watching.cancel()
        await watching
        return left

    try:
        assert asyncio.run(scene())() is None
    finally:
        gc.enable()
