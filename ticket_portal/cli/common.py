"""What all commands share: the settings, the database, and refusals that are one line."""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from ticket_portal import logs
from ticket_portal import settings as settings_module
from ticket_portal.settings import Settings, SettingsError

if TYPE_CHECKING:
    from ticket_portal.store.unit_of_work import Store

E = TypeVar("E", bound=StrEnum)

BAD_SETTINGS = 2

cli = typer.Typer(
    help="Ticket Portal. Settings come from the environment and from .env; see docs/operations.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def settings(*, tighten: bool = True) -> Settings:
    """Return the checked settings; ends the command with a line when one makes no sense.

    `tighten`: see that only this user can read what they lead to.
    """
    from ticket_portal.store import private_files

    try:
        found = settings_module.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(BAD_SETTINGS) from None
    try:
        logs.configure(found)
    except ValueError as error:
        fail(f"Can't write PORTAL_SECURITY_LOG={found.security_log}: {error.__cause__ or error}")
    if tighten:
        with suppress(OSError):  # a folder that can't be made is told by what needs it
            for path in private_files.keep_private(found):
                print(f"Other users could read {path}; now only this one can.", file=sys.stderr)
    return found


@contextmanager
def database(chosen: Settings, *, migrate: bool = False) -> Iterator["Store"]:
    """Open the database, on the newest version if asked to; what is wrong with it is said in a line."""
    from alembic.util import CommandError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from ticket_portal.store import migrations
    from ticket_portal.store.unit_of_work import Store

    try:
        store = Store(chosen)
        # Not through `store.read`: a unit of work asks for the tester's clock, and an empty database has none.
        with store.engine.connect() as connection:
            old, found = migrations.too_old(connection), migrations.version(connection)
        if old:
            fail(f"{old}.")
        if found and not migrations.known(found):
            fail(f"The database has version {found}, made by a newer Ticket Portal. Update the program.")
        if migrate and found != migrations.newest():
            migrations.upgrade(chosen)
        if not migrate and found != migrations.newest():
            fail("The database is not up to date. First: python -m ticket_portal migrate")
    except (OperationalError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        fail(f"Can't open the database ({_without_password(chosen)}): {reason}. Check PORTAL_DATABASE_URL.")
    except (CommandError, ProgrammingError) as error:
        fail(f"Can't bring the database up to date: {str(error).splitlines()[0]}")
    try:
        yield store
    finally:
        store.close()


def _without_password(settings: Settings) -> str:
    from sqlalchemy.engine import make_url

    return make_url(settings.database).render_as_string(hide_password=True)


@contextmanager
def said_plainly() -> Iterator[None]:
    """Say in a line what the domain refuses."""
    from ticket_portal.domain.errors import DomainError
    from ticket_portal.i18n.catalogues import translate

    try:
        yield
    except DomainError as error:
        fail(as_text(translate("en", error.text, **error.values)))


def as_text(typed: str) -> str:
    """Return typed text as one line without terminal control codes."""
    return "".join(c for c in " ".join(typed.split()) if c.isprintable())


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the lines of a table; what people typed into it is shown as plain text."""
    shown = [list(titles), *([as_text(_cell(value)) for value in row] for row in rows)]
    widths = [max(len(row[n]) for row in shown) for n in range(len(titles))]
    for row in shown:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def one_of(members: Collection[E], typed: str) -> E:
    """Return the member of a closed set that was typed; ends the command with a line that names them all."""
    found = next((member for member in members if member == typed.lower()), None)
    if found is None:
        raise typer.BadParameter(f"{as_text(typed)!r} is not one of {', '.join(members)}.")
    return found


def fail(text: str) -> NoReturn:
    """End the command with a line that says why."""
    print(text, file=sys.stderr)
    raise typer.Exit(1)
