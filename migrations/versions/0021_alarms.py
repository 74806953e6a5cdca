"""alarms by e-mail and webhook, and until when the provider's lists were read"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("due_at", moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("mailed_at", moment),
        sa.Column("posted_at", moment),
        sa.UniqueConstraint("kind", "subject", "window", name="uq_alarm_kind_subject_window"),
    )
    op.create_index("ix_alarm_due", "alarm", ["due_at"], postgresql_where=sa.text("due_at is not null"))
    op.create_table(
        "look_back",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("good_until", moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("look_back")
    op.drop_index("ix_alarm_due", "alarm")
    op.drop_table("alarm")
