"""What the tables promise beyond their columns."""

from sqlalchemy import Column, ForeignKeyConstraint
from sqlmodel import SQLModel


def test_what_hangs_on_a_message_is_found_by_an_index():
    """An erased account's messages go by the hundred. Without an index each looks through all logs for its own entry:
    with 100,000 tickets that took minutes, in which nobody else could write on SQLite."""
    tables = SQLModel.metadata.tables
    hanging = [key.parent for table in tables.values() for key in table.foreign_keys
               if key.column.table is tables["message"]]  # fmt: skip
    assert hanging
    assert [str(column) for column in hanging if not _is_looked_up(column)] == []


def _is_looked_up(column: Column) -> bool:
    """Whether an index, a key or what must be unique begins with the column."""
    parts = (*column.table.indexes, *column.table.constraints)
    kept = [part for part in parts if not isinstance(part, ForeignKeyConstraint)]
    return any(next(iter(part.columns), None) is column for part in kept)
