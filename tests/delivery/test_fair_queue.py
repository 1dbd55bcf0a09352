"""Whose file is looked into next, when many wait."""

import asyncio
from collections.abc import Callable

import pytest

from ticket_portal.delivery.fair_queue import FairQueue, QueueFull, Subject

ANA = Subject("ana", known=True)
MALLORY = Subject("192.0.2.66", known=False)
STRANGER = Subject("192.0.2.7", known=False)
OTHER = Subject("192.0.2.8", known=False)


class Scene:
    """People who wait, and what is let in, in its order. Each turn lasts until it is ended."""

    def __init__(self, places: int) -> None:
        self.queue = FairQueue(places, most_of_one=20, most_of_unknown=100)
        self.let_in: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, subject: Subject, file: str) -> None:
        self._ends[file] = asyncio.Event()
        self._tasks[file] = asyncio.create_task(self._waits(subject, file))
        await self.settles()

    async def _waits(self, subject: Subject, file: str) -> None:
        async with self.queue.turn(subject):
            self.let_in.append(file)
            await self._ends[file].wait()

    async def ends(self, file: str) -> None:
        self._ends[file].set()
        await self._tasks[file]
        await self.settles()

    async def hangs_up(self, file: str) -> None:
        self._tasks[file].cancel()
        await asyncio.wait([self._tasks[file]])
        await self.settles()

    async def settles(self) -> None:
        for _ in range(5):  # everything that can go on has gone on
            await asyncio.sleep(0)


def _play(places: int, play: Callable[[Scene], object]) -> None:
    async def run() -> None:
        scene = Scene(places)
        await play(scene)  # pyright: ignore[reportGeneralTypeIssues]
        for task in scene._tasks.values():
            task.cancel()
        await asyncio.wait(scene._tasks.values())
        assert (scene.queue.waiting, scene.queue._busy, scene.queue._free) == (0, set(), places)

    asyncio.run(run())


def test_many_films_of_one_address_hold_up_nobody_else():
    async def play(scene: Scene) -> None:
        for n in range(6):
            await scene.comes(MALLORY, f"film {n}")
        assert scene.let_in == ["film 0"]  # one at a time, though there is another place
        await scene.comes(STRANGER, "text")
        assert scene.let_in == ["film 0", "text"]
        await scene.comes(OTHER, "picture")
        await scene.comes(ANA, "Ana's text")
        await scene.ends("film 0")
        assert scene.let_in[2:] == ["Ana's text"]
        await scene.ends("text")
        assert scene.let_in[3:] == ["picture"]  # Mallory had a turn already
        await scene.ends("picture")
        assert scene.let_in[4:] == ["film 1"]

    _play(2, play)


def test_the_last_place_goes_round():
    async def play(scene: Scene) -> None:
        for subject, name in ((MALLORY, "m"), (STRANGER, "s")):
            for n in range(3):
                await scene.comes(subject, f"{name}{n}")
        for file in ("m0", "s0", "m1", "s1", "m2"):
            await scene.ends(file)
        assert scene.let_in == ["m0", "s0", "m1", "s1", "m2", "s2"]

    _play(1, play)


def test_known_people_come_first_one_file_each():
    async def play(scene: Scene) -> None:
        await scene.comes(MALLORY, "film")
        await scene.comes(STRANGER, "text")
        for n in range(3):
            await scene.comes(ANA, f"a{n}")
        await scene.ends("film")
        await scene.ends("a0")
        await scene.ends("a1")
        assert scene.let_in == ["film", "a0", "a1", "a2"]
        await scene.ends("a2")
        assert scene.let_in[4:] == ["text"]

    _play(1, play)


def test_who_hangs_up_leaves_the_queue():
    async def play(scene: Scene) -> None:
        await scene.comes(MALLORY, "film")
        for file in ("film 1", "film 2"):
            await scene.comes(MALLORY, file)
        await scene.hangs_up("film 1")
        assert scene.queue.waiting == 1
        await scene.hangs_up("film")
        assert scene.let_in == ["film", "film 2"]

    _play(1, play)


def test_who_is_let_in_and_hangs_up_at_once_gives_the_place_back():
    async def play(scene: Scene) -> None:
        await scene.comes(MALLORY, "film")
        await scene.comes(STRANGER, "text")
        await scene.comes(OTHER, "picture")
        scene._ends["film"].set()
        await scene._tasks["film"]  # the next one is told by now, and has not heard it yet
        await scene.hangs_up("text")
        assert scene.let_in[-1] == "picture"

    _play(1, play)


def test_a_subject_and_all_strangers_have_a_most_on_their_way():
    queue = FairQueue(2, most_of_one=2, most_of_unknown=3)
    with queue.admitted(MALLORY), queue.admitted(MALLORY):
        with pytest.raises(QueueFull), queue.admitted(MALLORY):
            pass
        with queue.admitted(STRANGER):
            with pytest.raises(QueueFull), queue.admitted(OTHER):
                pass
            with queue.admitted(ANA), queue.admitted(ANA), pytest.raises(QueueFull), queue.admitted(ANA):
                pass
        with queue.admitted(OTHER):
            pass
    assert queue._on_their_way == {}
