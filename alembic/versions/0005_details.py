"""Typed items of requests for details; a ticket's topic"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "detailitem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_detailitem_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["message.id"], name=op.f("fk_detailitem_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["message.id"], name=op.f("fk_detailitem_answer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detailitem")),
        sa.UniqueConstraint("request_id", "place", name=op.f("uq_detailitem_request_id_place")),
    )
    op.create_index("ix_detail_item_ticket", "detailitem", ["ticket_id", "state"], unique=False)
    # The default is for the rows that are there; it stays, because SQLite could only drop it by copying the table.
    op.add_column("ticket", sa.Column("topic", sa.String(), nullable=False, server_default=""))
    op.add_column("ticket", sa.Column("has_details", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take this version back."""
    op.drop_column("ticket", "has_details")
    op.drop_column("ticket", "topic")
    op.drop_index("ix_detail_item_ticket", table_name="detailitem")
    op.drop_table("detailitem")
