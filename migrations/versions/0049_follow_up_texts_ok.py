"""whether a person wants to be texted later, asked by itself: that a text is safe is no answer to it"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing is taken over from texting_ok: nobody can tell any more which of the two questions was answered.
    op.add_column("caller", sa.Column("follow_up_texts_ok", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("caller", "follow_up_texts_ok")
