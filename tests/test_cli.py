"""What operators type, and what they read then."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, b64urlencode
from sqlalchemy import text
from sqlmodel import select

from ticket_portal.cli import serving
from ticket_portal.cli.commands import cli
from ticket_portal.domain.accounts import accounts, api_tokens
from ticket_portal.domain.errors import WrongPassword
from ticket_portal.domain.operations import feedback, mailbox
from ticket_portal.domain.operations.feedback import FeedbackForm
from ticket_portal.settings import Settings
from ticket_portal.store.tables import Account
from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[1]
COMMANDS = [
    command.name or command.callback.__name__ for command in cli.registered_commands if command.callback
]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The variables of a portal of its own."""
    return {
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_SECRET_KEY": "k7Qw2ZpX9vLrT4mBnJ8sYdHcF6gAeUoR3iVtNyWx",
    }


@pytest.fixture
def run(settings: dict[str, str], tmp_path: Path) -> Run:
    """Type a command, in a folder that is not the project's."""

    def run(*words: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings, **more}
        command = [sys.executable, "-m", "ticket_portal", *words]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def opened(settings: dict[str, str]) -> Iterator[Callable[[], Store]]:
    """Open the database that the commands wrote."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(Store(Settings(_env_file=None, data_dir=Path(settings["PORTAL_DATA_DIR"]))))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def test_migrate_makes_the_database_and_says_its_version(run):
    first, again = run("migrate"), run("migrate")
    assert (first.returncode, again.returncode) == (0, 0)
    assert re.fullmatch(r"The database has version \w+\.\n", first.stdout)
    assert again.stdout == first.stdout


def test_an_empty_database_is_migrated_in_test_mode_too(run):
    assert run("migrate", PORTAL_TEST_MODE="1").returncode == 0


def test_a_database_of_a_newer_version_is_left_alone(run, opened):
    run("migrate")
    opened().write(lambda work: work.session.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    refused = run("migrate")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "made by a newer Ticket Portal" in refused.stderr


def test_an_agent_is_made_with_a_password_that_is_shown_once_and_works(run, opened):
    run("migrate")

    made = run("create-agent", "Mai@Example.com", "--name", "Mai")

    assert made.returncode == 0, made.stderr
    password = re.search(r"Password \(shown this once\): (\S+)", made.stdout)
    assert password
    assert accounts.sign_in(opened(), "mai@example.com", password[1], "192.0.2.1")
    again = run("create-agent", "mai@example.com")
    assert (again.returncode, again.stderr) == (
        1,
        "There is an account with the address mai@example.com already.\n",
    )


def test_an_admin_is_made(run, opened):
    run("migrate")
    run("create-agent", "ada@example.com", "--admin")
    account = opened().read(lambda work: work.session.exec(select(Account)).one())
    assert (account.role, account.name) == ("admin", "Ada")


def test_a_command_on_a_database_of_an_older_version_says_what_to_do(run):
    refused = run("create-agent", "mai@example.com")
    assert refused.returncode == 1
    assert refused.stderr == "The database is not up to date. First: python -m ticket_portal migrate\n"


@pytest.mark.parametrize("email", ["nonsense", "a@", "@b.c"])
def test_what_is_no_address_is_refused_in_a_line(run, email):
    run("migrate")
    refused = run("create-agent", email)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_a_token_is_printed_alone_and_acts_as_the_agent(run, opened):
    run("migrate")
    run("create-agent", "mai@example.com")

    made = run("create-api-token", "--agent", "mai@example.com")

    assert re.fullmatch(r"tp_[A-Za-z0-9_-]{43}\n", made.stdout)
    assert opened().read(api_tokens.caller, made.stdout.strip()).viewer.address == "mai@example.com"
    refused = run("create-api-token", "--agent", "other@example.com")
    assert (refused.returncode, refused.stdout) == (1, "")


def test_tokens_are_named_listed_and_revoked(run, opened):
    run("migrate")
    run("create-agent", "mai@example.com", "--name", "Mai\x1b[31m")
    token = run(
        "create-api-token", "--agent", "mai@example.com", "--name", "Billing\x1b]0;x\x07", "--scope", "read",
        "--expires", "90d",
    ).stdout.strip()  # fmt: skip
    other = run("create-api-token", "--agent", "mai@example.com", "--expires", "never").stdout.strip()
    store = opened()
    assert store.read(api_tokens.caller, token).scope == "read"

    listed = run("list-api-tokens", "--agent", "mai@example.com")

    assert (listed.returncode, listed.stderr) == (0, "")
    assert all(character.isprintable() or character == "\n" for character in listed.stdout)
    assert listed.stdout.splitlines()[0].split()[:4] == ["ID", "NAME", "AGENT", "SCOPE"]
    [line] = [line for line in listed.stdout.splitlines() if "Billing" in line]
    assert line.endswith("active")
    assert " read " in line
    for secret in (token, other, "tp_"):
        assert secret not in listed.stdout
    revoked = run("revoke-api-token", line.split()[0])
    assert revoked.returncode == 0
    assert "event=api_token_revoked" in revoked.stderr
    assert not store.read(api_tokens.caller, token).viewer.of_team
    assert store.read(api_tokens.caller, other).viewer.of_team
    for words, code in (
        (("revoke-api-token", "nonsense\x1b[31m"), 1),
        (("list-api-tokens", "--agent", "nobody@example.com"), 1),
        (("create-api-token", "--agent", "mai@example.com", "--expires", "2020-01-01"), 1),
        (("create-api-token", "--agent", "mai@example.com", "--scope", "all"), 2),
    ):
        refused = run(*words)
        assert (refused.returncode, refused.stdout) == (code, ""), words
        assert "\x1b" not in refused.stderr
        assert code == 2 or refused.stderr.count("\n") == 1


def test_the_accounts_of_the_team_are_managed(run, opened):
    run("migrate")
    for words in (("ada@example.com", "--admin"), ("mai@example.com", "--name", "Mai \u202etxt\x1b[2J")):
        run("create-agent", *words)
    store = opened()

    listed = run("list-agents").stdout
    assert all(character.isprintable() or character == "\n" for character in listed)
    assert [line.split()[0] for line in listed.splitlines()] == [
        "EMAIL",
        "ada@example.com",
        "mai@example.com",
    ]

    reset = run("reset-agent-password", "Mai@example.com")
    password = re.search(r"Password \(shown this once\): (\S+)", reset.stdout)
    assert password
    assert accounts.sign_in(store, "mai@example.com", password[1], "192.0.2.1")
    assert "Sessions ended: 1." in run("sign-out-agent", "mai@example.com").stdout

    gone = run("deactivate-agent", "mai@example.com")
    assert (gone.returncode, "is deactivated" in gone.stdout) == (0, True)
    assert re.search(r"mai@example.com .* deactivated ", run("list-agents").stdout)
    with pytest.raises(WrongPassword):
        accounts.sign_in(store, "mai@example.com", password[1], "192.0.2.1")
    assert run("reactivate-agent", "mai@example.com").returncode == 0
    assert accounts.sign_in(store, "mai@example.com", password[1], "192.0.2.1")

    assert "is admin now, was agent" in run("set-role", "mai@example.com", "admin").stdout
    assert run("set-role", "ada@example.com", "customer").returncode == 0
    for words, code in (
        (("deactivate-agent", "mai@example.com"), 1),  # the last admin
        (("set-role", "mai@example.com", "agent"), 1),
        (("set-role", "mai@example.com", "owner"), 2),
        (("deactivate-agent", "ada@example.com"), 1),  # a customer by now
        (("sign-out-agent", "nobody@example.com"), 1),
        (("reset-agent-password", "nonsense"), 1),
    ):
        refused = run(*words)
        assert (refused.returncode, refused.stdout) == (code, ""), words
        assert code == 2 or refused.stderr.count("\n") == 1, words
    assert run("set-role", "mai@example.com", "agent", "--force").returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_explained_and_documented(command):
    from typer.testing import CliRunner

    said = CliRunner().invoke(cli, [command, "--help"])
    assert said.exit_code == 0
    assert len(said.stdout.split()) > 10
    assert f"| `{command}" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def test_seed_loads_the_demo_once_scenarios_and_many_tickets(run):
    assert run("seed").stdout == "The demo is loaded.\n"
    assert run("seed").stdout == "The database is not empty; nothing was changed.\n"
    assert "40 of 40 tickets" in run("seed", "--tickets", "40").stdout
    told = json.loads(run("seed", "--scenario", "resolved").stdout)
    assert (told["scenario"], told["status"]) == ("resolved", "resolved")
    unknown = run("seed", "--scenario", "nothing")
    assert unknown.returncode == 1
    assert "guest-expired-code" in unknown.stderr


def test_seed_is_refused_in_production(run):
    production = {"PORTAL_ENV": "production", "PORTAL_BASE_URL": "https://support.example.com"}
    production |= {"PORTAL_MAIL": "smtp", "PORTAL_SMTP_URL": "smtp://mail.internal"}
    refused = run("seed", "--scenario", "demo", **production)
    assert refused.returncode == 1
    assert "production" in refused.stderr


def test_what_people_say_of_the_articles_is_printed(run, opened):
    run("migrate")
    assert run("help-feedback").stdout == "Nobody has said anything yet.\n"
    for n, helpful in enumerate(("yes", "yes", "no")):
        form = FeedbackForm.parse("alerts", "uk", helpful, "Скільки чекати?")
        opened().write(feedback.rate, form, f"browser {n}", "192.0.2.1")

    said = run("help-feedback")

    assert said.returncode == 0, said.stderr
    assert re.search(r"alerts +uk +yes +2 +no +1", said.stdout)
    assert "alerts, uk: Скільки чекати?" in said.stdout


def test_what_strangers_wrote_does_nothing_to_the_terminal(run, opened):
    """A terminal does what control characters say: it can be told to type, to copy and to lie."""
    run("migrate")
    for n, typed in enumerate(
        ("\x1b]52;c;cm0gLXJm\x07\x1b[2Jgone", "one\r\nalerts, en: two", "left\u202eright")
    ):
        opened().write(feedback.rate, FeedbackForm.parse("alerts", "en", "no", typed), f"b{n}", "192.0.2.1")
    said = run("help-feedback").stdout
    assert all(c.isprintable() for line in said.splitlines() for c in line)
    assert len([line for line in said.splitlines() if line.startswith("alerts, en:")]) == 3


def test_vapid_keys_are_a_real_pair(run):
    lines = run("vapid-keys").stdout.splitlines()
    private = lines[0].removeprefix("PORTAL_VAPID_PRIVATE_KEY=")
    public = lines[2].rpartition(" ")[2]

    key = Vapid02.from_string(private)

    assert isinstance(key.private_key.curve, ec.SECP256R1)
    point = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert b64urlencode(point) == public


def test_doctor_has_a_line_for_everything_and_fails_when_something_is_wrong(run):
    sick = run("doctor")
    assert sick.returncode == 1
    assert re.search(r"^wrong +database .*python -m ticket_portal migrate$", sick.stdout, re.MULTILINE)

    run("migrate")
    well = run("doctor")
    assert well.returncode == 0, well.stdout
    for what in ("settings", "data folder", "database", "redis", "address", "mail", "push", "clock"):
        assert re.search(rf"^(ok|note) +{what} ", well.stdout, re.MULTILINE), what

    away = run("doctor", PORTAL_MAIL="smtp", PORTAL_SMTP_URL="smtp://user:hush@127.0.0.1:1")
    assert away.returncode == 1
    assert "PORTAL_SMTP_URL" in away.stdout
    assert "hush" not in away.stdout

    full = run("doctor", PORTAL_UPLOAD_FREE_MB="999999999999")
    assert full.returncode == 1
    assert re.search(r"^wrong +data folder .*PORTAL_UPLOAD_FREE_MB\.$", full.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", ["serve", "migrate", "doctor", "worker"])
def test_a_bad_setting_ends_every_command_with_a_line_and_code_2(run, command):
    refused = run(command, PORTAL_PORT="many")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("PORTAL_PORT: ")
    assert refused.stderr.count("\n") == 1


def test_a_database_that_is_away_is_told_without_its_password(run):
    refused = run("migrate", PORTAL_DATABASE_URL="postgresql://portal:hush@127.0.0.1:1/portal")
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "Can't open the database (postgresql+psycopg://portal:***@127.0.0.1:1/portal)"
    )
    assert "hush" not in refused.stderr


def test_a_taken_port_is_told_and_a_free_one_is_free():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian takes it
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serving.port_problem("127.0.0.1", port).startswith(f"Port {port} is taken by another program.")
    assert serving.port_problem("127.0.0.1", port) == ""
    assert "PORTAL_HOST" in serving.port_problem("192.0.2.1", port)


def test_a_worker_delivers_what_is_due_and_ends_when_told_to(run, settings, opened):
    run("seed", "--scenario", "guest-ticket")
    command = [sys.executable, "-m", "ticket_portal", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        store, latest = opened(), time.monotonic() + 20
        while not (mails := store.read(mailbox.newest)) and time.monotonic() < latest:
            time.sleep(0.05)
        assert [m.kind for m in mails] == ["confirmation"]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0
    finally:
        worker.kill()
        worker.wait()
