"""Time off, shifts that change hands, reminders, and what our own people say about themselves by phone and text."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.people import Counselor, Shift
from models.schedules import ShiftChange
from models.texts import TextMessage
from routing.documents import Ask, Document, GoTo, HangUp
from routing.spans import Span
from routing.vocabulary import Presence, Role
from services import conversation, intake, reminders, rings, schedules, shift_changes
from tests.services.calls import LINE, NOON, Stage, says

NIGHT = Span(datetime(2026, 3, 6, 3, 0, tzinfo=UTC), datetime(2026, 3, 6, 11, 0, tzinfo=UTC))  # Thursday 22:00 Boston
OWNER, TAKER, THIRD = 101, 102, 103


@pytest.fixture
def owner(stage: Stage) -> uuid.UUID:
    """A counselor who works the nights of Thursday."""
    who = stage.counselor(OWNER, on_shift=False)
    with stage.house.db.begin() as session:
        night = Shift(weekday=3, start_minute=22 * 60, end_minute=6 * 60)
        session.get_one(Counselor, who).shifts = [night]
    return who


def works(stage: Stage, who: uuid.UUID, at: datetime) -> bool:
    with stage.house.db.begin() as session:
        return who in schedules.on_shift(session, [session.get_one(Counselor, who)], at)


def told(stage: Stage, who: uuid.UUID) -> list[str]:
    with stage.house.db.begin() as session:
        query = select(TextMessage).where(TextMessage.counselor_id == who).order_by(TextMessage.position)
        return [message.body for message in session.scalars(query)]


def the_offer(stage: Stage) -> uuid.UUID:
    with stage.house.db.begin() as session:
        return session.scalars(select(ShiftChange.id).order_by(ShiftChange.made_at.desc())).first() or uuid.uuid4()


def writes(stage: Stage, number: int, words: str) -> None:
    stage.later(1)
    inbound = conversation.Inbound(f"SM{uuid.uuid4().hex}", f"+1617555{number:04d}", LINE, words)
    conversation.receive_text(stage.house, inbound, stage.now)


def test_a_shift_changes_hands_once_when_it_is_taken(stage: Stage, owner: uuid.UUID) -> None:
    taker, third = stage.counselor(TAKER, on_shift=False), stage.counselor(THIRD, on_shift=False)
    later, minute_later = NIGHT.start + timedelta(hours=1), NOON + timedelta(minutes=1)
    assert shift_changes.offer(stage.house, owner, NIGHT, taker, NOON) is None
    assert "22:00 on Thursday 5 to 06:00 on Friday 6" in told(stage, taker)[-1]
    assert "Counselor" not in told(stage, taker)[-1]
    assert works(stage, owner, later), "until somebody takes it"
    assert shift_changes.take(stage.house, the_offer(stage), third, NOON) == "gone", "it was not offered to them"
    assert shift_changes.take(stage.house, the_offer(stage), taker, NOON) is None
    assert shift_changes.take(stage.house, the_offer(stage), taker, NOON) == "you_work_then"
    assert (works(stage, owner, later), works(stage, taker, later)) == (False, True)
    assert "was taken" in told(stage, owner)[-1]
    assert works(stage, owner, later + timedelta(days=7)), "only this once"
    assert shift_changes.offer(stage.house, taker, NIGHT, None, minute_later) is None, "it can be offered on"
    assert shift_changes.take(stage.house, the_offer(stage), owner, minute_later) is None
    assert (works(stage, owner, later), works(stage, taker, later)) == (True, False)


def test_an_offer_that_cannot_be_is_refused_and_one_that_is_declined_stays_with_its_owner(
    stage: Stage, owner: uuid.UUID
) -> None:
    taker = stage.counselor(TAKER)
    longer = Span(NIGHT.start, NIGHT.end + timedelta(hours=1))
    offer: Callable[..., str | None] = lambda span, to=None, now=NOON: shift_changes.offer(  # noqa: E731
        stage.house, owner, span, to, now
    )
    assert offer(longer) == "not_yours"
    assert offer(NIGHT, owner) == "nobody"
    assert offer(NIGHT, None, NIGHT.end) == "past"
    assert offer(NIGHT, taker) is None
    assert offer(NIGHT) == "already"
    assert shift_changes.take(stage.house, the_offer(stage), taker, NOON) == "you_work_then"
    assert shift_changes.decline(stage.house, the_offer(stage), taker, NOON)
    assert not shift_changes.decline(stage.house, the_offer(stage), taker, NOON)
    assert "It is still yours" in told(stage, owner)[-1]
    assert works(stage, owner, NIGHT.start)


def test_nobody_on_time_off_is_rung_and_it_can_be_taken_back(stage: Stage) -> None:
    away, other = stage.counselor(OWNER), stage.counselor(TAKER)
    week = Span(NOON - timedelta(hours=1), NOON + timedelta(days=7))
    assert shift_changes.take_time_off(stage.house, away, Span(week.end, week.start), away, NOON) == "order"
    assert shift_changes.take_time_off(stage.house, away, week, away, NOON) is None
    assert stage.rings(stage.dials()) == [f"+1617555{TAKER:04d}"]
    with stage.house.db.begin() as session:
        assert not rings.others_available(session, session.get_one(Counselor, other), NOON), "the last one stays"
    assert not shift_changes.withdraw(stage.house, the_offer(stage), other, NOON), "it is not theirs"
    assert shift_changes.withdraw(stage.house, the_offer(stage), away, NOON)
    assert works(stage, away, NOON)


def test_whoever_asked_is_reminded_of_a_shift_once(stage: Stage, owner: uuid.UUID) -> None:
    other = stage.counselor(TAKER)
    soon = NIGHT.start - timedelta(minutes=59)
    assert reminders.remind_due(stage.house, soon) == 0, "nobody asked to be texted"
    writes(stage, OWNER, "Remind")
    assert "60 minutes before" in told(stage, owner)[-1]
    assert reminders.remind_due(stage.house, soon - timedelta(minutes=2)) == 0
    with stage.house.db.begin() as session:  # somebody else's row breaks what works out their shifts
        session.get_one(Counselor, other).timezone, session.get_one(Counselor, other).reminder_minutes = "Moon/Sea", 60
    assert [reminders.remind_due(stage.house, soon) for _ in range(2)] == [1, 0]
    assert "22:00 on Thursday 5 to 06:00 on Friday 6" in told(stage, owner)[-1]
    assert reminders.remind_due(stage.house, NIGHT.start) == 0
    assert shift_changes.take_time_off(stage.house, owner, Span(NIGHT.start, NIGHT.end), owner, NOON) is None
    assert reminders.remind_due(stage.house, soon + timedelta(days=7, hours=-1)) == 1, "the next one is in summer time"
    writes(stage, OWNER, "SHIFTS")
    assert "22:00 on Thursday 12" in told(stage, owner)[-1]
    writes(stage, OWNER, "remind off")
    assert reminders.remind_due(stage.house, soon + timedelta(days=14)) == 0


def calls_in(stage: Stage, number: int, sid: str = "CAown") -> tuple[intake.InboundCall, Document]:
    call = intake.InboundCall(sid, f"+1617555{number:04d}", LINE)
    return call, intake.open_call(stage.house, call, stage.now)


def test_our_own_people_say_by_phone_that_they_take_calls_or_not(stage: Stage, owner: uuid.UUID) -> None:
    call, menu = calls_in(stage, OWNER)
    assert says(menu) == ["voice.staff_on", "voice.staff_menu"]
    off = intake.staff_key(stage.house, call, "2", 0, stage.now)
    assert says(off)[0] == "voice.staff_away"
    assert isinstance(off.steps[-1], HangUp)
    with stage.house.db.begin() as session:
        assert session.get_one(Counselor, owner).presence is Presence.AWAY
        assert session.scalars(select(Contact)).all() == [], "they are no caller"
    assert "You are off" in told(stage, owner)[-1], "whoever pretends to be them is found out"
    shift = intake.staff_key(stage.house, call, "3", 0, stage.now)
    assert "22:00 on Thursday 5 to 06:00 on Friday 6" in str(shift)


@pytest.mark.parametrize("digits", [["0"], ["", ""], ["8"]])
def test_our_own_people_may_be_callers_too_also_by_silence(stage: Stage, owner: uuid.UUID, digits: list[str]) -> None:
    call, document = calls_in(stage, OWNER)
    for asked, key in enumerate(digits):
        assert isinstance(document.steps[-1], GoTo), "silence leads on"
        assert isinstance(document.steps[0], Ask)
        assert document.steps[0].then.endswith(str(asked))
        document = intake.staff_key(stage.house, call, key, asked, stage.now)
    assert "voice.emergency" in says(document)
    assert says(intake.open_call(stage.house, call, stage.now)) == says(document), "the same call again is a caller's"


def test_an_auditor_who_left_or_calls_is_a_caller(stage: Stage) -> None:
    stage.counselor(OWNER, role=Role.AUDITOR)
    assert "voice.emergency" in says(calls_in(stage, OWNER)[1])
