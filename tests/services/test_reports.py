"""Reports over what the real services write: equal to a recount from the rows of contacts and legs."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from routing.reports.journal import WaitEnd
from routing.vocabulary import ContactStatus, Disposition
from services import dispositions, releasing
from services.house import House
from services.reports import Period, Report, report
from tests.services.calls import NOON, Stage

WEEK = Period(date(2026, 3, 2), date(2026, 3, 8), "America/New_York")


def night(stage: Stage, seed: int) -> None:
    """Eight callers one after the other, each served, lost or let down in some way."""
    dice = random.Random(seed)
    counselor = stage.counselor(111)
    for number, what in enumerate(
        ("answered", "late", "gave_up", "gone", "answered", "answered", "gave_up", "answered")
    ):
        stage.later(dice.uniform(600, 1200))
        contact = stage.dials(f"+1212555014{number}")
        stage.rings(contact)
        stage.later(dice.uniform(2, 9) if what != "late" else 17)
        if what == "gave_up":
            stage.caller_hangs_up()
            releasing.release(stage.house, stage.network, contact, stage.now)
            stage.hangs_up(111, "no-answer")
            continue
        stage.takes(111)
        stage.later(0.5)
        if what == "gone":  # pressed 1 and was gone: the caller waits on, and leaves
            stage.hangs_up(111)
            stage.later(dice.uniform(20, 40))
            stage.caller_hangs_up()
            continue
        stage.counselor_enters(111)
        stage.caller_enters(contact)
        stage.later(dice.uniform(60, 900))
        stage.hangs_up(111)
        stage.caller_hangs_up()
        stage.later(dice.uniform(5, 50))
        assert dispositions.close(stage.house, contact, counselor, Disposition.INFORMATION, stage.now)


def recount(house: House) -> list[Contact]:
    with house.db.begin() as session:
        return list(session.scalars(select(Contact)))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_report_of_a_night_equals_a_recount_from_the_rows(stage: Stage, seed: int) -> None:
    night(stage, seed)
    found = report(stage.house, WEEK)
    rows = recount(stage.house)
    waits = [(row.connected_at - row.opened_at).total_seconds() for row in rows if row.connected_at]
    left = [row for row in rows if row.status is ContactStatus.ABANDONED]
    assert found.calls.offered == len(rows) == 8
    assert found.calls.answered == len(waits) == 5
    assert found.calls.ends[WaitEnd.GAVE_UP] == len(left) == 3
    assert found.calls.within[0] == sum(wait <= 15 for wait in waits) / len(rows)
    assert found.calls.within[1] == sum(wait <= 20 for wait in waits) / len(rows)
    assert found.calls.speed_of_answer == pytest.approx(sum(waits) / len(waits))
    everybody = [*waits, *((row.ended_at - row.opened_at).total_seconds() for row in left if row.ended_at)]
    assert found.calls.longest == pytest.approx(max(everybody))
    assert found.outcomes.dispositions == {"information": 5}
    of_days(found)


def of_days(found: Report) -> None:
    assert [day for day, figures in found.days if figures.offered] == [NOON.date()]
    assert sum(hour.figures.offered for hour in found.hours) == found.calls.offered
    assert found.occupancy is not None
    assert 0 < found.occupancy < 0.1


def test_only_contacts_that_began_in_the_period_count_with_all_that_came_later(stage: Stage) -> None:
    stage.counselor(111)
    stage.dials()
    stage.later(timedelta(days=7).total_seconds())
    stage.caller_hangs_up()
    later = Period(date(2026, 3, 9), date(2026, 3, 15), "America/New_York")
    assert report(stage.house, WEEK).calls.ends[WaitEnd.GAVE_UP] == 1
    assert report(stage.house, later).outcomes.contacts == 0
