"""legs rung from the caller's own call"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leg", sa.Column("bridged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("leg", "bridged", server_default=None)


def downgrade() -> None:
    op.drop_column("leg", "bridged")
