"""why an upload was refused, as codes with values that a page says in the reader's language"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    was = "CASE WHEN error IS NOT NULL THEN jsonb_build_array(error) END"
    op.execute(f"ALTER TABLE directory_upload ALTER COLUMN error TYPE jsonb USING {was}")


def downgrade() -> None:
    op.execute("ALTER TABLE directory_upload ALTER COLUMN error TYPE text USING error::text")
