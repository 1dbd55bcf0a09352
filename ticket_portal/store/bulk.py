"""Whole tables at once: emptying them, and inserting many rows with numbers of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlmodel import SQLModel

from ticket_portal.store.unit_of_work import Work

# Other processes follow the signals by their number; they would miss what begins again at one.
KEPT_TABLES = ("signal",)


def empty(work: Work) -> None:
    """Delete everything; numbers begin again."""
    tables = [t for t in reversed(SQLModel.metadata.sorted_tables) if t.name not in KEPT_TABLES]
    if _on_postgresql(work):
        names = ", ".join(f'"{t.name}"' for t in tables)
        work.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        return
    for table in tables:
        work.session.execute(table.delete())


def is_empty(work: Work, table: type[SQLModel]) -> bool:
    """Whether a table has no row."""
    return work.session.execute(select(1).select_from(table).limit(1)).first() is None


def next_id(work: Work, table: type[SQLModel]) -> int:
    """Return the id from which rows can be inserted, and keep other writers out until this work ends."""
    name = _name(table)
    if not _on_postgresql(work):  # one writer at a time
        return (work.session.execute(select(func.max(_id(table)))).scalar() or 0) + 1
    work.session.execute(text(f'LOCK TABLE "{name}" IN SHARE ROW EXCLUSIVE MODE'))
    return work.session.execute(
        text(f"SELECT nextval(pg_get_serial_sequence('\"{name}\"', 'id'))")
    ).scalar_one()


def add(work: Work, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where they carry numbers, later ones go on after them."""
    if not rows:
        return
    work.session.execute(insert(SQLModel.metadata.tables[_name(table)]), list(rows))
    if "id" in rows[0] and _on_postgresql(work):
        name, last = _name(table), rows[-1]["id"]
        work.session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {int(last)})"))


def analyze(work: Work) -> None:
    """Let the database look at what is in the tables now: its plans depend on it."""
    work.session.execute(text("ANALYZE"))


def _on_postgresql(work: Work) -> bool:
    return not work.on_sqlite


def _name(table: type[SQLModel]) -> str:
    return str(table.__tablename__)


def _id(table: type[SQLModel]) -> Any:
    return SQLModel.metadata.tables[_name(table)].c.id
