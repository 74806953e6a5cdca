"""consent ledger and safe contact"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("caller", sa.Column("safe_from_hour", sa.Integer(), nullable=True))
    op.add_column("caller", sa.Column("safe_until_hour", sa.Integer(), nullable=True))
    op.add_column("caller", sa.Column("neutral_name", sa.LargeBinary(), nullable=True))
    op.create_table(
        "consent_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["caller.id"], name=op.f("fk_consent_event_caller_id_caller"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text_message.id"], name=op.f("fk_consent_event_text_id_text_message"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["counselor.id"], name=op.f("fk_consent_event_actor_id_counselor"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index(op.f("ix_consent_event_caller_id_id"), "consent_event", ["caller_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_consent_event_caller_id_id"), table_name="consent_event")
    op.drop_table("consent_event")
    op.drop_column("caller", "neutral_name")
    op.drop_column("caller", "safe_until_hour")
    op.drop_column("caller", "safe_from_hour")
