"""`python -m ticket_portal COMMAND`: what the operator types.

Each command imports what it needs when it runs: `serve` must be there in seconds, `--help` at once.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ticket_portal.cli import common, team, tokens
from ticket_portal.cli.common import as_text, cli, database, fail
from ticket_portal.settings import Settings

if TYPE_CHECKING:
    from ticket_portal.store.unit_of_work import Store

ROOT = Path(__file__).parents[2]


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
    settings = common.settings()
    _require_front_end()
    _require_free_port(settings)
    with database(settings, migrate=True) as store:
        if settings.env == "development":
            _load_demo(store)
    _greet(settings)
    from ticket_portal.cli import serving

    serving.replace_this_process(settings)


@cli.command()
def migrate() -> None:
    """Bring the database to this version. Several processes may do so at once."""
    from ticket_portal.store import migrations

    with database(common.settings(), migrate=True) as store, store.engine.connect() as connection:
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

    settings = common.settings()
    if settings.env == "production":
        fail("seed makes accounts with a public password and is refused in production.")
    with database(settings, migrate=True) as store:
        if scenario:
            try:
                print(json.dumps(scenarios.load(store, scenario), indent=2, ensure_ascii=False))
            except scenarios.NoSuchScenario:
                fail(f"There is no scenario {scenario!r}. There are: {', '.join(scenarios.SCENARIOS)}.")
        if tickets:
            bulk.seed(store, tickets, seed=number, say=print)
        if not scenario and not tickets:
            loaded = scenarios.load_into_empty(store)
            print("The demo is loaded." if loaded else "The database is not empty; nothing was changed.")


team.add_to(cli)
tokens.add_to(cli)


@cli.command()
def worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Answer Prometheus on this machine at this port.")
    ] = None,
) -> None:
    """Deliver mail and keep files tidy, beside web processes with PORTAL_WORKER=false. Ends on Ctrl-C or SIGTERM."""
    settings = common.settings()
    with database(settings, migrate=True):
        pass
    from ticket_portal import measures
    from ticket_portal.cli import serving

    if metrics_port:
        try:
            measures.tell_at(metrics_port)
        except OSError as error:
            fail(
                f"Can't listen at 127.0.0.1:{metrics_port}: {error.strerror}. Choose another --metrics-port."
            )
    print("The worker delivers what is due.", flush=True)
    serving.work()


@cli.command("help-feedback")
def help_feedback() -> None:
    """Say which help articles helped, in which language, and what people did not find in them."""
    from ticket_portal.domain.operations import feedback

    with database(common.settings()) as store:
        counts, missing = store.read(feedback.counts), store.read(feedback.missing)
    for count in counts:
        print(f"{count.article:20} {count.language}  yes {count.yes:5}  no {count.no:5}")
    for one in missing:
        print(f"\n{one.article}, {one.language}: {as_text(one.text)}")
    if not counts:
        print("Nobody has said anything yet.")


@cli.command("log-name")
def log_name(email_or_ip: str) -> None:
    """Say as what an address or an IP appears in the security log."""
    from ticket_portal.domain import networks, security_log
    from ticket_portal.domain.addresses import canonical
    from ticket_portal.domain.errors import BadAddress

    try:
        subject = canonical(email_or_ip)
    except BadAddress:
        subject = networks.network(email_or_ip)
    print(security_log.hashed(common.settings(), subject))


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
    for finding in checkup.findings(common.settings(tighten=False)):
        bad += finding.bad
        print(f"{finding.mark:5} {finding.what:14} {finding.text}", flush=True)
    raise typer.Exit(1 if bad else 0)


def _require_front_end() -> None:
    from ticket_portal.frontend.build import STATIC

    if not (STATIC / "index.html").is_file():
        fail("The front end is not built yet. First: python -m ticket_portal.frontend (or: make run)")


def _require_free_port(settings: Settings) -> None:
    from ticket_portal.cli import serving

    if problem := serving.port_problem(settings.host, settings.port):
        fail(problem)


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
