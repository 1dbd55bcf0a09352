"""How many sockets may be open, and how fast they may be opened.

Counted in each process for itself: its memory is what is protected. People who proved who they are are counted each by
themselves, strangers by their network (domain/networks.py): a stranger in the same office, or behind the same carrier's
address, takes nothing away from a customer.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ticket_portal.domain.people import Viewer
from ticket_portal.sets.roles import Role
from ticket_portal.settings import Settings

S = TypeVar("S")

MOST_RATES = 10_000
PAGES_AT_ONCE = 2
LONGEST_TURN = 1.0
LONGEST_WAIT = 0.025
"""Seconds that what a stranger says waits at most: also where the loop is never at ease, 40 a second come through."""
LONGEST_LINE = 2.0
"""Seconds in all, with those before it: after a restart thousands of pages come back at once."""
AT_EASE = 0.001
PAUSE = 0.002
BURST_SHARE = 5
"""What part of a minute's openings may come at once: a page costs 4 ms of CPU, a thousand of them everybody 4 s."""


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: int) -> None:
        """Start full."""
        self._rate, self._burst = rate, burst
        self._left, self._at = float(burst), time.monotonic()

    def take(self) -> bool:
        """Take one; False when there is none. Asking when there is none costs nothing more."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def is_full(self) -> bool:
        """Whether it would be full by now: then it tells nothing that a new one doesn't."""
        return self._left + (time.monotonic() - self._at) * self._rate >= self._burst


class Turns:
    """Lets the pages of strangers come to life a few at a time.

    A page costs 4 ms of the event loop, in many steps. Hundreds that are opened at once would put hundreds of steps
    between any two of a customer's. The others wait here, and nothing of theirs runs.
    """

    def __init__(self, places: int = PAGES_AT_ONCE) -> None:
        """Nothing is on its way."""
        self._places = asyncio.Semaphore(places)

    async def take(self) -> Callable[[], None]:
        """Wait for a turn. Return what ends it; it ends by itself after a second, whatever becomes of the page."""
        await self._places.acquire()
        return _once(self._places.release)


class RightOfWay:
    """Lets what strangers say wait while people whom the portal knows are served, and while the event loop is busy.

    What strangers send at the limits of a hundred sockets is cheap by itself; all at once it stood between any two
    steps of a customer's reply. One after the other they are let through, each when there is room for it.
    """

    def __init__(self) -> None:
        """Nothing is on its way."""
        self._served = 0
        self._line = asyncio.Lock()

    def take(self) -> Callable[[], None]:
        """Begin to serve somebody known. Return what ends it; it ends by itself after a second."""
        self._served += 1
        return _once(self._end)

    def _end(self) -> None:
        self._served -= 1

    async def give(self) -> None:
        """Wait until no known person is served and the loop is at ease, in the order of asking; not for long."""
        now = asyncio.get_running_loop().time
        end_of_line = now() + LONGEST_LINE
        async with self._line:
            latest = min(now() + LONGEST_WAIT, end_of_line)
            while (before := now()) < latest:
                await asyncio.sleep(0)
                if not self._served and now() - before < AT_EASE:
                    return
                await asyncio.sleep(PAUSE)


def _once(end: Callable[[], None]) -> Callable[[], None]:
    """Return what calls `end`, but never twice; it is called after a second if nothing else does."""
    is_over = False

    def end_once() -> None:
        nonlocal is_over
        if not is_over:
            is_over = True
            end()

    asyncio.get_running_loop().call_later(LONGEST_TURN, end_once)
    return end_once


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose sockets and states are counted together: one person's, or those of all strangers of one network."""

    key: str
    is_known: bool


def holder_of(viewer: Viewer, guest: Viewer, network: str) -> Holder:
    """Return who a socket counts for: an account, a guest who proved an address, or a network."""
    for person in (viewer, guest):
        if person.role != Role.NOBODY:
            who = f"account:{person.account_id}" if person.account_id else f"guest:{person.address}"
            return Holder(who, True)
    return Holder(f"network:{network}", False)


class Admission(Generic[S]):
    """The open sockets of this process."""

    def __init__(self, settings: Settings) -> None:
        """Begin with none."""
        self._settings = settings
        self._sockets: dict[Holder, dict[S, None]] = {}
        self._strangers = 0
        self._rates: dict[Holder, Bucket] = {}

    def opens_too_fast(self, holder: Holder) -> bool:
        """Count that a socket is asked for; whether it is one too many in this minute.

        People who proved who they are open pages as fast as they like: an account can be ended, a stranger can't, and
        what one person has open at once is limited anyway.
        """
        if holder.is_known:
            return False
        bucket = self._rates.get(holder)
        if bucket is None:
            if len(self._rates) >= MOST_RATES:
                self._rates = {who: rate for who, rate in self._rates.items() if not rate.is_full()}
            a_minute = self._settings.limit_socket_opens_per_ip_per_minute
            bucket = self._rates[holder] = Bucket(a_minute / 60, max(1, a_minute // BURST_SHARE))
        return not bucket.take()

    def has_room(self, holder: Holder) -> bool:
        """Whether one more socket of this holder fits."""
        count = len(self._sockets.get(holder, ()))
        if count >= self._settings.limit_sockets_per_ip:
            return False
        return (
            holder.is_known
            or self._strangers < self._settings.limit_sockets
            or self._busiest(count + 1) is not None
        )

    def enter(self, holder: Holder, socket: S) -> S | None:
        """Count an open socket. Returns the one to close for it when the process has no room for more strangers.

        That is the newest socket of the network that has the most: a network that fills the process pushes out its own.
        """
        mine = self._sockets.setdefault(holder, {})
        crowd = (
            None
            if holder.is_known or self._strangers < self._settings.limit_sockets
            else self._busiest(len(mine) + 1)
        )
        mine[socket] = None
        self._strangers += not holder.is_known
        if crowd is None:
            return None
        pushed_out = next(reversed(self._sockets[crowd]))
        self.leave(crowd, pushed_out)
        return pushed_out

    def leave(self, holder: Holder, socket: S) -> None:
        """Count a socket no more; once is enough."""
        mine = self._sockets.get(holder)
        if mine is None or socket not in mine:
            return
        del mine[socket]
        self._strangers -= not holder.is_known
        if not mine:
            del self._sockets[holder]

    def _busiest(self, more_than: int) -> Holder | None:
        """Return the network with the most sockets, if it has more than this."""
        networks = [
            (len(sockets), holder.key) for holder, sockets in self._sockets.items() if not holder.is_known
        ]
        most, key = max(networks, default=(0, ""))
        return Holder(key, False) if most > more_than else None
