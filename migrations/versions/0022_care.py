"""care plans, blocks with an end"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "care_plan",
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("caller_id", name=op.f("pk_care_plan")),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["caller.id"], name=op.f("fk_care_plan_caller_id_caller"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["counselor.id"], name=op.f("fk_care_plan_written_by_counselor"), ondelete="SET NULL"
        ),
    )
    op.create_table(
        "block",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("blocked_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_block_number_hash")),
        sa.ForeignKeyConstraint(
            ["blocked_by"], ["counselor.id"], name=op.f("fk_block_blocked_by_counselor"), ondelete="SET NULL"
        ),
    )
    op.add_column("contact", sa.Column("stir", sa.String(40), nullable=True))
    op.add_column("voicemail", sa.Column("transcription_sid", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("voicemail", "transcription_sid")
    op.drop_column("contact", "stir")
    op.drop_table("block")
    op.drop_table("care_plan")
