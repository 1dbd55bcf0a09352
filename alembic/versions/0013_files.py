"""How many bytes were uploaded within a day, and an index of the files that nobody sent"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNSENT = sa.text("message_id IS NULL")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "uploadedbytes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("upload_id", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploadedbytes")),
    )
    op.create_index("ix_uploaded_bytes_window", "uploadedbytes", ["rule", "subject", "at"], unique=False)
    op.create_index("ix_uploaded_bytes_upload", "uploadedbytes", ["upload_id"], unique=False)
    op.create_index("ix_uploaded_bytes_at", "uploadedbytes", ["at"], unique=False)
    op.create_index(
        "ix_attachment_unsent",
        "attachment",
        ["created_at"],
        unique=False,
        sqlite_where=UNSENT,
        postgresql_where=UNSENT,
    )


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_attachment_unsent", table_name="attachment")
    op.drop_table("uploadedbytes")
