"""places that are perhaps the same, and what an admin decided"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facility_pair",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("joined", sa.Integer(), nullable=True),
        sa.Column("parted", sa.Integer(), nullable=True),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_pair_facility_id_facility")),
        sa.ForeignKeyConstraint(["other_id"], ["facility.id"], name=op.f("fk_facility_pair_other_id_facility")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_facility_pair_import_id_directory_import")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["counselor.id"], name=op.f("fk_facility_pair_decided_by_counselor"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_pair")),
    )
    op.create_index("uq_facility_pair_places", "facility_pair", ["facility_id", "other_id"], unique=True)
    op.create_index(op.f("ix_facility_pair_other_id"), "facility_pair", ["other_id"])
    op.create_index(op.f("ix_facility_pair_import_id"), "facility_pair", ["import_id"])
    op.alter_column("facility_alias", "import_id", nullable=True)
    op.create_index(op.f("ix_facility_alias_facility_id"), "facility_alias", ["facility_id"])
    op.alter_column("listing_history", "import_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM listing_history WHERE import_id IS NULL")
    op.alter_column("listing_history", "import_id", nullable=False)
    op.drop_index(op.f("ix_facility_alias_facility_id"), table_name="facility_alias")
    op.execute("DELETE FROM facility_alias WHERE import_id IS NULL")
    op.alter_column("facility_alias", "import_id", nullable=False)
    op.drop_table("facility_pair")
