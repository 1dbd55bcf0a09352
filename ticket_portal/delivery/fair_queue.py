"""Whose turn it is: a queue in which one who sends much waits behind everybody who sends little."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass


class QueueFull(Exception):
    """Too many wait already: of this subject, or in all."""


@dataclass(frozen=True)
class Subject:
    """One who waits: an account, a guest, or a network. `known`: signed in, or with an address that was proved."""

    name: str
    known: bool


class FairQueue:
    """Lets a few in at a time: known ones before others, each of a kind in turn, and one thing of each at a time.

    It belongs to one event loop at a time. `places`: how many are in at once. `most_of_one`, `most_of_unknown`: how
    many a subject, and all unknown ones together, may have on their way.
    """

    def __init__(self, places: int, *, most_of_one: int, most_of_unknown: int) -> None:
        """Start empty."""
        self._free = places
        self._most_of_one = most_of_one
        self._most_of_unknown = most_of_unknown
        self._on_their_way: dict[Subject, int] = {}
        self._busy: set[Subject] = set()
        # Round robin: the subject that had its turn goes to the end.
        self._waiting: dict[Subject, deque[asyncio.Future[None]]] = {}

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(map(len, self._waiting.values()))

    @contextmanager
    def admitted(self, subject: Subject) -> Iterator[None]:
        """Be counted while inside, before anything is kept of what comes. Raises QueueFull."""
        count = self._on_their_way.get(subject, 0)
        unknown = sum(n for one, n in self._on_their_way.items() if not one.known)
        if count >= self._most_of_one or (not subject.known and unknown >= self._most_of_unknown):
            raise QueueFull
        self._on_their_way[subject] = count + 1
        try:
            yield
        finally:
            self._on_their_way[subject] -= 1
            if not self._on_their_way[subject]:
                del self._on_their_way[subject]

    @asynccontextmanager
    async def turn(self, subject: Subject) -> AsyncIterator[None]:
        """Wait for the subject's turn, and have it while inside. Who is cancelled meanwhile leaves the queue."""
        ready = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(subject, deque()).append(ready)
        self._let_in()
        try:
            await ready
        except asyncio.CancelledError:
            self._leave_queue(subject, ready)
            raise
        try:
            yield
        finally:
            self._end_turn(subject)

    def _let_in(self) -> None:
        while self._free and (subject := self._next()):
            line = self._waiting[subject]
            ready = line.popleft()
            if not line:
                del self._waiting[subject]
            if not ready.done():  # else cancelled, and about to leave
                self._free -= 1
                self._busy.add(subject)
                ready.set_result(None)

    def _next(self) -> Subject | None:
        able = [subject for subject in self._waiting if subject not in self._busy]
        return next((subject for subject in able if subject.known), able[0] if able else None)

    def _leave_queue(self, subject: Subject, ready: asyncio.Future[None]) -> None:
        if ready.done() and not ready.cancelled():  # let in and cancelled in the same moment
            self._end_turn(subject)
        elif (line := self._waiting.get(subject)) and ready in line:
            line.remove(ready)
            if not line:
                del self._waiting[subject]

    def _end_turn(self, subject: Subject) -> None:
        self._free += 1
        self._busy.discard(subject)
        if line := self._waiting.pop(subject, None):
            self._waiting[subject] = line  # behind everybody who waits
        self._let_in()
