"""The live hub: tells the open pages of this process that something changed, never what.

A page that hears of a change asks the domain again as its own viewer, so nothing can leak through here and lost
rights take effect at once. Changes made by other processes arrive by PostgreSQL's NOTIFY (sent inside the writing
transaction) or, on SQLite, by the `signal` rows that `PRAGMA data_version` announces.
"""

import asyncio
import json
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from sqlalchemy.engine import make_url

from ticket_portal.delivery.waiters import ChangeFlag, Waiters
from ticket_portal.store.unit_of_work import CHANNEL, Store

log = logging.getLogger(__name__)
T = TypeVar("T")

HEARTBEAT = 45.0
POLL_EVERY = 0.3
MOST_SHARED = 2_000
WHISPER_KEPT = 6.0


@dataclass(frozen=True)
class Whisper:
    """Something that holds for a moment and is written nowhere, such as that a person is typing."""

    sender: str
    role: str
    name: str
    at: float


@dataclass(slots=True)
class _Read:
    """Something that many ask for: on its way, or here. The task that brought it is let go."""

    begun: float
    coming: asyncio.Future[Any] | None
    value: Any = None

    def keep(self, done: asyncio.Future[Any]) -> None:
        if not done.cancelled() and done.exception() is None:
            self.value, self.coming = done.result(), None


class Hub:
    """Who waits for which change in this process, and the reads they share."""

    def __init__(self, store: Store) -> None:
        """Listen to the store; nothing is delivered before `run` is running."""
        self.closing = False
        self.listeners: list[Callable[[set[str]], None]] = []
        self._store = store
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters = Waiters()
        self._shared: OrderedDict[tuple[str, str], _Read] = OrderedDict()
        self._whispers: dict[str, dict[str, Whisper]] = {}
        store.listeners.append(self.signal)

    @asynccontextmanager
    async def subscription(self, topics: Iterable[str]) -> AsyncIterator[ChangeFlag]:
        """Give what is set whenever one of the topics changed. Subscribe first, then read: no gap."""
        changed, names = ChangeFlag(), tuple(set(topics))
        self._waiters.add(changed, names)
        try:
            yield changed
        finally:
            for topic in self._waiters.remove(changed, names):
                self._whispers.pop(topic, None)
            self._let_go(asyncio.get_running_loop().time())

    async def wait(self, changed: ChangeFlag) -> bool:
        """Wait for a change, or for the heartbeat: it heals a lost signal and checks the session again.

        False when the page is left meanwhile. Reflex cancels what watches for it then, and keeps the error that comes
        out of it, and by its traceback the page's whole state, until garbage is looked for.
        """
        # A timer, not `wait_for`: that one makes a task of each wait, for thousands of pages at once.
        heartbeat = asyncio.get_running_loop().call_later(HEARTBEAT, changed.set)
        try:
            await changed.wait()
        except asyncio.CancelledError:
            return False
        finally:
            heartbeat.cancel()
        return True

    async def shared(
        self, topic: str, key: str, read: Callable[[], Awaitable[T]], *, max_age: float = HEARTBEAT
    ) -> T:
        """Return what `read` gives, read once for everybody until the topic changes or `max_age` seconds pass."""
        now = asyncio.get_running_loop().time()
        kept = self._shared.get((topic, key))
        if kept is None or now - kept.begun > max_age:
            self._shared.pop((topic, key), None)
            self._let_go(now)
            coming = asyncio.ensure_future(read())
            kept = self._shared[(topic, key)] = _Read(now, coming)
            coming.add_done_callback(kept.keep)
            coming.add_done_callback(lambda _: self._waiters.follow(topic))
        if kept.coming is None:
            return kept.value
        try:
            # Shielded: one viewer who leaves must not cancel the read that the others wait for.
            return await asyncio.shield(kept.coming)
        except Exception:
            if self._shared.get((topic, key)) is kept:
                del self._shared[(topic, key)]
            raise

    def _let_go(self, now: float) -> None:
        """Drop what is too old for anybody; the oldest comes first."""
        while self._shared:
            oldest = next(iter(self._shared.values())).begun
            if now - oldest <= HEARTBEAT and len(self._shared) < MOST_SHARED:
                return
            self._shared.popitem(last=False)

    def whisper(self, topic: str, sender: str, role: str, name: str) -> None:
        """Tell those who listen to a topic, here and in other processes; call it in a thread."""
        said = {"topic": topic, "sender": sender, "role": role, "name": name}
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hear, said)
        self._store.whisper(said)

    def whispers(self, topic: str) -> list[Whisper]:
        """Return what was whispered about a topic within the last seconds, the newest last."""
        old = asyncio.get_running_loop().time() - WHISPER_KEPT
        found = [w for w in self._whispers.get(topic, {}).values() if w.at > old]
        if not found:
            self._whispers.pop(topic, None)
        return sorted(found, key=lambda whisper: whisper.at)

    def signal(self, topics: set[str]) -> None:
        """Tell this process's listeners; callable from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._dispatch, set(topics))

    def wake_all(self) -> None:
        """Make every page read again: after a gap in the signals, or when the clock was moved."""
        self._shared.clear()
        self._waiters.wake_all()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver signals while inside; on leaving, wake every page's watcher so that it can end."""
        self._loop = asyncio.get_running_loop()
        other_processes = asyncio.create_task(self._hear_other_processes())
        try:
            yield
        finally:
            self.closing = True
            self.wake_all()
            other_processes.cancel()
            with suppress(asyncio.CancelledError):
                await other_processes

    def _dispatch(self, topics: set[str]) -> None:
        if "clock" in topics:
            self.wake_all()
        # "viewer:…": the person's data changed but the session goes on: only the cached viewer is dropped.
        old = topics | {t.replace("viewer:", "session:", 1) for t in topics if t.startswith("viewer:")}
        for kept in [k for k in self._shared if k[0] in old]:
            del self._shared[kept]
        for topic in topics:
            self._waiters.wake(topic)
        for listener in self.listeners:
            listener(topics)

    def _hear(self, said: dict[str, str]) -> None:
        topic = said["topic"]
        if not (waiting := self._waiters.of(topic)):  # no page of this process shows it
            return
        now = asyncio.get_running_loop().time()
        whisper = Whisper(said["sender"], said["role"], said["name"], now)
        self._whispers.setdefault(topic, {})[whisper.sender] = whisper
        for changed in waiting:
            changed.set()

    async def _hear_other_processes(self) -> None:
        hear = self._follow_file if self._store.on_sqlite else self._listen
        while True:
            try:
                await hear()
            except (psycopg.Error, sqlite3.Error, OSError, ValueError, KeyError) as problem:
                log.warning("live signal interrupted, trying again: %s", type(problem).__name__)
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        address = make_url(self._store.settings.database).set(drivername="postgresql")
        connection = await psycopg.AsyncConnection.connect(
            address.render_as_string(hide_password=False), autocommit=True
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")  # pyright: ignore[reportArgumentType]
            self._dispatch({"clock"})  # as when the clock is moved: everything is read again
            async for notice in connection.notifies():
                said = json.loads(notice.payload)
                if said["origin"] == self._store.origin:
                    continue
                if "whisper" in said:
                    self._hear(said["whisper"])
                else:
                    self._dispatch(set(said["topics"]))

    async def _follow_file(self) -> None:
        file = make_url(self._store.settings.database).database or ""
        with closing(sqlite3.connect(file, check_same_thread=False, isolation_level=None)) as database:
            version, last = self._version(database), self._last_signal(database)
            while True:
                await asyncio.sleep(POLL_EVERY)
                if (now := self._version(database)) != version:
                    version = now
                    last = self._tell_since(database, last)

    def _tell_since(self, database: sqlite3.Connection, last: int) -> int:
        query = "SELECT id, origin, topics FROM signal WHERE id > ? ORDER BY id"
        for number, origin, topics in database.execute(query, (last,)).fetchall():
            last = number
            if origin != self._store.origin:
                self._dispatch(set(json.loads(topics)))
        return last

    @staticmethod
    def _version(database: sqlite3.Connection) -> int:
        return database.execute("PRAGMA data_version").fetchone()[0]

    @staticmethod
    def _last_signal(database: sqlite3.Connection) -> int:
        return database.execute("SELECT coalesce(max(id), 0) FROM signal").fetchone()[0]
