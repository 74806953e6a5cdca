"""how rings went lately"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_leg_rung", "leg", ["planned_at"], postgresql_where=sa.text("kind = 'counselor'"))


def downgrade() -> None:
    op.drop_index("ix_leg_rung", "leg")
