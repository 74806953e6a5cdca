"""A facility is asked for its beds on the running line: by text, and by call when the text stays unanswered."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from models.bed_rounds import BedRound
from models.directory import Listing
from models.live_facts import newest_beds
from runtime.processes import wait_until
from services.directory import bed_calls, bed_questions
from services.directory.bed_phones import BedPhone, register_phone
from simulator.driver import PATIENCE
from tests.fixtures.line import Line

pytestmark = pytest.mark.slow
READER, LISTENER = "+16175550171", "+16175550172"


def told(line: Line) -> list[tuple[int, str]]:
    with line.house.db.begin() as session:
        return sorted((bed.open, bed.how) for bed in newest_beds(session))


def test_one_facility_answers_the_text_and_another_the_call(line: Line) -> None:
    line.directory()
    now = datetime.now(UTC)
    with line.house.db.begin() as session:
        rows = session.execute(select(Listing.facility_id).where(Listing.state == "MA").order_by(Listing.id).limit(2))
        places = [row.facility_id for row in rows]
    hour = now.astimezone(ZoneInfo("America/New_York")).hour
    for facility, number in zip(places, (READER, LISTENER), strict=True):
        phone = BedPhone(facility, number, ("detox",), (hour,))
        assert register_phone(line.house, phone, now - timedelta(days=1), None) is None
    bed_questions.ask_due(line.house, now)  # as the beat's next wake-up would

    reader, listener = line.sim.phone(READER), line.sim.phone(LISTENER)
    reader.wait_text("how many detox beds")
    reader.text("4")
    reader.wait_text("4 detox beds open")
    listener.wait_text("how many detox beds")
    with line.house.db.begin() as session:  # nobody there answers the text
        session.execute(update(BedRound).values(asked_at=now - timedelta(minutes=21)))
    bed_calls.plan_due(line.house, datetime.now(UTC))
    call = listener.answer()
    call.wait_heard("How many detox beds").press("2")
    call.wait_heard("Thank you").wait_over()

    assert wait_until(lambda: told(line) == [(2, "call"), (4, "text")], PATIENCE)
    assert not reader.ringing
    assert line.sim.complaints() == []
