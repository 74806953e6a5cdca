"""retention: legal holds, what was emptied or forgotten, and copies that the provider is to remove"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("caller_id", sa.Uuid(), sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("contact_id", sa.Uuid(), sa.ForeignKey("contact.id"), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("placed_at", moment, nullable=False),
        sa.Column("placed_by", sa.Uuid(), sa.ForeignKey("counselor.id", ondelete="SET NULL"), nullable=True),
        sa.Column("ended_at", moment, nullable=True),
    )
    op.create_index("ix_legal_hold_caller_id", "legal_hold", ["caller_id"])
    op.create_table(
        "provider_copy",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
    )
    op.create_index("ix_provider_copy_due_at", "provider_copy", ["due_at"])
    op.add_column("contact", sa.Column("emptied_at", moment, nullable=True))
    op.add_column("caller", sa.Column("forgotten_at", moment, nullable=True))
    op.add_column("text_message", sa.Column("emptied_at", moment, nullable=True))
    op.create_index("ix_contact_kept", "contact", ["opened_at"], postgresql_where=sa.text("emptied_at is null"))
    op.create_index(
        "ix_text_message_of_staff",
        "text_message",
        ["created_at"],
        postgresql_where=sa.text("emptied_at is null and caller_id is null and contact_id is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_text_message_of_staff", "text_message")
    op.drop_index("ix_contact_kept", "contact")
    op.drop_column("text_message", "emptied_at")
    op.drop_column("caller", "forgotten_at")
    op.drop_column("contact", "emptied_at")
    op.drop_table("provider_copy")
    op.drop_table("legal_hold")
