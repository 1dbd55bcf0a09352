"""The migrations make exactly the tables that the code speaks of, on both kinds of database."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from ticket_portal.settings import Settings
from ticket_portal.store import migrations
from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path) -> Settings:
    if request.param == "sqlite":
        return Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/portal.db")
    return Settings(_env_file=None, data_dir=tmp_path, database_url=request.getfixturevalue("postgres")())


def _alembic(settings: Settings, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": settings.database,
        "PORTAL_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_an_upgraded_database_has_the_tables_of_the_code(empty, tmp_path):
    upgraded = _alembic(empty, tmp_path, "upgrade", "head")  # from a folder that is not the project's
    assert upgraded.returncode == 0, upgraded.stderr

    checked = _alembic(empty, tmp_path, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_downgrade_leaves_nothing_behind(empty, tmp_path):
    migrations.upgrade(empty)
    assert _alembic(empty, tmp_path, "downgrade", "base").returncode == 0
    migrations.upgrade(empty)

    store = Store(empty)
    assert store.read(migrations.is_current)
    store.close()


def test_processes_that_start_together_do_not_meet_in_a_migration(empty):
    with ThreadPoolExecutor(4) as together:
        list(together.map(lambda _: _in_a_process(empty), range(4)))

    store = Store(empty)
    assert store.read(migrations.is_current)
    store.close()


def _in_a_process(settings: Settings) -> None:
    command = [sys.executable, "-m", "ticket_portal", "migrate"]
    environment = {**os.environ, "PORTAL_DATABASE_URL": settings.database}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def test_a_database_of_newer_code_is_recognised(empty):
    migrations.upgrade(empty)
    store = Store(empty)
    store.write(lambda work: work.session.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    assert not store.read(migrations.is_current)
    with store.engine.connect() as connection:
        assert not migrations.known(migrations.version(connection) or "")
    assert migrations.known(migrations.newest())
    store.close()
