"""What all tables share: names of constraints, kinds of columns, and the bounds of numbers."""

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, text
from sqlmodel import Field, SQLModel

from ticket_portal.store.columns import UtcDateTime

# Named constraints, so that a migration on SQLite (which copies tables) and one on PostgreSQL agree.
SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FIRST_NUMBER = 12345


def moment(*, null: bool = False) -> Any:
    """A moment in UTC."""
    return Field(default=None, sa_type=UtcDateTime, nullable=null)


def reference(table: str, *, null: bool = False) -> Any:
    """A row of another table, with which this one is deleted."""
    return Field(default=None, sa_column=Column(ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=null))


def author_reference(table: str) -> Any:
    """Who did something: what they did outlives their account."""
    return Field(
        default=None, sa_column=Column(ForeignKey(f"{table}.id", ondelete="SET NULL"), nullable=True)
    )


def partial(condition: str) -> dict[str, Any]:
    """What makes an index one of some rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
