"""setting the line up: settings that the database holds, whether the line is live, test calls

A line that has people already has been set up before: it is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _by(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_by_counselor")
    return sa.ForeignKeyConstraint(["by"], ["counselor.id"], name=name, ondelete="SET NULL")


def upgrade() -> None:
    op.create_table(
        "setting_edit",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_setting_edit")),
        _by("setting_edit"),
    )
    op.create_index("ix_setting_edit_name", "setting_edit", ["name", "version"])
    op.create_table(
        "line_state",
        sa.Column("id", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("live", sa.Boolean(), nullable=True),
        sa.Column("at", TIME, nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_state")),
        _by("line_state"),
    )
    op.execute("INSERT INTO line_state (id, live) SELECT 1, CASE WHEN EXISTS (SELECT FROM counselor) THEN true END")
    op.create_table(
        "test_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(64), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("pressed_at", TIME, nullable=True),
        sa.Column("error", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_call")),
        _by("test_call"),
    )
    op.create_index(op.f("ix_test_call_at"), "test_call", ["at"])


def downgrade() -> None:
    op.drop_table("test_call")
    op.drop_table("line_state")
    op.drop_table("setting_edit")
