"""texts that were asked for and still wait to be sent do not wait for a yes to later texts"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Before 0049 lists of places, links and the news of a place were queued as follow-ups, which now ask for more.
    op.execute(
        "UPDATE text_message SET purpose = 'late_words'"
        " WHERE purpose = 'follow_up' AND outgoing AND status IN ('queued', 'sending')"
        " AND NOT EXISTS (SELECT 1 FROM follow_up WHERE follow_up.contact_id = text_message.contact_id"
        " AND follow_up.plan->>'text' = text_message.id::text"
        " AND follow_up.kind NOT IN ('place_accepted', 'next_place'))"
    )


def downgrade() -> None:
    """Nothing: the release before knows these purposes too."""
