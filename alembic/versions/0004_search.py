"""Search"""

import sqlalchemy as sa
from alembic import op

from ticket_portal.store import full_text, search
from ticket_portal.store.columns import Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 2_000


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "searchentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_searchentry_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searchentry")),
        sa.UniqueConstraint(
            "ticket_id", "kind", "source_id", name=op.f("uq_searchentry_ticket_id_kind_source_id")
        ),
    )
    op.create_index(op.f("ix_searchentry_owner"), "searchentry", ["owner"], unique=False)
    op.create_index("ix_ticket_account_status", "ticket", ["account_id", "status"], unique=False)
    full_text.create(op.get_bind())
    _fill()


def downgrade() -> None:
    """Take them back to the version before."""
    full_text.drop(op.get_bind())
    op.drop_index("ix_ticket_account_status", table_name="ticket")
    op.drop_table("searchentry")


def _fill() -> None:
    """Let be found what was written before."""
    ticket, message = (
        sa.table("ticket", *map(sa.column, ("id", "number", "subject", "account_id", "address"))),
        sa.table("message", *map(sa.column, ("id", "ticket_id", "kind", "body"))),
    )
    said = sa.select(ticket, message.c.id.label("source_id"), message.c.body).join(
        message, message.c.ticket_id == ticket.c.id
    )
    _copy(
        sa.select(ticket, sa.literal(0).label("source_id"), ticket.c.subject.label("body")),
        ticket.c.id,
        "subject",
    )
    _copy(said.where(message.c.kind != "note"), message.c.id, "message")


def _copy(rows: sa.Select, number: sa.ColumnElement, kind: str) -> None:
    entries = sa.table(
        "searchentry",
        *(sa.column(n) for n in ("ticket_id", "kind", "source_id", "owner", "label", "ids")),
        sa.column("words", Words()),
    )
    last = 0
    while (
        found := op.get_bind()
        .execute(rows.add_columns(number.label("place")).where(number > last).order_by(number).limit(AT_ONCE))
        .all()
    ):
        last = found[-1].place
        op.get_bind().execute(
            sa.insert(entries), [search.entry(row, kind, row.source_id, row.body) for row in found]
        )
