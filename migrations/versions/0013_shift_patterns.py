"""shifts of every few weeks and of a weekday of the month"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shift", sa.Column("every_weeks", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("shift", sa.Column("nth", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM shift WHERE every_weeks > 1 OR nth IS NOT NULL")  # as weekly ones they would be wrong
    op.drop_column("shift", "nth")
    op.drop_column("shift", "every_weeks")
