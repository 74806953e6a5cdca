"""Cut off and called right back; calling out as the helpline. No private number is shown, nobody is called unasked."""

import uuid

from models.contacts import Contact, lock_contact
from routing.vocabulary import ContactStatus, Disposition
from services import calling_out, in_call
from services.in_call import By, CallRefused
from tests.histories.stage import LINE
from tests.in_call.line import CALLER, Line
from tests.in_call.test_transfers import places

ANA, MARCUS = "+16175550111", "+16175550112"


def test_a_caller_who_is_cut_off_is_called_right_back_when_they_said_so(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    in_call.may_call_back(line.web, line.contact().id, line.by_counselor(), True, line.now)
    caller.hang_up()
    ana.wait_heard("The caller's line is gone")
    ana.wait_heard("We are calling them back now")
    again = line.sim.phone(CALLER).answer()
    again.wait_heard("asked for a call").press("1")
    again.wait_talking_with(ANA)
    assert ana.status == "in-progress", "the counselor never left the phone"
    line.does(in_call.hold)
    line.does(in_call.resume)
    assert again.talking_with() == [ANA]
    ana.hang_up()
    again.wait_heard("press 0")
    assert line.contact().claimed_by == line.by_counselor().id
    assert line.went_well()


def test_whoever_does_not_answer_then_is_wrapped_up_with_words_to_the_counselor(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    in_call.may_call_back(line.web, line.contact().id, line.by_counselor(), True, line.now)
    line.sim.phone(CALLER).behave("no-answer")
    caller.hang_up()
    ana.wait_heard("They could not be reached", timeout=90)
    ana.press("2")
    ana.wait_over()
    contact = line.contact()
    assert (contact.status, contact.disposition) == (ContactStatus.CLOSED, Disposition.INFORMATION)
    assert line.went_well()


def test_nobody_is_called_back_who_did_not_say_so_or_whose_call_had_come_to_its_end(line: Line) -> None:
    line.hires("Ana", ANA)
    caller, ana = line.talk(ANA)
    caller.hang_up()
    ana.wait_heard("How did it end").press("2")
    ana.wait_over()
    line.sim.run_for(70)  # her time to wrap up

    caller, ana = line.talk(ANA, "+12125550143")
    in_call.may_call_back(line.web, line.contact().id, line.by_counselor(), True, line.now)
    caller.hang_up()
    ana.wait_heard("If you were done").press("1")
    ana.wait_over()
    line.sim.run_for(60)
    assert line.contact().disposition is Disposition.REFERRED
    assert "cut_off" not in line.story()
    assert line.went_well()


def ended(line: Line) -> uuid.UUID:
    """A conversation that is over and written down."""
    caller, ana = line.talk(ANA)
    caller.hang_up()
    ana.wait_heard("How did it end").press("2")
    ana.wait_over()
    return line.contact().id


def test_calling_somebody_out_rings_the_counselor_first_and_shows_the_helplines_number(line: Line) -> None:
    by = By(line.hires("Ana", ANA))
    contact = ended(line)
    assert calling_out.call_them(line.web, contact, by, False, line.now) is CallRefused.NOT_SAFE
    assert calling_out.call_them(line.web, contact, by, True, line.now) is None
    ana = line.sim.phone(ANA).answer()
    assert not line.sim.phone(CALLER).ringing
    ana.wait_heard("Press 1").press("1")
    called = line.sim.phone(CALLER).wait_ring()
    assert called.view()["other"] == LINE
    called.answer().wait_heard("asked for a call").press("1")
    called.wait_talking_with(ANA)
    called.hang_up()
    ana.wait_heard("How did it end").press("1")
    ana.wait_over()
    assert line.contact().disposition is Disposition.REFERRED
    assert line.went_well()


def test_a_call_out_that_fails_leaves_the_contact_as_it_was(line: Line) -> None:
    by = By(line.hires("Ana", ANA))
    line.hires("Marcus", MARCUS)
    line.sim.phone(MARCUS).behave("no-answer")
    contact = ended(line)
    line.sim.phone(MARCUS).behave("person")
    line.sim.phone(ANA).behave("no-answer")
    calling_out.call_them(line.web, contact, by, True, line.now)
    line.sim.run_for(60)
    assert not line.sim.phone(MARCUS).ringing, "nobody waits, so nobody else is rung"

    line.sim.phone(ANA).behave("person")
    line.sim.phone(CALLER).behave("busy")
    calling_out.call_them(line.web, contact, by, True, line.now)
    ana = line.sim.phone(ANA).answer()
    ana.wait_heard("Press 1").press("1")
    ana.wait_heard("could not be connected", timeout=60)
    ana.wait_over()
    found = line.contact()
    assert (found.status, found.disposition, found.calling_back) == (
        ContactStatus.CLOSED,
        Disposition.INFORMATION,
        False,
    )
    assert line.went_well()


def test_a_place_is_called_as_the_helpline_and_the_counselors_own_keys_reach_its_phone_tree(line: Line) -> None:
    by = By(line.hires("Ana", ANA))
    (listing, number), *_ = places(line)
    contact = ended(line)
    assert calling_out.call_place(line.web, contact, by, 0, line.now) is CallRefused.NO_PHONE
    assert calling_out.call_place(line.web, contact, by, listing, line.now) is None
    ana = line.sim.phone(ANA).answer()
    ana.wait_heard("Press 1 to place it").press("1")
    desk = line.sim.phone(number).wait_ring()
    assert desk.view()["other"] == LINE
    desk.answer().wait_talking_with(ANA)
    ana.press("2")
    desk.wait_heard("tone 2")
    line.sim.run_for(300)
    assert desk.talking_with() == [ANA]
    desk.hang_up()
    ana.wait_over()
    with line.house.db.begin() as session:
        found = lock_contact(session, contact)
        assert isinstance(found, Contact)
        assert found.status is ContactStatus.CLOSED
    assert line.went_well()
