"""The open pages of this process that wait for a change, and the order in which they hear of one."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice

WAKE_BATCH = 4
FOLLOW_WITHIN = 0.02


class ChangeFlag:
    """Whether something changed since it was last waited for, by one page. A whole `asyncio.Event` has 0.8 kB."""

    __slots__ = ("_is_set", "_waiter")

    def __init__(self) -> None:
        """Nothing changed yet."""
        self._is_set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Let the page that waits go on, or the next wait end at once."""
        self._is_set = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self) -> None:
        """Wait for it, and forget it."""
        if not self._is_set:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._is_set = False


class Waiters:
    """Who waits for which topic.

    Many pages wait for the same topic, such as a ticket that a whole team looks at. What changed is read once for all
    of them. While they all begin at once, the thread that reads gets no turn (they have the interpreter's lock), and as
    each of their steps comes after the same step of all others, all of them are done last. So one is woken first, the
    others when it has read, a few at a time. Each time another one is first, so none is always last.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._of: dict[str, list[ChangeFlag]] = defaultdict(list)
        self._following: dict[str, Iterator[ChangeFlag]] = {}
        self._first = 0

    def add(self, changed: ChangeFlag, topics: Iterable[str]) -> None:
        """Let a page hear of these topics."""
        for topic in topics:
            self._of[topic].append(changed)

    def remove(self, changed: ChangeFlag, topics: Iterable[str]) -> list[str]:
        """Unsubscribe a page; return the topics without subscribers now."""
        left: list[str] = []
        for topic in topics:
            self._of[topic].remove(changed)
            if not self._of[topic]:
                del self._of[topic]
                left.append(topic)
        return left

    def of(self, topic: str) -> list[ChangeFlag]:
        """Return the pages that wait for a topic."""
        return self._of.get(topic, [])

    def wake(self, topic: str) -> None:
        """Wake one page that waits for a topic; the others follow when it has read, or soon if it doesn't."""
        if not (pages := self.of(topic)):
            return
        self._first = (self._first + 1) % len(pages)
        first, *others = [*pages[self._first :], *pages[: self._first]]
        first.set()
        if others:
            self._following[topic] = iter(others)
            asyncio.get_running_loop().call_later(FOLLOW_WITHIN, self.follow, topic)

    def follow(self, topic: str) -> None:
        """Wake those that follow: what changed is read."""
        if following := self._following.pop(topic, None):
            _wake(following)

    def wake_all(self) -> None:
        """Wake everybody, for whatever they wait."""
        for pages in list(self._of.values()):
            for changed in pages:
                changed.set()


def _wake(pages: Iterator[ChangeFlag]) -> None:
    for changed in islice(pages, WAKE_BATCH):
        changed.set()
    if following := next(pages, None):
        asyncio.get_running_loop().call_soon(_wake, chain((following,), pages))
