"""A call that is talked in a browser, and the parts of ours that it can do without."""

import pytest
from sqlalchemy.exc import OperationalError

from routing.vocabulary import ContactStatus
from tests.in_call.line import CALLER, Line


def test_without_postgresql_a_call_in_a_browser_goes_on_and_its_end_is_written_down_later(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana_id = line.hires("Ana", "+16175550111")
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
