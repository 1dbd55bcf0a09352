"""How tickets end: deadlines, ratings, what was joined with what and what follows what"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "rating",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_rating_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_rating")),
    )
    op.add_column("ticket", sa.Column("due_at", UtcDateTime(), nullable=True))
    op.add_column("ticket", sa.Column("closes_at", UtcDateTime(), nullable=True))
    op.add_column("ticket", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("ticket", sa.Column("follows", sa.Integer(), nullable=True))
    op.add_column("ticket", sa.Column("followed_by", sa.Integer(), nullable=True))
    op.create_index("ix_ticket_due", "ticket", ["due_at"], unique=False)
    op.create_index(op.f("ix_ticket_merged_into"), "ticket", ["merged_into"], unique=False)
    _begin_deadlines()


def _begin_deadlines() -> None:
    """Give what waits already its whole time from now on: nobody was told of a closing before."""
    ticket = sa.table(
        "ticket",
        sa.column("status", sa.String()),
        sa.column("due_at", UtcDateTime()),
        sa.column("closes_at", UtcDateTime()),
    )
    now = datetime.now(UTC)
    for status, due, closes in (("resolved", 7, 7), ("waiting_customer", 3, 14)):
        op.execute(
            ticket.update()
            .where(ticket.c.status == status)
            .values(due_at=now + timedelta(days=due), closes_at=now + timedelta(days=closes))
        )


def downgrade() -> None:
    """Take this version back."""
    op.drop_index(op.f("ix_ticket_merged_into"), table_name="ticket")
    op.drop_index("ix_ticket_due", table_name="ticket")
    for column in ("followed_by", "follows", "merged_into", "reminders", "closes_at", "due_at"):
        op.drop_column("ticket", column)
    op.drop_table("rating")
