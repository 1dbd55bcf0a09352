"""One piece of work, one transaction: everything in it is kept, or nothing is.

Subscribers hear of a change after the commit: on PostgreSQL by NOTIFY inside the transaction, on SQLite
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

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Insert,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session as DatabaseSession
from sqlmodel import SQLModel, col

from ticket_portal.settings import Settings
from ticket_portal.store.tables import LimitHit, Signal, TestClock, Ticket

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

CHANNEL = "portal_live"
MOST_TRIES = 4
MOST_TOPICS = 20
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnection)
"""What is wrong with the database, or its locks, and not with the work: the same work may succeed a moment later."""


class Work:
    """One unit of work: a database session, the moment it happens at, and what it changed."""

    def __init__(self, connection: Connection, now: datetime, settings: Settings, *, writing: bool) -> None:
        """Made by `Store` alone."""
        self.now = now
        self.settings = settings
        self.writing = writing
        self.topics: set[str] = set()
        self.after_commit: list[Callable[[], None]] = []
        self.counted: list[tuple[str, str]] = []
        self._connection = connection
        self._session: DatabaseSession | None = None

    @property
    def session(self) -> DatabaseSession:
        """The objects of the tables. Most work that only reads needs none, so it is opened by the first look."""
        if self._session is None:
            self._session = DatabaseSession(self._connection, expire_on_commit=False, autoflush=True)
        return self._session

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement for its columns, past the session: by its way the same takes twice the time."""
        self.flush()
        return self._connection.execute(statement, values)

    def scalar(self, statement: Executable, values: Any = None) -> Any:
        """Run a statement for the first column of its first row, in the same way; None without a row."""
        return self.execute(statement, values).scalar()

    def insert(self, table: type[SQLModel], **values: Any) -> int:
        """Insert a row without an object of its table, which costs three times the time; return its first key."""
        key = self.execute(_insert(table.__table__), values).inserted_primary_key  # pyright: ignore[reportAttributeAccessIssue]
        return key[0] if key else 0

    def count(self, rule: str, subject: str) -> int:
        """Count a try under a limit's rule; return its key. It stays counted when an exception rolls this work back."""
        self.counted.append((rule, subject))
        return self.insert(LimitHit, rule=rule, subject=subject, at=self.now)

    def flush(self) -> None:
        """Write what was changed in objects."""
        if self._session is not None:
            self._session.flush()

    def commit(self) -> None:
        """Keep everything; `Store` does it at the end."""
        self.flush()
        self._connection.commit()

    def rollback(self) -> None:
        """Take everything back; what is written after it belongs to a new transaction."""
        self.close()
        self._session = None
        self._connection.rollback()
        self.counted = []

    def close(self) -> None:
        """Let go of the objects."""
        if self._session is not None:
            self._session.close()

    def changed(self, ticket: Ticket) -> None:
        """Tell, after the commit, every page that shows this ticket or a list with it."""
        self.publish(f"ticket:{ticket.id}", f"list:{ticket.account_id or ticket.address}", "queue")

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is SQLite; else it is PostgreSQL."""
        return self._connection.dialect.name == "sqlite"

    def alone(self, *name: object) -> None:
        """Take a transaction-scoped advisory lock (no-op on SQLite, where a writer is alone anyway)."""
        if self.on_sqlite:
            return  # a writer is alone there anyway
        key = int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:8], signed=True)
        self.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def publish(self, *topics: str) -> None:
        """Publish a change of these topics to their subscribers, after the commit."""
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
        with self._work(writing=False) as work:
            return function(work, *args, **kwargs)

    def write(self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(work, …)` and commit; then, only then, tell what changed.

        A transaction that met another one (deadlock, the same unique key) is run again from its start, so
        `function` must do nothing outside the database. Any other exception rolls it back, all but the tries that it
        counted: otherwise a request made to fail at its end could be repeated without limit.
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
        with self._work(writing=True) as work:
            try:
                result = function(work, *args, **kwargs)
                self._signal(work)
                work.commit()
            except DBAPIError:
                raise
            except Exception:
                refused = work.counted
                work.rollback()
                for rule, subject in refused:
                    work.count(rule, subject)
                work.commit()
                raise
        for follow in work.after_commit:
            follow()
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
            work.insert(Signal, origin=self.origin, topics=sorted(work.topics))
            return
        # PostgreSQL refuses payloads of 8000 bytes and more, and the work with it.
        topics = sorted(work.topics)
        for start in range(0, len(topics), MOST_TOPICS):
            payload = json.dumps({"origin": self.origin, "topics": topics[start : start + MOST_TOPICS]})
            work.execute(text(f"SELECT pg_notify('{CHANNEL}', :payload)"), {"payload": payload})

    @contextmanager
    def _work(self, *, writing: bool) -> Iterator[Work]:
        with self.engine.connect().execution_options(writing=writing) as connection:
            work = Work(connection, datetime.now(UTC), self.settings, writing=writing)
            if self.settings.test_mode:
                work.now += timedelta(seconds=work.scalar(select(col(TestClock.offset_seconds))) or 0)
            try:
                yield work
            finally:
                work.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@cache  # composed once: that takes longer than to run it
def _insert(table: Table) -> Insert:
    return insert(table)


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
