"""Settings: which program a session belongs to, a zone chosen by hand, an account that is to be deleted"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("session", sa.Column("agent", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "account", sa.Column("zone_is_chosen", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("account", sa.Column("deletion_at", UtcDateTime(), nullable=True))
    op.create_index("ix_account_deletion_at", "account", ["deletion_at"], unique=False)


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_account_deletion_at", table_name="account")
    op.drop_column("account", "deletion_at")
    op.drop_column("account", "zone_is_chosen")
    op.drop_column("session", "agent")
