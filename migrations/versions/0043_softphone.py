"""counselors who take calls in a browser, and the legs that ring there"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("counselor", sa.Column("browser_until", TIME, nullable=True))
    op.add_column("leg", sa.Column("in_browser", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("leg", sa.Column("heard_at", TIME, nullable=True))


def downgrade() -> None:
    op.drop_column("leg", "heard_at")
    op.drop_column("leg", "in_browser")
    op.drop_column("counselor", "browser_until")
