"""aliases of facilities; which imports saw a listing before the newest did"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facility_alias",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_facility_alias_facility_id_facility")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_facility_alias_import_id_directory_import")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facility_alias")),
    )
    op.create_index(op.f("ix_facility_alias_import_id"), "facility_alias", ["import_id"])
    op.add_column(
        "listing",
        sa.Column("seen_before", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("listing", "seen_before")
    op.drop_table("facility_alias")
