"""The database's version: bringing it to the newest one, and telling whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store, Work

# UPDATE … RETURNING; and the oldest PostgreSQL that its makers still mend.
OLDEST_SQLITE = (3, 35, 0)
OLDEST_POSTGRESQL = 14
ROOT = Path(__file__).parents[2]


def upgrade(settings: Settings, to: str = "head") -> None:
    """Bring the database to the newest version, or another. Safe to run from several processes at once."""
    with opened(settings) as connection:
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["settings"] = settings
        command.upgrade(config, to)


def is_current(work: Work) -> bool:
    """Whether the database has this code's version; False also for an empty one."""
    return version(work.session.connection()) == newest()


def too_old(connection: Connection) -> str:
    """Return what is wrong with the database's own version; "" when it is new enough."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT sqlite_version()")).scalar_one()
        old = tuple(map(int, found.split("."))) < OLDEST_SQLITE
        return f"SQLite {found} is too old; {'.'.join(map(str, OLDEST_SQLITE))} is needed" if old else ""
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    major = number // 10_000
    return (
        f"PostgreSQL {major} is too old; {OLDEST_POSTGRESQL} is needed" if major < OLDEST_POSTGRESQL else ""
    )


def version(connection: Connection) -> str | None:
    """Return the version that the database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """Return the version that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known(wanted: str) -> bool:
    """Whether this code knows a version; one that it doesn't know was made by newer code."""
    return any(s.revision == wanted for s in ScriptDirectory.from_config(_config()).walk_revisions())


@contextmanager
def opened(settings: Settings) -> Iterator[Connection]:
    """Open a connection of its own for changing tables; on SQLite one process at a time has one.

    PostgreSQL migrates in one transaction, under an advisory lock (alembic/env.py). On SQLite Alembic commits each
    version by itself: two processes that start together would read the same version, and the second would then make
    tables that the first has made.
    """
    store = Store(settings)
    file = make_url(settings.database).database if store.on_sqlite else None
    try:
        with (
            FileLock(f"{file}.migrating") if file else nullcontext(),
            store.engine.connect().execution_options(writing=True) as connection,
        ):
            if store.on_sqlite:
                # A table that is copied is dropped; with foreign keys on, that would delete what points to it.
                # Only possible before the transaction begins, and only for this connection.
                driver = connection.connection.dbapi_connection
                assert driver is not None
                driver.execute("PRAGMA foreign_keys = OFF")
                # Another process may be at it, and a large database takes its time.
                driver.execute("PRAGMA busy_timeout = 600000")
            yield connection
    finally:
        store.close()


def _config() -> Config:
    return Config(ROOT / "alembic.ini")
