"""a consent that a parent, guardian or representative signs: as what, and for whom"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("disclosure_consent", sa.Column("signs_as", sa.String(32), nullable=True))
    op.add_column("disclosure_consent", sa.Column("subject_name", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("disclosure_consent", "subject_name")
    op.drop_column("disclosure_consent", "signs_as")
