"""the audit is searched by who and by contact"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_event_actor_id", "audit_event", ["actor_id", "at"])
    op.create_index("ix_audit_event_contact", "audit_event", [sa.text("(data ->> 'contact_id')"), "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_event_contact", "audit_event")
    op.drop_index("ix_audit_event_actor_id", "audit_event")
