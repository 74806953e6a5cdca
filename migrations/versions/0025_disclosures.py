"""written consents under 42 CFR Part 2, and disclosures"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
BASIS = (
    "(basis = 'consent' and consent_id is not null and facility_id is not null and purpose is not null)"
    " or (basis = 'emergency' and consent_id is null and reason is not null)"
)


def _reference(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    table = "disclosure_consent"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("purposes", JSONB(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("prepared_at", TIME, nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("link_until", TIME, nullable=False),
        sa.Column("signed_at", TIME, nullable=True),
        sa.Column("signed_name", sa.LargeBinary(), nullable=True),
        sa.Column("signed_text", sa.LargeBinary(), nullable=True),
        sa.Column("text_version", sa.String(32), nullable=True),
        sa.Column("text_digest", sa.LargeBinary(32), nullable=True),
        sa.Column("language", sa.String(32), nullable=True),
        sa.Column("copy_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("revoked_how", sa.String(32), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("link_hash", name=op.f(f"uq_{table}_link_hash")),
        sa.UniqueConstraint("copy_hash", name=op.f(f"uq_{table}_copy_hash")),
        _reference(table, "contact_id", "contact"),
        _reference(table, "facility_id", "facility"),
        _reference(table, "prepared_by", "counselor", "SET NULL"),
        _reference(table, "revoked_by", "counselor", "SET NULL"),
    )
    op.create_index(op.f(f"ix_{table}_contact_id"), table, ["contact_id"])
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=True),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("notice_version", sa.String(32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("documented_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.CheckConstraint(BASIS, name=op.f("ck_disclosure_basis")),
        _reference("disclosure", "contact_id", "contact"),
        _reference("disclosure", "consent_id", table),
        _reference("disclosure", "facility_id", "facility"),
        _reference("disclosure", "actor_id", "counselor", "SET NULL"),
    )
    op.create_index(op.f("ix_disclosure_contact_id_at"), "disclosure", ["contact_id", "at"])
    op.create_index(op.f("ix_disclosure_consent_id"), "disclosure", ["consent_id"])
    op.add_column("text_message", sa.Column("disclosure_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_text_message_disclosure_id_disclosure"), "text_message", "disclosure", ["disclosure_id"], ["id"]
    )
    told = sa.text("disclosure_id is not null")
    op.create_index("ix_text_message_disclosure", "text_message", ["disclosure_id"], postgresql_where=told)


def downgrade() -> None:
    op.drop_column("text_message", "disclosure_id")
    op.drop_table("disclosure")
    op.drop_table("disclosure_consent")
