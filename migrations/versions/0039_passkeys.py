"""passkeys, and the challenges that their devices are to sign"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("counselor_id", sa.Uuid(), sa.ForeignKey("counselor.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_passkey_counselor_id", "passkey", ["counselor_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), sa.ForeignKey("sign_in.id", ondelete="CASCADE"), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("passkey_challenge")
    op.drop_table("passkey")
