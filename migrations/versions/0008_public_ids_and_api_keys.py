"""ids of places that outsiders see, and keys of the directory's API"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
PUBLIC_ID = "overlay(overlay(left(md5('harborline ' || key), 24) placing '8' from 13) placing '8' from 17)"


def upgrade() -> None:
    op.add_column(
        "facility", sa.Column("public_id", sa.String(24), sa.Computed(PUBLIC_ID, persisted=True), nullable=False)
    )
    op.create_unique_constraint(op.f("uq_facility_public_id"), "facility", ["public_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
    )
    op.create_index(
        "uq_api_key_standing", "api_key", ["name"], unique=True, postgresql_where=sa.text("revoked_at is null")
    )


def downgrade() -> None:
    op.drop_table("api_key")
    op.drop_column("facility", "public_id")
