"""whether a call to this person is safe, as they said"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("caller", sa.Column("calling_ok", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("caller", "calling_ok")
