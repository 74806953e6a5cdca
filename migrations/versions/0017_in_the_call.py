"""what happens in a call: how phones sit in its conference, added phones, referrals and their outcome"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LEG = ("part", "seat", "seated", "digits", "listing_id")
CONTACT = ("room", "room_sid", "held_since", "tuned_until", "cut_off_ok")


def upgrade() -> None:
    op.add_column("contact", sa.Column("room", sa.String(32)))
    op.add_column("contact", sa.Column("room_sid", sa.String(64)))
    op.add_column("contact", sa.Column("held_since", sa.DateTime(timezone=True)))
    op.add_column("contact", sa.Column("tuned_until", sa.DateTime(timezone=True)))
    op.add_column("contact", sa.Column("cut_off_ok", sa.Boolean()))
    # a conversation that goes on while this is deployed has its conference named after the leg that won
    op.execute("UPDATE contact SET room = replace(claim_leg_id::text, '-', '') WHERE claim_leg_id IS NOT NULL")
    op.add_column("leg", sa.Column("part", sa.String(32)))
    for name in ("seat", "seated"):
        op.add_column("leg", sa.Column(name, JSONB(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("leg", sa.Column("digits", sa.LargeBinary()))
    op.add_column("leg", sa.Column("listing_id", sa.BigInteger()))
    op.create_index(
        "ix_leg_unseated", "leg", ["contact_id"], postgresql_where=sa.text("ended_at is null and seat <> seated")
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("counselor_id", sa.Uuid()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_referral_contact_id_contact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_referral_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["counselor_id"], ["counselor.id"], name=op.f("fk_referral_counselor_id_counselor"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index("uq_referral_contact_facility", "referral", ["contact_id", "facility_id"], unique=True)


def downgrade() -> None:
    op.drop_table("referral")
    op.drop_index("ix_leg_unseated", "leg")
    for name in LEG:
        op.drop_column("leg", name)
    for name in CONTACT:
        op.drop_column("contact", name)
