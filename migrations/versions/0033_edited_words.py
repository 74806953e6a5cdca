"""phrases that an admin changed: every version of them, and a count by which each process knows of a change"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "words_state",
        sa.Column("id", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_words_state")),
    )
    op.execute("INSERT INTO words_state (id, version) VALUES (1, 0)")
    op.create_table(
        "phrase_edit",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("en", sa.Text(), nullable=True),
        sa.Column("es", sa.Text(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_phrase_edit")),
        sa.ForeignKeyConstraint(
            ["by"], ["counselor.id"], name=op.f("fk_phrase_edit_by_counselor"), ondelete="SET NULL"
        ),
    )
    op.create_index("ix_phrase_edit_key", "phrase_edit", ["key", "version"])


def downgrade() -> None:
    op.drop_table("phrase_edit")
    op.drop_table("words_state")
