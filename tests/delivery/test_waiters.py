"""Who hears of a change, and in which order."""

import asyncio
from collections.abc import Awaitable, Callable

from ticket_portal.delivery import waiters
from ticket_portal.delivery.waiters import ChangeFlag, Waiters

TOPIC = "ticket:1"
MANY = 50


async def _crowd(found: Waiters, count: int, do: Callable[[int], Awaitable[None]]) -> None:
    """So many pages wait, hear of one change, and do something."""

    async def page(name: int) -> None:
        changed = ChangeFlag()
        found.add(changed, {TOPIC})
        await changed.wait()
        await do(name)

    pages = [asyncio.create_task(page(name)) for name in range(count)]
    await asyncio.sleep(0)
    found.wake(TOPIC)
    await asyncio.wait_for(asyncio.gather(*pages), 5)


def test_one_reads_and_then_all_follow(monkeypatch):
    monkeypatch.setattr(waiters, "FOLLOW_WITHIN", 60)

    async def scene() -> tuple[list[int], list[int]]:
        found, began, at_the_reading = Waiters(), [], []

        async def do(name: int) -> None:
            began.append(name)
            if len(began) == 1:
                await asyncio.sleep(0.01)
                at_the_reading.extend(began)
                found.follow(TOPIC)

        await _crowd(found, MANY, do)
        return at_the_reading, began

    at_the_reading, began = asyncio.run(scene())
    assert len(at_the_reading) == 1
    assert sorted(began) == list(range(MANY))


def test_they_are_woken_also_where_the_first_reads_nothing():
    async def scene() -> int:
        heard: list[int] = []

        async def do(name: int) -> None:
            heard.append(name)

        await _crowd(Waiters(), MANY, do)
        return len(heard)

    assert asyncio.run(scene()) == MANY


def test_the_first_ones_are_done_before_the_last_ones_begin():
    async def scene() -> list[str]:
        found, log = Waiters(), []

        async def do(name: int) -> None:
            log.append("begins")
            await asyncio.sleep(0)
            log.append("is done")

        await _crowd(found, MANY, do)
        return log

    log = asyncio.run(scene())
    assert log.index("is done") < MANY / 2
    assert len(log) == 2 * MANY


def test_each_time_another_one_is_the_first():
    async def scene() -> set[int]:
        found, first = Waiters(), set()
        pages = [ChangeFlag() for _ in range(5)]
        for page in pages:
            found.add(page, {TOPIC})
        for _ in range(5):
            found.wake(TOPIC)
            first |= {number for number, page in enumerate(pages) if page._is_set}
            for page in pages:
                page._is_set = False
        return first

    assert asyncio.run(scene()) == {0, 1, 2, 3, 4}


def test_who_left_hears_nothing_and_is_not_waited_for():
    async def scene() -> tuple[list[str], bool]:
        found, here, left = Waiters(), ChangeFlag(), ChangeFlag()
        found.add(here, {TOPIC, "queue"})
        found.add(left, {TOPIC})
        found.remove(left, {TOPIC})
        found.wake(TOPIC)
        await asyncio.wait_for(here.wait(), 5)
        return found.remove(here, {TOPIC, "queue"}), left._is_set

    nobody_waits, left_heard = asyncio.run(scene())
    assert sorted(nobody_waits) == ["queue", TOPIC]
    assert not left_heard
