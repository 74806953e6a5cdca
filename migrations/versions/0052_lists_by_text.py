"""an ending that the line itself noted after a list of places by text is one that its counselor still owes"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

WHERE = "status = 'ended' and (disposition is null or disposition = 'places_texted' and disposition_by is null)"
# Until then the line wrote `referred` for every list that it texted. Where a person referred them it may stand, save on
# what is open yet: there the counselor who has it still writes how it ended.
NO_PERSON = (
    "NOT EXISTS (SELECT 1 FROM referral WHERE referral.contact_id = contact.id)"
    " AND NOT EXISTS (SELECT 1 FROM contact_event AS written WHERE written.contact_id = contact.id"
    " AND written.kind = 'disposition' AND written.data->>'disposition' = 'referred'"
    " AND coalesce(written.data->>'by', '') <> '')"
)


def upgrade() -> None:
    op.execute(
        "UPDATE contact SET disposition = 'places_texted'"
        " WHERE channel = 'text' AND disposition = 'referred' AND disposition_by IS NULL"
        f" AND (status IN ('conversing', 'ended') OR {NO_PERSON})"
    )
    op.execute(
        'UPDATE contact_event SET data = data || \'{"disposition": "places_texted"}\' FROM contact'
        " WHERE contact.id = contact_event.contact_id AND contact.channel = 'text' AND kind = 'disposition'"
        f" AND data->>'disposition' = 'referred' AND coalesce(data->>'by', '') = '' AND {NO_PERSON}"
    )
    op.drop_index("ix_contact_unwritten", "contact")
    op.create_index("ix_contact_unwritten", "contact", ["claimed_by", "ended_at"], postgresql_where=sa.text(WHERE))


def downgrade() -> None:
    """The words stay: the release before knows them."""
    op.drop_index("ix_contact_unwritten", "contact")
    where = sa.text("status = 'ended' and disposition is null")
    op.create_index("ix_contact_unwritten", "contact", ["claimed_by", "ended_at"], postgresql_where=where)
