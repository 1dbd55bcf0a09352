"""What deletes messages by the hundred, old answers of the API, or looks for an address's codes, has an index"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_index("ix_event_message", "event", ["message_id"], unique=False)
    op.create_index("ix_detail_item_answer", "detailitem", ["answer_id"], unique=False)
    op.create_index("ix_api_answer_at", "apianswer", ["at"], unique=False)
    op.create_index("ix_challenge_address", "challenge", ["address"], unique=False)


def downgrade() -> None:
    """Take this version back."""
    op.drop_index("ix_challenge_address", table_name="challenge")
    op.drop_index("ix_api_answer_at", table_name="apianswer")
    op.drop_index("ix_detail_item_answer", table_name="detailitem")
    op.drop_index("ix_event_message", table_name="event")
