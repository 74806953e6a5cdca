"""failed deliveries: reminders that failed again and again, and texts that people have looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FAILED = sa.text("status in ('failed', 'undelivered') and let_go_at is null")
GIVEN_UP = sa.text("given_up_at is not null")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("outbox", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("error", sa.String(64)))
    op.add_column("outbox", sa.Column("again_at", moment))
    op.add_column("outbox", sa.Column("given_up_at", moment))
    op.create_index(
        "ix_outbox_given_up", "outbox", ["given_up_at"], postgresql_where=sa.text("given_up_at is not null")
    )
    op.add_column("text_message", sa.Column("let_go_at", moment))
    op.add_column("text_message", sa.Column("let_go_reason", sa.String(32)))
    op.create_index("ix_text_message_failed", "text_message", ["created_at"], postgresql_where=FAILED)
    op.create_index("ix_follow_up_failed", "follow_up", ["due_at"], postgresql_where=sa.text("status = 'failed'"))


def downgrade() -> None:
    op.drop_index("ix_follow_up_failed", "follow_up")
    op.drop_index("ix_text_message_failed", "text_message")
    op.drop_column("text_message", "let_go_reason")
    op.drop_column("text_message", "let_go_at")
    op.drop_index("ix_outbox_given_up", "outbox")
    for name in ("given_up_at", "again_at", "error", "failures"):
        op.drop_column("outbox", name)
