"""who made a key of the API, and when it was last used"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    maker = sa.ForeignKey("counselor.id", name=op.f("fk_api_key_added_by_counselor"), ondelete="SET NULL")
    op.add_column("api_key", sa.Column("added_by", sa.Uuid(), maker, nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("api_key", "last_used_at")
    op.drop_column("api_key", "added_by")
