"""the closed loop: what was said of a referral and by whom, questions to places, links that expire"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ADDED = ("reason", "said_by", "code", "after_id", "answer_by")


def upgrade() -> None:
    op.add_column("referral", sa.Column("reason", sa.String(32)))
    op.add_column("referral", sa.Column("said_by", sa.String(32)))
    op.add_column("referral", sa.Column("code", sa.String(8)))
    op.add_column("referral", sa.Column("after_id", sa.BigInteger()))
    op.add_column("referral", sa.Column("answer_by", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        op.f("fk_referral_after_id_referral"), "referral", "referral", ["after_id"], ["id"], ondelete="SET NULL"
    )
    owing = sa.text("answer_by is not null")
    op.create_index("ix_referral_answer_by", "referral", ["answer_by"], postgresql_where=owing)
    offered = sa.text("after_id is not null")
    op.create_index("uq_referral_after", "referral", ["after_id"], unique=True, postgresql_where=offered)
    op.create_table(
        "referral_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("bed_contact_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("text_id", sa.Uuid()),
        sa.Column("wants_reason", sa.Boolean(), nullable=False),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("call_status", sa.String(32)),
        sa.Column("call_sid", sa.String(64)),
        sa.Column("call_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_ask_referral_id_referral"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["bed_contact_id"],
            ["bed_contact.id"],
            name=op.f("fk_referral_ask_bed_contact_id_bed_contact"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text_message.id"], name=op.f("fk_referral_ask_text_id_text_message"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_ask")),
    )
    asked = sa.text("closed_at is null and asked_at is not null")
    op.create_index("uq_referral_ask_open", "referral_ask", ["bed_contact_id"], unique=True, postgresql_where=asked)
    op.create_index("ix_referral_ask_bed_contact_id", "referral_ask", ["bed_contact_id", "asked_at"])
    op.create_index("ix_referral_ask_referral_id", "referral_ask", ["referral_id"])
    op.create_table(
        "referral_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_link_referral_id_referral"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_referral_link_token_hash")),
    )
    op.create_index("ix_referral_link_referral_id", "referral_link", ["referral_id"])


def downgrade() -> None:
    op.drop_table("referral_link")
    op.drop_table("referral_ask")
    op.drop_index("uq_referral_after", "referral")
    op.drop_index("ix_referral_answer_by", "referral")
    op.drop_constraint(op.f("fk_referral_after_id_referral"), "referral", type_="foreignkey")
    for name in ADDED:
        op.drop_column("referral", name)
