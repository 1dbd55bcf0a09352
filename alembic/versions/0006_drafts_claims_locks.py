"""Drafts, tickets that an account took over, tickets that are locked for their address"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "draft",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "place", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_saved_at", "draft", ["saved_at"], unique=False)
    op.add_column("ticket", sa.Column("guest_until", UtcDateTime(), nullable=True))
    op.add_column("ticket", sa.Column("locked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take this version back."""
    op.drop_column("ticket", "locked_at")
    op.drop_column("ticket", "guest_until")
    op.drop_index("ix_draft_saved_at", table_name="draft")
    op.drop_table("draft")
