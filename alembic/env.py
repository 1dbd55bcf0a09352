"""Runs migrations on the settings' database, or on the connection that `store/migrations.py` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.operations.ops import MigrationScript
from sqlalchemy import Connection, TextClause, text
from sqlmodel.sql.sqltypes import AutoString

from ticket_portal import settings
from ticket_portal.store import full_text
from ticket_portal.store.columns import UtcDateTime, Words
from ticket_portal.store.migrations import opened
from ticket_portal.store.tables.base import SQLModel

# Any number; the same in every process that migrates this database.
LOCK = 20010


def run(connection: Connection) -> None:
    """Migrate in one transaction; who comes at the same time waits, and then finds it done."""
    on_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=on_sqlite,  # SQLite changes a table by copying it
        render_item=_render,
        include_object=_comparable_on_sqlite if on_sqlite else _comparable,
        process_revision_directives=_numbered,
    )
    with context.begin_transaction():
        if not on_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()


def _comparable(_item: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    """The full text index is kept by statements of its own."""
    return not full_text.belongs(kind, name)


def _comparable_on_sqlite(item: object, name: str | None, kind: str, found: object, other: object) -> bool:
    """SQLite can't tell that an index has DESC in it, so such indexes are compared on PostgreSQL alone."""
    return _comparable(item, name, kind, found, other) and not (kind == "index" and name in _DESCENDING)


_DESCENDING = {
    index.name
    for table in SQLModel.metadata.tables.values()
    for index in table.indexes
    if any(isinstance(part, TextClause) for part in index.expressions)
}


def _numbered(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """Give a new migration the number after the newest one, unless `--rev-id` names it."""
    if not getattr(context.config.cmd_opts, "rev_id", None):
        for script in scripts:
            script.rev_id = f"{int(context.script.get_current_head() or 0) + 1:04}"


def _render(kind: str, item: object, _context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, Words):
        return "Words()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


if given := context.config.attributes.get("connection"):
    run(given)
else:
    with opened(settings.load()) as own:
        run(own)
