"""the version of the live facts stands by itself"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_state",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_state")),
    )
    op.execute("INSERT INTO live_state (id, version) SELECT id, live_version FROM directory_state")
    op.drop_column("directory_state", "live_version")


def downgrade() -> None:
    op.add_column(
        "directory_state", sa.Column("live_version", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.execute("UPDATE directory_state SET live_version = (SELECT version FROM live_state)")
    op.drop_table("live_state")
