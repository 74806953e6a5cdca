"""the order in which texts with the same time were written

Texts of before get their numbers by their times; where those are the same, a question comes before our answers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("text_message", sa.Column("position", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE text_message SET position = old.place FROM"
        " (SELECT id, row_number() OVER (ORDER BY created_at, outgoing, id) AS place FROM text_message) AS old"
        " WHERE old.id = text_message.id"
    )
    op.alter_column("text_message", "position", nullable=False)
    op.execute("ALTER TABLE text_message ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY")
    op.execute(
        "SELECT setval(pg_get_serial_sequence('text_message', 'position'), coalesce(max(position), 0) + 1, false)"
        " FROM text_message"
    )


def downgrade() -> None:
    op.drop_column("text_message", "position")
