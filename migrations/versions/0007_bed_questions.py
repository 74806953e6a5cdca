"""bed questions: registered phones with several levels and hours, and the rounds in which they are asked"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bed_contact", sa.Column("levels", postgresql.JSONB(), nullable=True))
    op.add_column("bed_contact", sa.Column("ask_hours", postgresql.JSONB(), nullable=True))
    op.add_column(
        "bed_contact", sa.Column("language", sa.String(length=32), nullable=False, server_default=sa.text("'en'"))
    )
    op.add_column("bed_contact", sa.Column("voice_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("bed_contact", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "bed_contact",
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.execute(
        "UPDATE bed_contact SET levels = jsonb_build_array(level),"
        " ask_hours = CASE WHEN ask_hour IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(ask_hour) END"
    )
    for name in ("levels", "ask_hours"):
        op.alter_column("bed_contact", name, nullable=False)
    for name in ("language", "voice_only", "registered_at"):
        op.alter_column("bed_contact", name, server_default=None)
    op.drop_column("bed_contact", "level")
    op.drop_column("bed_contact", "ask_hour")
    op.add_column("bed_report", sa.Column("bed_contact_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bed_report_bed_contact_id_bed_contact"), "bed_report", "bed_contact",
        ["bed_contact_id"], ["id"], ondelete="SET NULL",
    )  # fmt: skip
    op.add_column("text_message", sa.Column("bed_contact_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_text_message_bed_contact_id_bed_contact"), "text_message", "bed_contact", ["bed_contact_id"], ["id"]
    )
    op.create_index(
        "ix_text_message_bed_contact", "text_message", ["bed_contact_id", "created_at"],
        postgresql_where=sa.text("bed_contact_id is not null"),
    )  # fmt: skip
    op.create_table(
        "bed_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bed_contact_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", postgresql.JSONB(), nullable=False),
        sa.Column("asking", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_status", sa.String(length=32), nullable=True),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bed_contact_id"], ["bed_contact.id"], name=op.f("fk_bed_round_bed_contact_id_bed_contact"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text_message.id"], name=op.f("fk_bed_round_text_id_text_message"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_round")),
    )  # fmt: skip
    op.create_index(
        "uq_bed_round_open", "bed_round", ["bed_contact_id"], unique=True, postgresql_where=sa.text("closed_at is null")
    )
    op.create_index(op.f("ix_bed_round_bed_contact_id_opened_at"), "bed_round", ["bed_contact_id", "opened_at"])


def downgrade() -> None:
    op.drop_table("bed_round")
    op.drop_index("ix_text_message_bed_contact", table_name="text_message")
    op.drop_column("text_message", "bed_contact_id")
    op.drop_column("bed_report", "bed_contact_id")
    op.add_column("bed_contact", sa.Column("level", sa.String(length=32), nullable=True))
    op.add_column("bed_contact", sa.Column("ask_hour", sa.Integer(), nullable=True))
    op.execute("UPDATE bed_contact SET level = levels->>0, ask_hour = (ask_hours->>0)::integer")
    op.alter_column("bed_contact", "level", nullable=False)
    for name in ("levels", "ask_hours", "language", "voice_only", "stopped_at", "registered_at"):
        op.drop_column("bed_contact", name)
