"""follow-up plans that an admin changed: every version of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plan_edit",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("edit", postgresql.JSONB(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_plan_edit")),
        sa.ForeignKeyConstraint(["by"], ["counselor.id"], name=op.f("fk_plan_edit_by_counselor"), ondelete="SET NULL"),
    )
    op.create_index("ix_plan_edit_plan", "plan_edit", ["plan", "version"])


def downgrade() -> None:
    op.drop_table("plan_edit")
