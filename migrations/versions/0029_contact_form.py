"""the helpline's own contact form: its versions, and what was filled in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "form_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["counselor.id"], name=op.f("fk_form_version_saved_by_counselor"), ondelete="SET NULL"
        ),
    )
    op.create_table(
        "filled_form",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_filled_form")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_filled_form_contact_id_contact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["form_version.id"], name=op.f("fk_filled_form_version_id_form_version")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["counselor.id"], name=op.f("fk_filled_form_saved_by_counselor"), ondelete="SET NULL"
        ),
    )
    op.create_index(op.f("ix_filled_form_version_id"), "filled_form", ["version_id"])


def downgrade() -> None:
    op.drop_table("filled_form")
    op.drop_table("form_version")
