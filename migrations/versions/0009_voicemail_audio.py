"""voicemails are fetched, heard, owned and finished"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("voicemail", sa.Column("audio", sa.LargeBinary(), nullable=True))
    op.add_column("voicemail", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voicemail", sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voicemail", sa.Column("outcome", sa.String(32), nullable=True))


def downgrade() -> None:
    for column in ("outcome", "late_told_at", "removed_at", "audio"):
        op.drop_column("voicemail", column)
