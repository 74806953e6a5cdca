"""the order in which texts with the same time were written"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("text_message", sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False))


def downgrade() -> None:
    op.drop_column("text_message", "position")
