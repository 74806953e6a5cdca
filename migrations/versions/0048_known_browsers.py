"""when somebody was last seen at the console, and a count of wrong passwords for each browser they know"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TRIES = "sign_in_tries"


def upgrade() -> None:
    op.add_column(
        "sign_in", sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )
    op.add_column(TRIES, sa.Column("browser", sa.String(64), server_default="", nullable=False))
    op.add_column(TRIES, sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("pk_sign_in_tries"), TRIES, type_="primary")
    op.create_primary_key(op.f("pk_sign_in_tries"), TRIES, ["counselor_id", "browser"])


def downgrade() -> None:
    op.execute("delete from sign_in_tries where browser <> ''")
    op.drop_constraint(op.f("pk_sign_in_tries"), TRIES, type_="primary")
    op.create_primary_key(op.f("pk_sign_in_tries"), TRIES, ["counselor_id"])
    op.drop_column(TRIES, "used_at")
    op.drop_column(TRIES, "browser")
    op.drop_column("sign_in", "seen_at")
