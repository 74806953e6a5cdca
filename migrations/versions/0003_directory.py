"""directory"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_state",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("live_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_state")),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("key", name=op.f("uq_facility_key")),
    )
    op.create_table(
        "zip_code",
        sa.Column("zip5", sa.String(length=5), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("zip5", name=op.f("pk_zip_code")),
    )
    op.create_table(
        "directory_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("publisher", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["counselor.id"], name=op.f("fk_directory_import_actor_id_counselor"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import")),
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("publisher", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name1", sa.Text(), nullable=False),
        sa.Column("name2", sa.Text(), nullable=False),
        sa.Column("street1", sa.Text(), nullable=False),
        sa.Column("street2", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip5", sa.String(length=5), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("operator", sa.BigInteger(), nullable=False),
        sa.Column("intake", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("word", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_import_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_listing_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_listing_import_id_directory_import")
        ),
        sa.ForeignKeyConstraint(
            ["seen_import_id"], ["directory_import.id"], name=op.f("fk_listing_seen_import_id_directory_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
    )
    op.create_index(op.f("ix_listing_import_id"), "listing", ["import_id"], unique=False)
    op.create_index(op.f("ix_listing_state_city"), "listing", ["state", "city"], unique=False)
    op.create_index("uq_listing_place", "listing", ["facility_id", "publisher", "kind", "position"], unique=True)
    op.create_table(
        "listing_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("image", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_listing_history_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_listing_history_import_id_directory_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_history")),
    )
    op.create_index(op.f("ix_listing_history_facility_id"), "listing_history", ["facility_id"], unique=False)
    op.create_index(op.f("ix_listing_history_import_id"), "listing_history", ["import_id"], unique=False)
    op.create_index(op.f("ix_listing_history_until"), "listing_history", ["until"], unique=False)
    op.create_table(
        "match_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("counselor_id", sa.Uuid(), nullable=True),
        sa.Column("need", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("radius", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("live_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("listing_order", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_match_record_contact_id_contact"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["counselor_id"], ["counselor.id"], name=op.f("fk_match_record_counselor_id_counselor"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_record")),
    )
    op.create_index(op.f("ix_match_record_at"), "match_record", ["at"], unique=False)
    op.create_index(op.f("ix_match_record_contact_id"), "match_record", ["contact_id"], unique=False)
    op.create_table(
        "refused_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["directory_import.id"],
            name=op.f("fk_refused_row_import_id_directory_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_row")),
    )
    op.create_index(op.f("ix_refused_row_import_id"), "refused_row", ["import_id"], unique=False)
    op.execute("INSERT INTO directory_state (id) VALUES (1)")


def downgrade() -> None:
    op.drop_index(op.f("ix_refused_row_import_id"), table_name="refused_row")
    op.drop_table("refused_row")
    op.drop_index(op.f("ix_match_record_contact_id"), table_name="match_record")
    op.drop_index(op.f("ix_match_record_at"), table_name="match_record")
    op.drop_table("match_record")
    op.drop_index(op.f("ix_listing_history_until"), table_name="listing_history")
    op.drop_index(op.f("ix_listing_history_import_id"), table_name="listing_history")
    op.drop_index(op.f("ix_listing_history_facility_id"), table_name="listing_history")
    op.drop_table("listing_history")
    op.drop_index("uq_listing_place", table_name="listing")
    op.drop_index(op.f("ix_listing_state_city"), table_name="listing")
    op.drop_index(op.f("ix_listing_import_id"), table_name="listing")
    op.drop_table("listing")
    op.drop_table("directory_import")
    op.drop_table("zip_code")
    op.drop_table("facility")
    op.drop_table("directory_state")
