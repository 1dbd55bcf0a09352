"""Sessions: which browsers an account knows, a sign-in from another one, and cookies with the prefix __Host-"""

import sqlalchemy as sa
from alembic import op

from ticket_portal import settings
from ticket_portal.store.columns import UtcDateTime

revision = "sessions"
down_revision = "tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("session", sa.Column("unfamiliar", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "knownbrowser",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_knownbrowser_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "browser_hash", name=op.f("pk_knownbrowser")),
    )
    op.create_index("ix_known_browser_hash", "knownbrowser", ["browser_hash"], unique=False)
    op.create_index("ix_known_browser_seen", "knownbrowser", ["seen_at"], unique=False)
    if _on_https():
        _mark_plain_ones()


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_known_browser_seen", table_name="knownbrowser")
    op.drop_index("ix_known_browser_hash", table_name="knownbrowser")
    op.drop_table("knownbrowser")
    op.drop_column("session", "unfamiliar")
    op.execute("UPDATE session SET token_hash = substr(token_hash, 7) WHERE token_hash LIKE 'plain:%'")
    op.execute("UPDATE device SET session = substr(session, 7) WHERE session LIKE 'plain:%'")


def _on_https() -> bool:
    given = op.get_context().config
    chosen = given.attributes.get("settings") if given else None
    return (chosen or settings.load()).secure


def _mark_plain_ones() -> None:
    """Let a cookie without the prefix (`sessions.PLAIN`) lead only to sessions that began before today.

    People stay signed in over the update: their browsers have the old cookies. A cookie without the prefix can be
    planted by a page under the same domain, so it opens no session that begins from now on; the last of the old ones
    ends after PORTAL_SESSION_DAYS.
    """
    op.execute("UPDATE session SET token_hash = 'plain:' || token_hash WHERE ended_at IS NULL")
    op.execute("UPDATE device SET session = 'plain:' || session WHERE session <> ''")
