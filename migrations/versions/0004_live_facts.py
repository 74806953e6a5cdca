"""live_facts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bed_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ask_hour", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_bed_contact_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_contact")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_bed_contact_number_hash")),
    )
    op.create_index(op.f("ix_bed_contact_facility_id"), "bed_contact", ["facility_id"], unique=False)
    op.create_table(
        "bed_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["counselor.id"], name=op.f("fk_bed_report_by_counselor"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_bed_report_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_report")),
    )
    op.create_index(
        "uq_bed_report_newest",
        "bed_report",
        ["facility_id", "level"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "do_not_refer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approver"], ["counselor.id"], name=op.f("fk_do_not_refer_approver_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_do_not_refer_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_refer")),
    )
    op.create_index(
        "uq_do_not_refer_standing",
        "do_not_refer",
        ["facility_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "facility_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["done_by"], ["counselor.id"], name=op.f("fk_facility_check_done_by_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_check_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_check")),
    )
    op.create_index(
        op.f("ix_facility_check_facility_id_done_at"), "facility_check", ["facility_id", "done_at"], unique=False
    )
    op.create_index(
        "uq_facility_check_open",
        "facility_check",
        ["facility_id", "why"],
        unique=True,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "facility_fix",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"], ["counselor.id"], name=op.f("fk_facility_fix_by_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_fix_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_fix")),
    )
    op.create_index(
        "uq_facility_fix_standing",
        "facility_fix",
        ["facility_id", "field"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "facility_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payer", sa.String(length=32), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"], ["counselor.id"], name=op.f("fk_facility_report_by_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_facility_report_contact_id_contact"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_report_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_report")),
    )
    op.create_index(op.f("ix_facility_report_at"), "facility_report", ["at"], unique=False)
    op.create_index(
        "ix_facility_report_standing",
        "facility_report",
        ["facility_id"],
        unique=False,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "match_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("match_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("counselor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["counselor_id"], ["counselor.id"], name=op.f("fk_match_choice_counselor_id_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match_record.id"], name=op.f("fk_match_choice_match_id_match_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_choice")),
    )
    op.create_index(op.f("ix_match_choice_at"), "match_choice", ["at"], unique=False)
    op.create_index(
        op.f("ix_match_choice_match_id_listing_id"), "match_choice", ["match_id", "listing_id"], unique=True
    )
    op.add_column(
        "listing",
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("ix_listing_licence", "listing", ["zip5"], unique=False, postgresql_where=sa.text("kind = 'LIC'"))


def downgrade() -> None:
    op.drop_index("ix_listing_licence", table_name="listing", postgresql_where=sa.text("kind = 'LIC'"))
    op.drop_column("listing", "facts")
    op.drop_index(op.f("ix_match_choice_match_id_listing_id"), table_name="match_choice")
    op.drop_index(op.f("ix_match_choice_at"), table_name="match_choice")
    op.drop_table("match_choice")
    op.drop_index(
        "ix_facility_report_standing", table_name="facility_report", postgresql_where=sa.text("until is null")
    )
    op.drop_index(op.f("ix_facility_report_at"), table_name="facility_report")
    op.drop_table("facility_report")
    op.drop_index("uq_facility_fix_standing", table_name="facility_fix", postgresql_where=sa.text("until is null"))
    op.drop_table("facility_fix")
    op.drop_index("uq_facility_check_open", table_name="facility_check", postgresql_where=sa.text("done_at is null"))
    op.drop_index(op.f("ix_facility_check_facility_id_done_at"), table_name="facility_check")
    op.drop_table("facility_check")
    op.drop_index("uq_do_not_refer_standing", table_name="do_not_refer", postgresql_where=sa.text("until is null"))
    op.drop_table("do_not_refer")
    op.drop_index("uq_bed_report_newest", table_name="bed_report", postgresql_where=sa.text("until is null"))
    op.drop_table("bed_report")
    op.drop_index(op.f("ix_bed_contact_facility_id"), table_name="bed_contact")
    op.drop_table("bed_contact")
