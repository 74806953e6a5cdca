"""shifts stay after they are over, as they were while they held"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shift", sa.Column("made_at", sa.DateTime(timezone=True)))
    op.add_column("shift", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("shift", sa.Column("role", sa.String(32)))
    op.add_column("shift", sa.Column("timezone", sa.String(64)))


def downgrade() -> None:
    op.execute("DELETE FROM shift WHERE ended_at IS NOT NULL")
    for name in ("timezone", "role", "ended_at", "made_at"):
        op.drop_column("shift", name)
