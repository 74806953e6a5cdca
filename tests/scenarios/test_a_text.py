"""Whole text conversations on the running line: a pretend phone, signed webhooks, real workers."""

import pytest
from sqlalchemy import select

from models.texts import TextMessage
from routing.vocabulary import TextStatus
from runtime.processes import wait_until
from services.directory.importing import ImportWish, import_directory
from services.directory.zip_codes import ensure_zip_codes
from simulator.driver import PATIENCE
from tests.fixtures.directory import SAMPLE
from tests.fixtures.line import Line
from tests.services.outside import NOON

pytestmark = pytest.mark.slow
ANA, CALLER = "+16175550111", "+16175550123"


def all_delivered(line: Line) -> bool:
    with line.house.db.begin() as session:
        statuses = set(session.scalars(select(TextMessage.status).where(TextMessage.outgoing)))
    return statuses == {TextStatus.DELIVERED}


def test_a_texter_gets_three_places_is_asked_the_next_day_and_is_called_at_a_one(line: Line) -> None:
    with line.house.db.begin() as session:
        ensure_zip_codes(session)
    import_directory(line.house, ImportWish(SAMPLE), NOON)
    line.roster(f"Ana,{ANA},en")
    phone = line.sim.phone(CALLER)

    phone.text("hi")
    phone.wait_text("What is going on")
    phone.text("my son takes heroin and has medicaid")
    phone.wait_text("ZIP")
    phone.text("02150")
    assert "3. " in phone.wait_text("Places near 02150")

    phone.wait_text("we said we would check in")  # the next day, at this line's pace
    phone.text("1")
    phone.wait_text("We will call you")
    counselor = line.sim.phone(ANA).answer()
    counselor.wait_heard("Press 1").press("1")
    call = phone.answer()
    call.wait_heard("asked for a call").press("1")
    call.wait_talking_with(ANA)

    assert len(phone.texts) == len(set(phone.texts)), "nothing is said twice"
    assert wait_until(lambda: all_delivered(line), PATIENCE)
    assert line.sim.complaints() == []


def test_danger_by_text_is_answered_at_once_and_a_counselor_writes_from_their_own_phone(line: Line) -> None:
    line.roster(f"Ana,{ANA},en")
    caller, ana = line.sim.phone(CALLER), line.sim.phone(ANA)

    caller.text("I want to kill myself")
    assert "988" in caller.wait_text("You")
    ana.wait_text("URGENT")
    ana.text("TAKE")
    ana.wait_text("They wrote: I want to kill myself")
    ana.text("I am Ana. I am here with you. Are you alone?")
    assert caller.wait_text("I am Ana") == "I am Ana. I am here with you. Are you alone?"
    caller.text("yes")
    assert ana.wait_text("yes") == "yes"
    assert not any(CALLER in words for words in ana.texts)
    assert not any(ANA in words for words in caller.texts)
    assert line.sim.complaints() == []


def test_stop_is_the_last_word(line: Line) -> None:
    phone = line.sim.phone(CALLER)
    phone.text("hi")
    phone.wait_text("STOP ends texts")
    phone.text("STOP")
    phone.wait_text("unsubscribed")  # the network answers, and blocks

    def kept_back() -> bool:
        with line.house.db.begin() as session:
            query = select(TextMessage.status).where(TextMessage.purpose == "opt_out_confirmation")
            return session.scalar(query) is TextStatus.SUPPRESSED

    assert wait_until(kept_back, PATIENCE)
    assert len(phone.texts) == 2
