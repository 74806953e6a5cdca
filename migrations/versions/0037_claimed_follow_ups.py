"""due follow-ups are claimed, many in one statement, before they are started"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("claimed_at", sa.DateTime(timezone=True)))
    op.execute("alter table follow_up set (fillfactor = 80)")  # a claim changes no index: room for it on its page


def downgrade() -> None:
    op.execute("alter table follow_up reset (fillfactor)")
    op.drop_column("follow_up", "claimed_at")
