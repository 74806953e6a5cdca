"""What a counselor had sent the evening before the question of later texts was parted is still sent after it."""

import uuid

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import select

from models.follow_ups import FollowUp
from models.texts import TextMessage
from routing.sending import Purpose
from routing.vocabulary import FollowUpKind, TextStatus
from runtime.migrate import ROOT
from services.house import House
from services.texts import queue_text
from tests.services.outside import HELPLINE, NOON, make_caller, make_contact


def test_only_a_waiting_text_that_asks_how_it_went_stays_under_the_question_of_later_texts(house: House) -> None:
    with house.db.begin() as session:
        caller = make_caller(session, texting_ok=True)
        contact = make_contact(session, caller)

        def queued(kind: FollowUpKind | None = None) -> uuid.UUID:
            facts = {"contact": contact, "caller": caller, "helpline_number": HELPLINE, "now": NOON}
            message = queue_text(session, body="words", purpose=Purpose.FOLLOW_UP, **facts)  # type: ignore[arg-type]
            if kind is not None:
                plan = {"by": "text", "text": str(message.id)}
                session.add(FollowUp(contact_id=contact.id, kind=kind, due_at=NOON, created_at=NOON, plan=plan))
            return message.id

        places, check_in = queued(), queued(FollowUpKind.CHECK_IN)
        news, sent = queued(FollowUpKind.PLACE_ACCEPTED), queued()
        session.get_one(TextMessage, sent).status = TextStatus.SENT
        session.flush()
        migration = ScriptDirectory(str(ROOT / "migrations")).get_revision("0051").module
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.upgrade()
        purposes = {row.id: row.purpose for row in session.execute(select(TextMessage.id, TextMessage.purpose))}
    assert purposes == {places: "late_words", check_in: "follow_up", news: "late_words", sent: "follow_up"}
