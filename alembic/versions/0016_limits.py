"""Limits: wrong passwords and codes in a row, browsers that an address was proved at, links that prove an address"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "failurestreak",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_failurestreak"),
    )
    op.create_index("ix_failure_streak_last_at", "failurestreak", ["last_at"], unique=False)
    op.create_table(
        "knownbrowser",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "browser_hash", name="pk_knownbrowser"),
    )
    op.create_index("ix_known_browser_seen_at", "knownbrowser", ["seen_at"], unique=False)
    op.create_index("ix_known_browser_hash", "knownbrowser", ["browser_hash"], unique=False)
    op.create_table(
        "prooflink",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_prooflink"),
    )
    op.create_index("ix_proof_link_address", "prooflink", ["address"], unique=False)
    op.create_index("ix_proof_link_expires_at", "prooflink", ["expires_at"], unique=False)


def downgrade() -> None:
    """Take this version back."""
    op.drop_table("prooflink")
    op.drop_table("knownbrowser")
    op.drop_table("failurestreak")
