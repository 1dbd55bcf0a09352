"""Sessions: a sign-in from a browser that is not known, and cookies with the prefix __Host-"""

import sqlalchemy as sa
from alembic import op

from ticket_portal import settings

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("session", sa.Column("unfamiliar", sa.Boolean(), nullable=False, server_default=sa.false()))
    if _on_https():
        _mark_plain_ones()


def downgrade() -> None:
    """Take this version back."""
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
