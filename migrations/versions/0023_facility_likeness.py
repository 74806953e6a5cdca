"""which places are perhaps others again: "do not refer" to one holds for the other until they are told apart"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facility_likeness",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_likeness_facility_id_facility")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["facility.id"], name=op.f("fk_facility_likeness_other_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_likeness")),
    )
    standing = sa.text("until is null")
    op.create_index(
        "uq_facility_likeness_standing",
        "facility_likeness",
        ["facility_id", "other_id"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index("ix_facility_likeness_other", "facility_likeness", ["other_id"], postgresql_where=standing)
    # A live version that no change names: running processes read everything anew
    op.execute("UPDATE live_state SET version = version + 1")
    op.execute(
        "INSERT INTO facility_likeness (facility_id, other_id, since)"
        " SELECT p.facility_id, p.other_id, s.version FROM facility_pair p, live_state s"
        " WHERE p.verdict IS DISTINCT FROM 'two'"
    )


def downgrade() -> None:
    op.execute("UPDATE live_state SET version = version + 1")
    op.drop_table("facility_likeness")
