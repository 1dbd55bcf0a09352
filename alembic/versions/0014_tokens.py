"""API tokens have a name, a scope, an end and a last use; accounts can be deactivated; lists for the API"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version. Tokens that are there keep working: they may write, and don't expire."""
    op.add_column("account", sa.Column("deactivated_at", UtcDateTime(), nullable=True))
    # The defaults are for the rows that are there; they stay, because SQLite could only drop them by copying the table.
    op.add_column("apitoken", sa.Column("public_id", sa.String(), nullable=False, server_default=""))
    op.add_column("apitoken", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column("apitoken", sa.Column("scope", sa.String(), nullable=False, server_default="write"))
    op.add_column("apitoken", sa.Column("expires_at", UtcDateTime(), nullable=True))
    op.add_column("apitoken", sa.Column("last_used_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("apitoken") as token:
        token.add_column(sa.Column("created_by", sa.Integer(), nullable=True))
        token.create_foreign_key(
            op.f("fk_apitoken_created_by"), "account", ["created_by"], ["id"], ondelete="SET NULL"
        )
    # A part of a hash of 256 random bits opens nothing and tells nothing of the token.
    op.execute("UPDATE apitoken SET public_id = substr(token_hash, 1, 12)")
    op.create_index("ix_api_token_public_id", "apitoken", ["public_id"], unique=True)
    op.create_index("ix_api_token_account", "apitoken", ["account_id"], unique=False)
    op.create_index("ix_ticket_recent", "ticket", [sa.text("updated_at DESC"), sa.text("id DESC")])
    op.create_index(
        "ix_ticket_status_recent", "ticket", ["status", sa.text("updated_at DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_ticket_mine",
        "ticket",
        ["assignee_id", "queue_rank", "waiting_since", "id"],
        sqlite_where=sa.text("queue_rank < 9"),
        postgresql_where=sa.text("queue_rank < 9"),
    )


def downgrade() -> None:
    """Take this version back."""
    for name in ("ix_ticket_mine", "ix_ticket_status_recent", "ix_ticket_recent"):
        op.drop_index(name, table_name="ticket")
    op.drop_index("ix_api_token_account", table_name="apitoken")
    op.drop_index("ix_api_token_public_id", table_name="apitoken")
    with op.batch_alter_table("apitoken") as token:
        token.drop_constraint(op.f("fk_apitoken_created_by"), type_="foreignkey")
        for name in ("created_by", "last_used_at", "expires_at", "scope", "name", "public_id"):
            token.drop_column(name)
    op.drop_column("account", "deactivated_at")
