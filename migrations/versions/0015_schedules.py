"""time off and shifts that change hands, reminders before shifts, gaps in coverage that were told"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
INSTANT = sa.DateTime(timezone=True)


def _person(name: str, *, ondelete: str = "CASCADE", **options: bool) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("counselor.id", ondelete=ondelete), **options)


def upgrade() -> None:
    op.add_column("counselor", sa.Column("reminder_minutes", sa.Integer(), nullable=True))
    op.create_table(
        "shift_change",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        _person("counselor_id", nullable=False),
        _person("offered_to", nullable=True),
        _person("taken_by", nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("in_force_at", INSTANT, nullable=True),
    )
    op.create_index("ix_shift_change_ends_at", "shift_change", ["ends_at"])
    op.create_table(
        "shift_reminder",
        _person("counselor_id", primary_key=True, nullable=False),
        sa.Column("starts_at", INSTANT, primary_key=True),
        sa.Column("reminded_at", INSTANT, nullable=False),
    )
    op.create_table(
        "coverage_gap",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("need", sa.String(64), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
    )
    op.create_index("ix_coverage_gap_ends_at", "coverage_gap", ["ends_at"])


def downgrade() -> None:
    for table in ("coverage_gap", "shift_reminder", "shift_change"):
        op.drop_table(table)
    op.drop_column("counselor", "reminder_minutes")
