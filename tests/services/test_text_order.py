"""Texts of before the migration that numbers them read in the order in which they were written."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from models.texts import TextMessage
from runtime.migrate import ROOT
from services.house import House
from tests.services.texting import Thread


def test_old_texts_are_numbered_by_their_times_and_a_question_before_its_answers(house: House, zip_codes: None) -> None:
    caller = Thread(house)
    for words in ("I need help with heroin", "02150"):
        assert caller.text(words)
    migration = ScriptDirectory(str(ROOT / "migrations")).get_revision("0042").module
    with house.db.begin() as session:
        connection = session.connection()
        written = select(TextMessage.outgoing).order_by(TextMessage.position)
        before = list(session.scalars(written))
        connection.execute(text("UPDATE text_message SET attempts = attempts + 1 WHERE NOT outgoing"))  # they move
        with Operations.context(MigrationContext.configure(connection)):
            migration.downgrade()
            migration.upgrade()
        assert list(session.scalars(written)) == before
        count = len(before)
    assert caller.text("STOP")
    with house.db.begin() as session:
        places = select(TextMessage.position).order_by(TextMessage.position)
        assert list(session.scalars(places))[: count + 1] == list(range(1, count + 2))
