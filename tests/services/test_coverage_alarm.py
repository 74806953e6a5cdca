"""Supervisors learn ahead of hours without anybody: of each gap once, and again when it opens again."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from models.alarms import Alarm
from models.people import Counselor, Shift
from models.texts import TextMessage
from routing.gaps import ANYONE, Coverer, gaps
from routing.schedule import Schedule, works_at
from routing.shift_words import parse_shifts
from routing.shifts import ShiftPattern
from routing.spans import Span
from routing.vocabulary import Role
from services import schedules, shift_changes
from services.coverage_alarm import tell_gaps
from tests.services.calls import NOON, Stage

ALWAYS = "daily 00:00-24:00"


def works(stage: Stage, who: uuid.UUID, words: str) -> None:
    """Give somebody these shifts instead of theirs."""
    with stage.house.db.begin() as session:
        session.execute(delete(Shift).where(Shift.counselor_id == who))
        person = session.get_one(Counselor, who, populate_existing=True)
        person.shifts = [schedules.shift(pattern) for pattern in parse_shifts(words)]


def texts(stage: Stage, who: uuid.UUID) -> list[str]:
    with stage.house.db.begin() as session:
        query = select(TextMessage.body).where(TextMessage.counselor_id == who).order_by(TextMessage.position)
        return list(session.scalars(query))


@pytest.fixture
def leader(stage: Stage) -> uuid.UUID:
    return stage.counselor(150, role=Role.SUPERVISOR, on_shift=False)


def test_a_gap_for_spanish_is_told_ahead_in_the_words_that_people_use(stage: Stage, leader: uuid.UUID) -> None:
    stage.counselor(101)
    ana = stage.counselor(102, languages=("en", "es"))
    works(stage, ana, "mon-thu,sat,sun 00:00-24:00; fri 00:00-02:00; fri 06:00-24:00")
    assert tell_gaps(stage.house, NOON) == 1
    assert "Nobody for Spanish 02:00 to 06:00 on Friday 6" in texts(stage, leader)[0]
    assert tell_gaps(stage.house, NOON + timedelta(hours=1)) == 0, "once"
    friday = Span(datetime(2026, 3, 6, 5, 0, tzinfo=UTC), datetime(2026, 3, 6, 13, 0, tzinfo=UTC))
    assert shift_changes.take_time_off(stage.house, ana, friday, ana, NOON) is None
    assert tell_gaps(stage.house, NOON + timedelta(hours=2)) == 2, "what is new of it, on either side"
    assert "Nobody for Spanish 00:00 to 02:00 on Friday 6; Nobody for Spanish 06:00 to 08:00" in texts(stage, leader)[1]


def test_a_gap_that_was_closed_and_opens_again_is_told_again(stage: Stage, leader: uuid.UUID) -> None:
    who = stage.counselor(101, languages=("en", "es"))
    works(stage, who, "daily 08:00-24:00")
    assert tell_gaps(stage.house, NOON) == 7
    assert "Nobody at all 00:00 to 08:00 on Thursday 5" in texts(stage, leader)[0]
    assert "And 3 more" in texts(stage, leader)[0]
    works(stage, who, ALWAYS)
    assert tell_gaps(stage.house, NOON) == 0
    works(stage, who, "daily 08:00-24:00")
    assert tell_gaps(stage.house, NOON) == 7
    midnight = NOON + timedelta(hours=12)
    assert tell_gaps(stage.house, midnight) == 0, "the eighth day came into sight, and waits for the morning"
    assert tell_gaps(stage.house, NOON + timedelta(days=1)) == 1
    works(stage, who, "daily 08:00-22:00")
    assert tell_gaps(stage.house, midnight + timedelta(days=1)) == 1, "tonight is told at any hour, the rest later"


def test_a_gap_is_an_alarm_though_no_supervisor_has_a_phone(stage: Stage) -> None:
    works(stage, stage.counselor(101), "daily 08:00-24:00")
    assert tell_gaps(stage.house, NOON) == 7
    with stage.house.db.begin() as session:
        assert session.scalars(select(Alarm.kind)).all() == ["coverage_gap"]


def test_what_nobody_on_the_roster_offers_is_no_gap_of_the_week(stage: Stage, leader: uuid.UUID) -> None:
    works(stage, stage.counselor(101), ALWAYS)
    assert tell_gaps(stage.house, NOON) == 0
    stage.house = replace(stage.house, rules=replace(stage.house.rules, coverage_needs=("en", "veterans")))
    with stage.house.db.begin() as session:
        session.get_one(Counselor, leader).skills = ["veterans"]
    assert tell_gaps(stage.house, NOON) == 1
    assert "Nobody for veterans 12:00 on Wednesday 4 to 24:00 on Wednesday 11" in texts(stage, leader)[0]


def test_one_row_of_the_roster_that_breaks_hides_no_gap_and_keeps_nobody_from_being_told(
    stage: Stage, leader: uuid.UUID
) -> None:
    works(stage, stage.counselor(101), "daily 08:00-24:00")
    lost, moved = stage.counselor(102), stage.counselor(151, role=Role.SUPERVISOR)
    with stage.house.db.begin() as session:
        session.execute(text("update counselor set phone = 'no key' where id = :id"), {"id": lost})
        session.get_one(Counselor, moved).timezone = "Moon/Sea"
    assert tell_gaps(stage.house, NOON) == 7, "whoever works at night cannot be rung"
    assert ["Nobody at all 00:00" in texts(stage, who)[0] for who in (leader, moved)] == [True, True]
    with stage.house.db.begin() as session:
        raised = session.scalars(select(Alarm.kind).order_by(Alarm.kind)).all()
    assert raised == ["coverage_gap", "roster_broken"]


people = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(["en", "es"])), st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1439)
    ),
    max_size=4,
)


@given(people, st.integers(0, 7 * 1440 - 1))
def test_a_moment_is_in_a_gap_exactly_when_nobody_able_works(
    roster: list[tuple[frozenset[str], int, int, int]], minute: int
) -> None:
    coverers = [
        Coverer(Schedule("America/New_York", (ShiftPattern(day, start, end),)), offers)
        for offers, day, start, end in roster
    ]
    now, until = NOON + timedelta(minutes=minute), NOON + timedelta(days=7)
    here = [coverer.offers for coverer in coverers if works_at(coverer.schedule, now)]
    inside = {gap.need for gap in gaps(coverers, ["en", "es"], NOON, until) if gap.span.start <= now < gap.span.end}
    expected = {need for need in ("en", "es") if not any(need in offers for offers in here)} if here else {ANYONE}
    assert inside == expected
