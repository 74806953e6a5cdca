"""Whole calls on the running line: pretend phones, real processes, signed webhooks."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.contacts import Contact, events_of
from routing.vocabulary import ContactStatus, Disposition
from runtime.processes import wait_until
from services import contact_matches
from simulator.driver import PATIENCE
from tests.fixtures.line import Line

pytestmark = pytest.mark.slow
ANA, MARCUS, VOICEMAIL = "+16175550111", "+16175550112", "+16175550113"


def contacts(line: Line) -> list[Contact]:
    with line.house.db.begin() as session:
        return list(session.scalars(select(Contact).order_by(Contact.opened_at)))


def story(line: Line, contact: Contact) -> list[str]:
    with line.house.db.begin() as session:
        return [event.kind for event in events_of(session, contact.id)]


def test_two_callers_reach_two_counselors_while_a_third_phone_goes_to_voicemail(line: Line) -> None:
    line.roster(f"Ana,{ANA},en es", f"Marcus,{MARCUS},en", f"Vera,{VOICEMAIL},en")
    line.sim.phone(VOICEMAIL).behave("voicemail")

    first = line.sim.phone("+12125550141").dial()
    first.wait_heard("free").press("2")
    ana = line.sim.phone(ANA).answer()
    ana.wait_heard("Press 1 to take it").press("1")
    first.wait_talking_with(ANA)
    line.sim.wait_until(lambda: not line.sim.phone(MARCUS).ringing, "the loser's phone to stop ringing")

    second = line.sim.phone("+12125550142").dial()
    marcus = line.sim.phone(MARCUS).answer()
    marcus.wait_heard("Press 1").press("1")
    second.wait_talking_with(MARCUS)
    assert first.talking_with() == [ANA]

    ana.hang_up()
    first.wait_heard("oprima 0").hang_up()
    second.hang_up()
    marcus.wait_heard("How did it end").press("1")
    marcus.wait_over()

    def settled() -> bool:
        return [c.status for c in contacts(line)] == [ContactStatus.ENDED, ContactStatus.CLOSED]

    assert wait_until(settled, PATIENCE), [(c.status, story(line, c)) for c in contacts(line)]
    one, two = contacts(line)
    assert two.disposition is Disposition.REFERRED
    assert story(line, one).count("accepted") == story(line, two).count("accepted") == 1
    assert line.sim.complaints() == []


def test_a_caller_whom_nobody_answers_is_called_back(line: Line) -> None:
    line.roster(f"Ana,{ANA},en")
    line.sim.phone(ANA).behave("no-answer")
    caller = line.sim.phone("+12125550143")
    call = caller.dial()
    call.wait_heard("Press 9 and we will call you back")
    call.press("9")
    call.wait_heard("We will call you back")
    call.wait_over()

    ana = line.sim.phone(ANA)
    line.sim.wait_until(lambda: not ana.ringing, "the first ring to end: it is not the callback's")
    ana.behave("person")
    counselor = ana.answer()
    counselor.wait_heard("Press 1").press("1")
    back = caller.answer()
    back.wait_heard("asked for a call").press("1")
    back.wait_talking_with(ANA)
    assert line.sim.complaints() == []


def test_words_of_danger_are_answered_at_once_and_told_to_the_counselor_after_one(line: Line) -> None:
    line.roster(f"Ana,{ANA},en")
    line.sim.phone(ANA).behave("person")
    caller = line.sim.phone("+12125550144").dial()
    caller.wait_heard("tell us in a few words")
    caller.say("I took forty klonopin and I want to die")
    caller.wait_heard("You matter")

    ana = line.sim.phone(ANA).answer()
    ana.wait_heard("Press 1")
    assert not any("emergency" in words.lower() for words in ana.heard), "a voicemail may be listening"
    ana.press("1").wait_heard("Possible emergency")
    caller.wait_talking_with(ANA)
    assert line.sim.complaints() == []


def test_places_are_matched_while_the_caller_waits_and_the_counselor_sees_them_with_reasons(line: Line) -> None:
    line.roster(f"Ana,{ANA},en")
    line.directory()
    caller = line.sim.phone("+12125550145").dial()
    caller.wait_heard("tell us in a few words").say("klonopin every day and I am depressed")
    caller.wait_heard("ZIP code").press("02150")
    caller.wait_heard("How would care be paid").say("I have Medicaid")

    def matched() -> bool:
        return "matched" in story(line, contacts(line)[0])

    assert wait_until(matched, PATIENCE), story(line, contacts(line)[0])

    def for_medicaid() -> bool:
        shown = contact_matches.match_list(line.house, contacts(line)[0].id, None, "en", datetime.now(UTC))
        return bool(shown.places) and "Lists Medicaid." in shown.places[0].reasons

    assert wait_until(for_medicaid, PATIENCE), "the answer that came last counts too"
    shown = contact_matches.match_list(line.house, contacts(line)[0].id, None, "en", datetime.now(UTC))
    assert len(shown.places) >= 3
    assert all(place.reasons for place in shown.places)
