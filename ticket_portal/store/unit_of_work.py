"""One piece of work, one transaction: everything in it is kept, or nothing is.

Whoever hears of a change hears of it after the commit: on PostgreSQL by NOTIFY inside the transaction, on SQLite
by a `signal` row that other processes read, and in this process by `Store.listeners`.
"""

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, Insert, create_engine, event, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session as DatabaseSession

from ticket_portal.settings import Settings
from ticket_portal.store.tables import Signal, TestClock, Ticket

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

CHANNEL = "portal_live"
MOST_TRIES = 4
MOST_TOPICS = 20


class Work:
    """One unit of work: a database session, the moment it happens at, and what it changed."""

    def __init__(self, session: DatabaseSession, now: datetime, settings: Settings, *, writing: bool) -> None:
        """Made by `Store` alone."""
        self.session = session
        self.now = now
        self.settings = settings
        self.writing = writing
        self.topics: set[str] = set()

    def changed(self, ticket: Ticket) -> None:
        """Tell, after the commit, every page that shows this ticket or a list with it."""
        self.tell(f"ticket:{ticket.id}", f"list:{ticket.account_id or ticket.address}", "queue")

    def alone(self, *name: object) -> None:
        """Wait until nobody else does what has this name, and keep others from it until this work ends."""
        if self.session.get_bind().dialect.name == "sqlite":
            return  # a writer is alone there anyway
        key = int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:8], signed=True)
        self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def tell(self, *topics: str) -> None:
        """Tell, after the commit, everybody who listens to these topics."""
        self.topics.update(topics)


class Store:
    """The database, opened once per process."""

    def __init__(self, settings: Settings) -> None:
        """Open the database named by the settings; nothing is read yet."""
        self.settings = settings
        self.origin = secrets.token_hex(8)
        self.listeners: list[Callable[[set[str]], None]] = []
        self.timers: list[Callable[[float], None]] = []
        self.engine = _engine(settings.database)
        self.on_sqlite = self.engine.dialect.name == "sqlite"

    def read(self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(work, …)` in a transaction that is thrown away."""
        with self._session(writing=False) as session:
            return function(self._work(session, writing=False), *args, **kwargs)

    def write(self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(work, …)` and commit; then, only then, tell what changed.

        A transaction that met another one (deadlock, the same unique key) is run again from its start, so
        `function` must do nothing outside the database.
        """
        began = time.perf_counter()
        for tries in range(1, MOST_TRIES + 1):
            try:
                result = self._write_once(function, *args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                if tries == MOST_TRIES or not _passing(error):
                    raise
                time.sleep(0.01 * 2**tries)
            else:
                for timer in self.timers:
                    timer(time.perf_counter() - began)
                return result
        raise AssertionError("unreachable")

    def _write_once(
        self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self._session(writing=True) as session:
            work = self._work(session, writing=True)
            result = function(work, *args, **kwargs)
            self._signal(work)
            session.commit()
        for listener in self.listeners if work.topics else ():
            listener(work.topics)
        return result

    def whisper(self, said: dict[str, Any]) -> None:
        """Tell the other processes something that is kept nowhere; on SQLite they don't hear it."""
        if not self.on_sqlite:
            payload = json.dumps({"origin": self.origin, "whisper": said})
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f"SELECT pg_notify('{CHANNEL}', :payload)"), {"payload": payload})

    def _signal(self, work: Work) -> None:
        if not work.topics:
            return
        if self.on_sqlite:
            work.session.execute(_signal(), {"origin": self.origin, "topics": sorted(work.topics)})
            return
        # PostgreSQL refuses payloads of 8000 bytes and more, and the work with it.
        topics = sorted(work.topics)
        for start in range(0, len(topics), MOST_TOPICS):
            payload = json.dumps({"origin": self.origin, "topics": topics[start : start + MOST_TOPICS]})
            work.session.execute(text(f"SELECT pg_notify('{CHANNEL}', :payload)"), {"payload": payload})

    def _work(self, session: DatabaseSession, *, writing: bool) -> Work:
        now = datetime.now(UTC)
        if self.settings.test_mode and (clock := session.get(TestClock, 1)):
            now += timedelta(seconds=clock.offset_seconds)
        return Work(session, now, self.settings, writing=writing)

    @contextmanager
    def _session(self, *, writing: bool) -> Iterator[DatabaseSession]:
        with (
            self.engine.connect().execution_options(writing=writing) as connection,
            DatabaseSession(connection, expire_on_commit=False, autoflush=True) as session,
        ):
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@cache  # composed once, and no object of the table: each change has one
def _signal() -> Insert:
    return insert(Signal.__table__)  # pyright: ignore[reportAttributeAccessIssue]


def _passing(error: DBAPIError) -> bool:
    """Whether trying again can help: two writers met, nothing is wrong with the work itself."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01", "23505") or "locked" in str(error.orig) or "UNIQUE" in str(error.orig)


def _engine(address: str) -> Engine:
    if make_url(address).get_backend_name() != "sqlite":
        return create_engine(
            address,
            pool_size=10,
            max_overflow=10,
            pool_use_lifo=True,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    if file := make_url(address).database:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    # Parameters are hidden: an error is logged with its statement, and must not carry what people wrote.
    engine = create_engine(
        address,
        pool_size=10,
        max_overflow=10,
        pool_use_lifo=True,  # the connection that was used last has its pages and statements at hand
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver would open transactions by itself, and too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 10000",  # first: the others may have to wait for processes that start together
        "journal_mode = WAL",
        "foreign_keys = ON",
        # A message is confirmed after its commit, so a commit must survive a power cut: FULL, not NORMAL.
        "synchronous = FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer that read first and then wants to write fails at once if another one wrote in between; taking
    # the write lock at the start makes it wait its turn instead.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
