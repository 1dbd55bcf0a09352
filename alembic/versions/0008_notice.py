"""What is unread by a ticket's requester, what they were told of, how they want to be told"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNREAD = sa.text("team_seq > seen_by_requester_seq")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("account", sa.Column("preferences", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "ticket", sa.Column("seen_by_requester_seq", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "ticketupdate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticketupdate_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticketupdate")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_ticketupdate_ticket_id_seq")),
    )
    newest_first = ["owner", sa.literal_column("at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_ticket_update_owner", "ticketupdate", newest_first, unique=False)
    op.create_index("ix_ticket_update_at", "ticketupdate", ["at"], unique=False)
    _keep_what_was_read()
    for name, column in (("account", "account_id"), ("address", "address")):
        op.create_index(
            f"ix_ticket_{name}_unread",
            "ticket",
            [column],
            unique=False,
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        )


def _keep_what_was_read() -> None:
    """What was read stays read; what goes on in another ticket is read there."""
    op.execute(
        "UPDATE ticket SET seen_by_requester_seq = CASE WHEN status = 'merged' THEN last_seq ELSE coalesce("
        "(SELECT max(seq) FROM reading WHERE reading.ticket_id = ticket.id AND reading.reader <> 'team'), 0) END"
    )


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_ticket_address_unread", table_name="ticket")
    op.drop_index("ix_ticket_account_unread", table_name="ticket")
    op.drop_table("ticketupdate")
    op.drop_column("ticket", "seen_by_requester_seq")
    op.drop_column("account", "preferences")
