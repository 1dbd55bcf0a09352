"""`python -m ticket_portal COMMAND`: what the operator types.

Each command imports what it needs when it runs: `serve` must be there in seconds, `--help` at once.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ticket_portal import logs
from ticket_portal import settings as settings_module
from ticket_portal.settings import Settings, SettingsError

if TYPE_CHECKING:
    from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]
BAD_SETTINGS = 2
GENERATED_BYTES = 15

cli = typer.Typer(
    help="Ticket Portal. Settings come from the environment and from .env; see docs/operations.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command of this process's arguments."""
    try:
        cli(prog_name="python -m ticket_portal")
    except KeyboardInterrupt:
        sys.exit(130)


@cli.callback()
def _at_home() -> None:
    # `.env`, `data/` and the built front end are in the project's folder, wherever this was typed.
    os.chdir(ROOT)


@cli.command()
def serve() -> None:
    """Bring the database up to date and serve the portal until Ctrl-C."""
    settings = _settings()
    _require_front_end()
    _require_free_port(settings)
    with _database(settings, migrate=True) as store:
        if settings.env == "development":
            _load_demo(store)
    _greet(settings)
    from ticket_portal.cli import serving

    serving.replace_this_process(settings)


@cli.command()
def migrate() -> None:
    """Bring the database to this version. Several processes may do so at once."""
    from ticket_portal.store import migrations

    with _database(_settings(), migrate=True) as store, store.engine.connect() as connection:
        print(f"The database has version {migrations.version(connection)}.")


@cli.command()
def seed(
    tickets: Annotated[
        int | None, typer.Option(min=1, max=2_000_000, help="Add this many realistic tickets.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="Delete everything and set up this scenario.")] = "",
    number: Annotated[int, typer.Option("--seed", help="The same number gives the same tickets.")] = 1,
) -> None:
    """Fill the database: the demo if it is empty, a scenario, or many tickets. Never in production."""
    from ticket_portal.demo import bulk, scenarios

    settings = _settings()
    if settings.env == "production":
        _fail("seed makes accounts with a public password and is refused in production.")
    with _database(settings, migrate=True) as store:
        if scenario:
            try:
                print(json.dumps(scenarios.load(store, scenario), indent=2, ensure_ascii=False))
            except scenarios.NoSuchScenario:
                _fail(f"There is no scenario {scenario!r}. There are: {', '.join(scenarios.SCENARIOS)}.")
        if tickets:
            bulk.seed(store, tickets, seed=number, say=print)
        if not scenario and not tickets:
            loaded = scenarios.load_into_empty(store)
            print("The demo is loaded." if loaded else "The database is not empty; nothing was changed.")


@cli.command("create-agent")
def create_agent(
    email: str,
    name: Annotated[
        str, typer.Option(help="As customers see it; the address's first part if left out.")
    ] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Make an admin.")] = False,
) -> None:
    """Make an account of the team. Asks for a password; without a terminal, or left empty, one is made and shown."""
    from ticket_portal.domain import accounts
    from ticket_portal.domain.people import canonical

    with _said_plainly():
        address = canonical(email)
        password, made = _new_password()
        hashed = accounts.hasher.hash(accounts.checked_password(password))
        shown = " ".join(name.split()) or address.partition("@")[0].capitalize()
        with _database(_settings()) as store:
            if store.read(accounts.find, address):
                _fail(f"There is an account with the address {address} already.")
            store.write(accounts.create, address, shown, hashed, "admin" if admin else "agent")
    print(f"Made the {'admin' if admin else 'agent'} {shown} <{address}>.")
    if made:
        print(f"Password (shown this once): {password}")


@cli.command("create-api-token")
def create_api_token(agent: Annotated[str, typer.Option(help="The agent that the token acts as.")]) -> None:
    """Make a token for the REST API and print it, alone; it can't be shown again."""
    from ticket_portal.domain import api
    from ticket_portal.domain.errors import NotFound

    with _said_plainly(), _database(_settings()) as store:
        try:
            print(store.write(api.new_token, agent))
        except NotFound:
            _fail(f"There is no agent with the address {agent}. Make one: create-agent {agent}")


@cli.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Answer Prometheus on this machine at this port.")
    ] = None,
) -> None:
    """Deliver mail and keep files tidy, beside web processes with PORTAL_WORKER=false. Ends on Ctrl-C or SIGTERM."""
    settings = _settings()
    with _database(settings, migrate=True):
        pass
    from ticket_portal import measures
    from ticket_portal.cli import serving

    if metrics_port:
        try:
            measures.tell_at(metrics_port)
        except OSError as error:
            _fail(
                f"Can't listen at 127.0.0.1:{metrics_port}: {error.strerror}. Choose another --metrics-port."
            )
    print("The worker delivers what is due.", flush=True)
    serving.work()


@cli.command("help-feedback")
def help_feedback() -> None:
    """Say which help articles helped, in which language, and what people did not find in them."""
    from ticket_portal.domain import feedback

    with _database(_settings()) as store:
        counts, missing = store.read(feedback.counts), store.read(feedback.missing)
    for count in counts:
        print(f"{count.article:20} {count.language}  yes {count.yes:5}  no {count.no:5}")
    for one in missing:
        print(f"\n{one.article}, {one.language}: {_as_text(one.text)}")
    if not counts:
        print("Nobody has said anything yet.")


@cli.command("log-name")
def log_name(email_or_ip: str) -> None:
    """Say as what an address or an IP appears in the security log."""
    from ticket_portal.domain import networks, security_log
    from ticket_portal.domain.errors import BadAddress
    from ticket_portal.domain.people import canonical

    try:
        subject = canonical(email_or_ip)
    except BadAddress:
        subject = networks.network(email_or_ip)
    print(security_log.hashed(_settings(), subject))


@cli.command("vapid-keys")
def vapid_keys() -> None:
    """Make a key pair for Web Push, as lines for .env."""
    from ticket_portal.delivery import vapid

    private, public = vapid.new_keys()
    print(f"PORTAL_VAPID_PRIVATE_KEY={private}")
    print("PORTAL_VAPID_SUBJECT=mailto:you@example.com")
    print(f"# The public key, derived from it; browsers are told: {public}")


@cli.command()
def doctor() -> None:
    """Check what the portal needs, a line each; fails if something is wrong."""
    from ticket_portal.cli import checkup

    bad = 0
    for finding in checkup.findings(_settings()):
        bad += finding.bad
        print(f"{finding.mark:5} {finding.what:14} {finding.text}", flush=True)
    raise typer.Exit(1 if bad else 0)


def _settings() -> Settings:
    try:
        settings = settings_module.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(BAD_SETTINGS) from None
    try:
        logs.configure(settings)
    except ValueError as error:
        _fail(f"Can't write PORTAL_SECURITY_LOG={settings.security_log}: {error.__cause__ or error}")
    return settings


@contextmanager
def _database(settings: Settings, *, migrate: bool = False) -> Iterator["Store"]:
    """Open the database, on the newest version if asked to; what is wrong with it is said in a line."""
    from alembic.util import CommandError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from ticket_portal.store import migrations
    from ticket_portal.store.unit_of_work import Store

    try:
        store = Store(settings)
        # Not through `store.read`: a unit of work asks for the tester's clock, and an empty database has none.
        with store.engine.connect() as connection:
            old, found = migrations.too_old(connection), migrations.version(connection)
        if old:
            _fail(f"{old}.")
        if found and not migrations.known(found):
            _fail(f"The database has version {found}, made by a newer Ticket Portal. Update the program.")
        if migrate and found != migrations.newest():
            migrations.upgrade(settings)
        if not migrate and found != migrations.newest():
            _fail("The database is not up to date. First: python -m ticket_portal migrate")
    except (OperationalError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        _fail(
            f"Can't open the database ({_without_password(settings)}): {reason}. Check PORTAL_DATABASE_URL."
        )
    except (CommandError, ProgrammingError) as error:
        _fail(f"Can't bring the database up to date: {str(error).splitlines()[0]}")
    try:
        yield store
    finally:
        store.close()


def _without_password(settings: Settings) -> str:
    from sqlalchemy.engine import make_url

    return make_url(settings.database).render_as_string(hide_password=True)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Say in a line what the domain refuses."""
    from ticket_portal.domain.errors import DomainError
    from ticket_portal.i18n.catalogues import translate

    try:
        yield
    except DomainError as error:
        _fail(translate("en", error.text, **error.values))


def _new_password() -> tuple[str, bool]:
    """Return a password, and whether it was made here and must be shown."""
    import secrets

    typed = ""
    if sys.stdin.isatty():
        typed = typer.prompt(
            "Password (empty: one is made)",
            default="",
            hide_input=True,
            confirmation_prompt=True,
            show_default=False,
        )
    return (typed, False) if typed else (secrets.token_urlsafe(GENERATED_BYTES), True)


def _as_text(typed: str) -> str:
    """Return what a stranger typed as one line without anything that a terminal would do."""
    return "".join(c for c in " ".join(typed.split()) if c.isprintable())


def _require_front_end() -> None:
    from ticket_portal.frontend.build import STATIC

    if not (STATIC / "index.html").is_file():
        _fail("The front end is not built yet. First: python -m ticket_portal.frontend (or: make run)")


def _require_free_port(settings: Settings) -> None:
    from ticket_portal.cli import serving

    if problem := serving.port_problem(settings.host, settings.port):
        _fail(problem)


def _load_demo(store: "Store") -> None:
    from ticket_portal.demo import scenarios

    scenarios.load_into_empty(store)


def _greet(settings: Settings) -> None:
    print(f"{settings.company} Support is at {settings.public_url}")
    if settings.env == "development":
        from ticket_portal.demo import people

        for person in people.CAST:
            print(f"  {person.role:9} {person.address:18} password {people.PASSWORD}")
        print(f"  {'guest':9} {people.GUEST:18} link in the mailbox, or “Find my ticket”")
        if settings.mail == "mailbox":
            print(f"Mailbox: {settings.public_url}/dev/mailbox")
    print("Ctrl-C ends it.", flush=True)


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(1)
