"""which facility a live change is about; an admin's fixes count as such changes

A state of the directory was (generation, live version), each counting its own changes, so their sum numbers the states
in the order of time. It becomes the live version; generations stay. What one row alone cannot tell, the generation at a
live version and the reverse, is read off the stored matches: those of before and after stay apart, and replays exact.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
LIVE = ("do_not_refer", "bed_report", "facility_report")


def upgrade() -> None:
    op.create_table(
        "live_change",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_live_change")),
    )
    for table in LIVE:
        _add(table, "generation", "live_version", "SELECT generation FROM directory_state")
    _add("facility_fix", "live_version", "generation", "SELECT version FROM live_state")
    op.execute("UPDATE match_record SET live_version = live_version + generation")
    op.execute("UPDATE live_state SET version = version + (SELECT generation FROM directory_state)")


def _add(table: str, other: str, own: str, now: str) -> None:
    """To each `since` and `until` the other number as it was then: of the first match that saw it, or as it is now."""
    for column in ("since", "until"):
        op.execute(
            f"UPDATE {table} SET {column} = {column} + coalesce("
            f"(SELECT min(m.{other}) FROM match_record m WHERE m.{own} >= {table}.{column}), ({now}))"
        )


def downgrade() -> None:
    """The table goes; the numbers stay, and fixes of the past are replayed as if they had always been."""
    op.execute("UPDATE facility_fix SET since = 0, until = CASE WHEN until IS NULL THEN NULL ELSE 0 END")
    op.drop_table("live_change")
