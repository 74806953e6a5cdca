"""contacts whose end nobody has written, by the counselor who owes it"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("status = 'ended' and disposition is null")
    op.create_index("ix_contact_unwritten", "contact", ["claimed_by", "ended_at"], postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_contact_unwritten", "contact")
