"""Devices that get push notifications, and captured pushes"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_device_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_device_endpoint")),
    )
    op.create_index("ix_device_account", "device", ["account_id"], unique=False)
    op.create_index("ix_device_address", "device", ["address"], unique=False)
    op.create_index("ix_device_session", "device", ["session"], unique=False)
    op.create_index("ix_device_browser", "device", ["browser_hash"], unique=False)
    op.create_table(
        "capturedpush",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capturedpush")),
        sa.UniqueConstraint("key", name=op.f("uq_capturedpush_key")),
    )
    op.create_index("ix_captured_push_recipient", "capturedpush", ["address", "id"], unique=False)
    with op.batch_alter_table("alert") as alert:
        alert.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        alert.create_foreign_key(
            op.f("fk_alert_device_id"), "device", ["device_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_alert_device", "alert", ["device_id"], unique=False)


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_alert_device", table_name="alert")
    with op.batch_alter_table("alert") as alert:
        alert.drop_constraint(op.f("fk_alert_device_id"), type_="foreignkey")
        alert.drop_column("device_id")
    for table in ("capturedpush", "device"):
        op.drop_table(table)
