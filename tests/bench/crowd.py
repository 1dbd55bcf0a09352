"""Many tabs at once, on an event loop of their own thread."""

import asyncio
import threading
import time
from typing import Any, Self

from tests.bench.client import Tab
from tests.bench.say import say

AT_ONCE = 6
SETTLE_SECONDS = 3.0
FRAME_SECONDS = 20


class Crowd:
    """Open tabs that only listen. `places`: path and cookies of each."""

    def __init__(self, url: str, places: list[tuple[str, dict[str, str]]], boot: dict[str, Any]) -> None:
        """Nobody is there before `with`."""
        self._places = places
        self._tabs = [Tab(url, path, cookies, boot) for path, cookies in places]
        self._loop = asyncio.new_event_loop()
        self._word = b""
        self._at: list[float] = []
        self._expected = sum(1 for path, _ in places if path == places[0][0])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        started = time.monotonic()
        self._run(self._open())
        self.seconds = time.monotonic() - started
        say(f"{len(self._tabs)} tabs opened in {self.seconds:.1f} s")
        time.sleep(SETTLE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def expect(self, word: str) -> list[float]:
        """Note when frames with this word arrive; the list fills by itself."""
        at: list[float] = []
        self._at, self._word = at, word.encode()
        return at

    def arrived(self, at: list[float]) -> list[float]:
        """Wait until all tabs at the first place have the word."""
        latest = time.monotonic() + FRAME_SECONDS
        while len(at) < self._expected and time.monotonic() < latest:
            time.sleep(0.005)
        if len(at) < self._expected:
            raise TimeoutError(f"{len(at)} of {self._expected} tabs got it")
        return at

    async def _open(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def open_one(tab: Tab) -> None:
            async with gate:
                await tab.open()
                tab.on_frame = self._frame

        await asyncio.gather(*(open_one(tab) for tab in self._tabs))

    async def _close(self) -> None:
        await asyncio.gather(*(tab.close() for tab in self._tabs))

    def _frame(self, data: bytes, at: float) -> None:
        if self._word and self._word in data:
            self._at.append(at)

    def _run(self, what: Any) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result()
