"""The migrations make exactly the tables that the code speaks of, on both kinds of database."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import Script, ScriptDirectory
from sqlalchemy import text

from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import api_tokens
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.tickets import search
from ticket_portal.settings import Settings
from ticket_portal.store import migrations
from ticket_portal.store.unit_of_work import Store, Work

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


@pytest.mark.slow
def test_an_upgraded_database_has_the_tables_of_the_code(empty, tmp_path):
    upgraded = _alembic(empty, tmp_path, "upgrade", "head")  # from a folder that is not the project's
    assert upgraded.returncode == 0, upgraded.stderr

    checked = _alembic(empty, tmp_path, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_database_of_each_version_upgrades_to_the_newest(empty):
    """Numbers are what databases have in `alembic_version`: a migration keeps its number for ever."""
    numbers = [f"{n:04}" for n in range(1, len(_chain()) + 1)]
    for number in numbers:
        migrations.upgrade(empty, number)
    store = Store(empty)
    assert store.read(migrations.is_current)
    store.close()


def test_migrations_are_numbered_in_the_order_of_their_chain():
    chain = _chain()
    assert [script.revision for script in chain] == [f"{n:04}" for n in range(1, len(chain) + 1)]
    assert [Path(script.path).name.split("_")[0] for script in chain] == [s.revision for s in chain]


def _chain() -> list[Script]:
    return list(reversed(list(ScriptDirectory.from_config(migrations._config()).walk_revisions())))


def test_a_new_migration_gets_the_next_number(tmp_path):
    shutil.copytree(ROOT / "alembic", tmp_path / "alembic", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "alembic.ini", tmp_path)
    environment = {**os.environ, "PORTAL_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "alembic", "revision", "-m", "A change"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    new = tmp_path / f"alembic/versions/{len(_chain()) + 1:04}_a_change.py"
    assert f'revision = "{new.name[:4]}"' in new.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_downgrade_leaves_nothing_behind(empty, tmp_path):
    migrations.upgrade(empty)
    assert _alembic(empty, tmp_path, "downgrade", "base").returncode == 0
    migrations.upgrade(empty)

    store = Store(empty)
    assert store.read(migrations.is_current)
    store.close()


@pytest.mark.slow
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


@pytest.mark.slow
def test_what_was_written_before_the_search_came_is_found(empty, tmp_path):
    assert _alembic(empty, tmp_path, "upgrade", "0001").returncode == 0
    store = Store(empty)
    store.write(_earlier_tickets)
    migrations.upgrade(empty)

    budi = Viewer(role="customer", account_id=2)
    assert [r.number for r in store.read(search.mine, ANA, "rut tien").rows] == [12345]
    assert [r.hit for r in store.read(search.mine, ANA, "public").rows] == ["What is <mark>public</mark>."]
    assert store.read(search.mine, ANA, "internal").rows == []
    assert store.read(search.mine, budi, "public").rows == []

    # Whatever tables later migrations copy: an entry follows its ticket's owner, and goes with its ticket.
    store.write(lambda work: work.session.execute(text("UPDATE ticket SET account_id = 2")))
    assert [r.number for r in store.read(search.mine, budi, "public").rows] == [12345]
    assert store.read(search.mine, ANA, "public").rows == []
    store.write(lambda work: work.session.execute(text("DELETE FROM ticket")))
    assert (
        store.read(lambda work: work.session.execute(text("SELECT count(*) FROM searchentry")).scalar()) == 0
    )
    store.close()


@pytest.mark.slow
def test_tokens_from_before_they_had_an_end_keep_working(empty, tmp_path):
    assert _alembic(empty, tmp_path, "upgrade", "0012").returncode == 0
    store = Store(empty)
    tokens = [keys.new_token() for _ in range(2)]
    store.write(_an_agent_with, tokens)
    migrations.upgrade(empty)

    for token in tokens:
        found = store.read(api_tokens.caller, token)
        assert (found.viewer.address, found.scope) == ("linh@example.com", api_tokens.Scope.WRITE)
    listed = store.read(api_tokens.views)
    assert len({token.id for token in listed}) == 2
    assert {(token.state, token.expires_at) for token in listed} == {("active", None)}
    store.write(api_tokens.revoke, listed[0].id)
    assert sorted(token.state for token in store.read(api_tokens.views)) == ["active", "revoked"]
    store.close()


def _an_agent_with(work: Work, tokens: list[str]) -> None:
    _insert(
        work,
        "account",
        id=1,
        address="linh@example.com",
        name="Linh",
        password_hash="",
        role="agent",
        language="en",
        time_zone="UTC",
        created_at=THEN,
    )
    for token in tokens:
        _insert(work, "apitoken", token_hash=keys.token_hash(token), account_id=1, created_at=THEN)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("base_url", "before"), [("https://support.example.com", sessions.PLAIN), ("http://localhost:3000", "")]
)
def test_people_stay_signed_in_over_the_update_to_prefixed_cookies(empty, tmp_path, base_url, before):
    """On https, what the old cookies lead to is known by a name of its own: nothing that begins later is."""
    assert _alembic(empty, tmp_path, "upgrade", "0012").returncode == 0
    store = Store(empty)
    store.write(_signed_in)
    migrations.upgrade(empty.model_copy(update={"base_url": base_url}))

    def kept(work: Work) -> set[str]:
        rows = work.session.execute(text("SELECT token_hash FROM session WHERE account_id = 1"))
        devices = work.session.execute(text("SELECT session FROM device"))
        return {row[0] for row in [*rows, *devices]}

    assert store.read(kept) == {f"{before}abc"}
    assert store.read(sessions.viewer, f"{before}abc").account_id == 1
    assert _alembic(empty, tmp_path, "downgrade", "0012").returncode == 0
    assert store.read(kept) == {"abc"}
    store.close()


ANA = Viewer(role="customer", account_id=1)
THEN = "2026-01-01 00:00:00"


def _earlier_tickets(work: Work) -> None:
    for number in (1, 2):
        _insert(
            work,
            "account",
            id=number,
            address=f"a{number}@example.com",
            name="A",
            password_hash="",
            role="customer",
            language="vi",
            time_zone="UTC",
            created_at=THEN,
        )
    ranks = {"turn_rank": 1, "queue_rank": 0, "last_seq": 2, "team_seq": 0, "requester_seq": 1}
    moments = dict.fromkeys(("created_at", "updated_at", "waiting_since"), THEN)
    _insert(
        work,
        "ticket",
        id=1,
        number=12345,
        subject="Rút tiền",
        status="new",
        account_id=1,
        address="a1@example.com",
        requester="A",
        language="vi",
        proved_by="account",
        seen_by_team_seq=0,
        **ranks,
        **moments,
    )
    for seq, (kind, body) in enumerate((("reply", "What is public."), ("note", "What is internal.")), 1):
        _insert(
            work,
            "message",
            id=seq,
            ticket_id=1,
            seq=seq,
            kind=kind,
            author_role="agent",
            author_name="L",
            body=body,
            client_id=str(seq),
            created_at=THEN,
        )


def _signed_in(work: Work) -> None:
    now = work.now.strftime("%Y-%m-%d %H:%M:%S")
    _insert(
        work,
        "account",
        id=1,
        address="a1@example.com",
        name="A",
        password_hash="",
        role="customer",
        language="vi",
        time_zone="UTC",
        created_at=now,
    )
    _insert(work, "session", token_hash="abc", account_id=1, agent="", created_at=now, seen_at=now)
    _insert(
        work,
        "device",
        endpoint="e",
        p256dh="",
        auth="",
        account_id=1,
        address="a1@example.com",
        name="",
        language="en",
        session="abc",
        browser_hash="",
        created_at=now,
        seen_at=now,
    )


def _insert(work: Work, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    work.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
