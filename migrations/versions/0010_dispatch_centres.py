"""ten-digit numbers of local emergency dispatch"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispatch_centre",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("state", sa.String(2), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_dispatch_centre_state", "dispatch_centre", ["state"])


def downgrade() -> None:
    op.drop_table("dispatch_centre")
