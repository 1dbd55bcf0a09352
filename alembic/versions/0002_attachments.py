"""Attachments"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("uploader", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("thumbnail_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_message", "attachment", ["message_id"])
    op.create_index("ix_attachment_open", "attachment", ["state", "created_at"])
    with op.batch_alter_table("ticket") as ticket:
        ticket.add_column(sa.Column("has_files", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("ticket") as ticket:
        ticket.alter_column("has_files", server_default=None)
    # This default stays, because SQLite could only drop it by copying the table.
    op.add_column("message", sa.Column("files", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take this version back."""
    op.drop_column("message", "files")
    with op.batch_alter_table("ticket") as ticket:
        ticket.drop_column("has_files")
    op.drop_index("ix_attachment_open", table_name="attachment")
    op.drop_index("ix_attachment_message", table_name="attachment")
    op.drop_table("attachment")
