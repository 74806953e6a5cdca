"""the texts a second that the provider takes from each of our numbers, and who goes first"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "text_budget",
        sa.Column("helpline_number", sa.String(20), nullable=False),
        sa.Column("free_at", moment, nullable=False),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("slowed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("helpline_number", name=op.f("pk_text_budget")),
    )
    op.add_column("text_message", sa.Column("rank", sa.SmallInteger(), nullable=False, server_default="1"))
    op.create_index(
        "ix_text_message_line",
        "text_message",
        ["helpline_number", "rank", "due_at"],
        postgresql_where=sa.text("status = 'queued'"),
    )


def downgrade() -> None:
    op.drop_index("ix_text_message_line", "text_message")
    op.drop_column("text_message", "rank")
    op.drop_table("text_budget")
