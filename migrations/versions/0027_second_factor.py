"""a second factor with recovery codes, sessions that wait for it, and links by which a password is set once"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _person(ondelete: str, name: str, *, nullable: bool = False, primary: bool = False) -> sa.Column:
    return sa.Column(
        name, sa.Uuid(), sa.ForeignKey("counselor.id", ondelete=ondelete), nullable=nullable, primary_key=primary
    )


def upgrade() -> None:
    op.create_table(
        "second_factor",
        _person("CASCADE", "counselor_id", primary=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("new_secret", sa.LargeBinary(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _person("CASCADE", "counselor_id"),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_recovery_code_counselor_id", "recovery_code", ["counselor_id"])
    op.create_table(
        "password_link",
        sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
        _person("CASCADE", "counselor_id"),
        _person("SET NULL", "made_by", nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_password_link_counselor_id", "password_link", ["counselor_id"])
    # The column's default lets the code before this one, which knows no halves, go on signing people in.
    op.add_column("sign_in", sa.Column("passed_by", sa.String(16), nullable=True, server_default="password"))


def downgrade() -> None:
    op.drop_column("sign_in", "passed_by")
    op.drop_table("password_link")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
