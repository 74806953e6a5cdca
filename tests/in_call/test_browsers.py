"""A call that is talked in a browser, and the parts of ours that it can do without."""

import pytest
from sqlalchemy.exc import OperationalError

from routing.vocabulary import ContactStatus
from services import in_call, softphone
from services.browser_legs import identity
from tests.in_call.line import CALLER, Line

ANA = "+16175550111"


def test_without_postgresql_a_call_in_a_browser_goes_on_and_its_end_is_written_down_later(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana_id = line.hires("Ana", ANA)
    browser = line.in_browser(ana_id)
    caller = line.sim.phone(CALLER).dial()
    ana = line.answered_in(browser)
    caller.wait_talking_with(browser)

    def gone(*_: object) -> None:
        raise OperationalError("connect", None, Exception("gone"))

    with monkeypatch.context() as outage:
        for house in (line.house, line.web):
            outage.setattr(house.db, "begin", gone)
        line.sim.run_for(90)
        assert caller.talking_with() == [browser]
        caller.hang_up()
        line.sim.run_for(20)
        ana.hang_up()
        line.sim.run_for(20)
    assert line.contact().status is ContactStatus.CONNECTED, "nobody could write it down"
    line.failures.clear()

    line.sim.run_for(90)
    contact = line.contact()
    assert (contact.status, contact.claimed_by, contact.disposition) == (ContactStatus.ENDED, ana_id, None)
    assert all(leg.ended_at is not None for leg in contact.legs)
    assert line.went_well()


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_whoever_closes_the_window_in_the_middle_of_a_call_leaves_nobody_in_silence(line: Line, how: str) -> None:
    ana_id = line.hires("Ana", ANA)
    browser = line.in_browser(ana_id)
    caller = line.sim.phone(CALLER).dial()
    window = line.answered_in(browser)
    caller.wait_talking_with(browser)
    line.sim.run_for(20)

    line.sim.exchange.clients.leave(identity(ana_id))
    if how == "closed":
        softphone.leave(line.web, ana_id, line.now, closed=True)
    else:
        window.hang_up()  # the media is broken, so Twilio ends it
    caller.wait_heard("We lost your counselor", timeout=15)
    line.sim.phone(ANA).answer(15).wait_heard("Press 1").press("1")
    caller.wait_talking_with(ANA)
    contact = line.contact()
    assert (contact.status, contact.claimed_by) == (ContactStatus.CONNECTED, ana_id)
    assert ("browser_closed" in line.story(), "waits_again" in line.story()) == (how == "closed", True)

    caller.hang_up()
    line.sim.run_for(10)
    assert line.contact().status is ContactStatus.ENDED, "an end that is meant is one"
    assert line.went_well()


def test_an_end_that_is_meant_rings_nobody_whoever_hangs_up(line: Line) -> None:
    browser = line.in_browser(line.hires("Ana", ANA))
    for by_page in (True, False):
        caller = line.sim.phone(CALLER).dial()
        line.answered_in(browser)
        caller.wait_talking_with(browser)
        if by_page:
            line.does(in_call.hang_up)
            caller.wait_heard("Thank you for calling", timeout=30)
        else:
            caller.hang_up()
        line.sim.run_for(90)  # and the wrap-up is over
        assert (line.contact().status, "waits_again" in line.story()) == (ContactStatus.ENDED, False)
        line.in_browser(line.by_counselor().id)
    assert line.went_well()
