"""who has seen an alarm, and when a care plan is to be looked at again"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("alarm", sa.Column("seen_at", TIME, nullable=True))
    op.add_column("alarm", sa.Column("seen_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_alarm_seen_by_counselor"), "alarm", "counselor", ["seen_by"], ["id"], ondelete="SET NULL"
    )
    op.add_column("care_plan", sa.Column("review_on", sa.Date(), nullable=True))
    op.execute("update care_plan set review_on = written_at::date + 90")
    in_90_days = sa.text("current_date + 90")  # written by code that does not know it yet
    op.alter_column("care_plan", "review_on", nullable=False, server_default=in_90_days)


def downgrade() -> None:
    op.drop_column("care_plan", "review_on")
    op.drop_column("alarm", "seen_by")
    op.drop_column("alarm", "seen_at")
