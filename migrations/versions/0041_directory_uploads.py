"""directory files that admins upload: how far each is, and what it would do or did"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "directory_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("extension", sa.String(8), nullable=False),
        sa.Column("wish", JSONB(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("said_at", TIME, nullable=False),
        sa.Column("rows_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_upload")),
        sa.ForeignKeyConstraint(
            ["by"], ["counselor.id"], name=op.f("fk_directory_upload_by_counselor"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_directory_upload_import_id_directory_import")
        ),
    )
    op.create_index(op.f("ix_directory_upload_at"), "directory_upload", ["at"])


def downgrade() -> None:
    op.drop_table("directory_upload")
