"""texts are found by caller: every text that leaves asks whether this person ever wrote to us"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_text_message_caller_id_created_at", "text_message", ["caller_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_text_message_caller_id_created_at", "text_message")
