"""What became of e-mails: their reference, the carrier's reports, addresses that don't work; safety phrases"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "undeliverable",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_undeliverable")),
    )
    op.create_table(
        "carrierreport",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrierreport")),
    )
    op.create_index("ix_carrier_report_at", "carrierreport", ["at"], unique=False)
    op.create_table(
        "safetyphrase",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_safetyphrase_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_safetyphrase")),
    )
    op.add_column("alert", sa.Column("reference", sa.String(), nullable=True))
    op.add_column("alert", sa.Column("carrier_id", sa.String(), nullable=True))
    op.add_column("alert", sa.Column("report", sa.String(), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("reported_at", UtcDateTime(), nullable=True))
    op.create_index("ix_alert_reference", "alert", ["reference"], unique=True)
    op.create_index("ix_alert_carrier_id", "alert", ["carrier_id"], unique=False)


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_alert_carrier_id", table_name="alert")
    op.drop_index("ix_alert_reference", table_name="alert")
    for name in ("reported_at", "report", "carrier_id", "reference"):
        op.drop_column("alert", name)
    op.drop_table("safetyphrase")
    op.drop_index("ix_carrier_report_at", table_name="carrierreport")
    op.drop_table("carrierreport")
    op.drop_table("undeliverable")
