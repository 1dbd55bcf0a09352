"""Strangers wait for people whom the portal knows, but not for ever."""

import asyncio

from ticket_portal.routes.asgi import admission
from ticket_portal.routes.asgi.admission import RightOfWay


def test_what_a_stranger_says_waits_while_somebody_known_is_served():
    async def race() -> list[str]:
        way, done = RightOfWay(), list[str]()

        async def stranger(name: str) -> None:
            await way.give()
            done.append(name)

        served = way.take()
        asking = [asyncio.create_task(stranger(name)) for name in "abc"]
        await asyncio.sleep(0)
        done.append("reply")
        served()
        served()  # once is enough
        await asyncio.gather(*asking)
        return done

    assert asyncio.run(race()) == ["reply", "a", "b", "c"]


def test_a_stranger_is_heard_although_somebody_known_is_served_without_end(monkeypatch):
    monkeypatch.setattr(admission, "LONGEST_WAIT", 0.01)

    async def wait() -> None:
        way = RightOfWay()
        way.take()
        await way.give()

    asyncio.run(wait())


def test_who_is_never_answered_keeps_the_way_for_a_moment_only(monkeypatch):
    monkeypatch.setattr(admission, "LONGEST_TURN", 0.01)
    monkeypatch.setattr(admission, "LONGEST_WAIT", 60)

    async def wait() -> None:
        way = RightOfWay()
        way.take()
        await way.give()

    asyncio.run(asyncio.wait_for(wait(), 30))


def test_a_long_line_of_strangers_is_let_through_together(monkeypatch):
    """After a restart: who has waited long enough with the others does not wait once more at the head of the line."""
    monkeypatch.setattr(admission, "LONGEST_WAIT", 60)
    monkeypatch.setattr(admission, "LONGEST_LINE", 0.01)

    async def wait() -> None:
        way = RightOfWay()
        way.take()
        await asyncio.gather(*(way.give() for _ in range(500)))

    asyncio.run(asyncio.wait_for(wait(), 30))
