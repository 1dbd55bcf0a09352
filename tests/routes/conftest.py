"""What tests of several doors need: the company's systems, browsers before the doors of files, a QA engineer."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from tests.cast import LINH, opens
from tests.routes.browser import Browser, signed_in
from tests.routes.engineer import Engineer
from tests.routes.system import System
from ticket_portal import wiring
from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.operations import qa
from ticket_portal.domain.people import Viewer
from ticket_portal.routes import files, health, testing
from ticket_portal.store import migrations
from ticket_portal.store.files import Folder
from ticket_portal.store.unit_of_work import Store


@pytest.fixture
def system(store: Store, monkeypatch: pytest.MonkeyPatch) -> System:
    """A system with a token that acts as Linh."""

    async def in_a_thread(call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.to_thread(call, *args)

    portal = SimpleNamespace(
        settings=store.settings,
        store=store,
        read=lambda *args: in_a_thread(store.read, *args),
        write=lambda *args: in_a_thread(store.write, *args),
        run=in_a_thread,
    )
    monkeypatch.setattr(wiring, "portal", lambda: portal)
    return System(store, store.write(api_tokens.new_token, LINH.address))


@pytest.fixture
def portal(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    async def read(function: Any, *args: Any, **more: Any) -> Any:
        return await asyncio.to_thread(store.read, function, *args, **more)

    async def write(function: Any, *args: Any, **more: Any) -> Any:
        return await asyncio.to_thread(store.write, function, *args, **more)

    async def viewer(token_hash: str) -> Viewer:
        return await read(sessions.viewer, token_hash)

    monkeypatch.setattr(store.settings, "data_dir", tmp_path)
    desk = FileDesk(store, Folder(tmp_path / "files"), store.settings)
    portal = SimpleNamespace(
        settings=store.settings, read=read, write=write, viewer=viewer, files=desk, folder=tmp_path
    )
    monkeypatch.setattr(files, "portal", lambda: portal)
    return portal


@pytest.fixture
def app(portal: SimpleNamespace) -> Starlette:
    return Starlette(routes=files.routes)


@pytest.fixture
def anas(app: Starlette, store: Store, ana: Viewer) -> Browser:
    return signed_in(app, store, ana)


@pytest.fixture
def linhs(app: Starlette, store: Store, linh: Viewer) -> Browser:
    return signed_in(app, store, linh)


@pytest.fixture
def number(store: Store, ana: Viewer) -> int:
    return store.write(opens, ana).number or 0


@pytest.fixture
def engineer(store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A portal in test mode on a real database."""
    from tests.conftest import _add_people

    portal = wiring.build(store.settings)
    for module in (testing, health):
        monkeypatch.setattr(module, "portal", lambda: portal)
    yield Engineer(portal)
    portal.store.close()
    store.write(qa.reset)
    store.write(_add_people)


@pytest.fixture
def migrated(store: Store) -> Any:
    """A database that says it has this code's version, as `alembic upgrade head` leaves it."""
    store.write(
        lambda work: work.session.execute(text("CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY)"))
    )
    store.write(
        lambda work: work.session.execute(
            text(f"INSERT INTO alembic_version VALUES ('{migrations.newest()}')")
        )
    )
    yield
    store.write(lambda work: work.session.execute(text("DROP TABLE alembic_version")))
