"""Who may be texted, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.sending import Person, Purpose, Refusal, Window, may_send

WINDOW = Window(9, 20, "America/New_York")
NOON = datetime(2026, 6, 3, 16, tzinfo=UTC)  # 12:00 in New York, 9:00 in Los Angeles
NIGHT = datetime(2026, 6, 3, 6, tzinfo=UTC)
PEOPLE = st.builds(
    Person,
    number=st.sampled_from([None, "+16175550123", "+15035550123", "+18085550123", "+18335550100"]),
    timezone=st.sampled_from([None, "America/Denver", "Pacific/Guam", "not a zone"]),
    stopped=st.booleans(),
    texting_ok=st.sampled_from([None, True, False]),
    follow_up_texts_ok=st.sampled_from([None, True, False]),
    wrote_to_us=st.booleans(),
)
START = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 3_000_000).map(lambda minute: START + timedelta(minutes=minute))


def test_a_reply_goes_at_any_hour() -> None:
    assert may_send(Purpose.REPLY, Person("+16175550123"), WINDOW, NIGHT).send_at == NIGHT


def test_a_follow_up_waits_for_nine_on_the_clock_of_the_zip_that_was_told() -> None:
    person = Person("+16175550123", timezone="America/Los_Angeles", wrote_to_us=True)
    assert may_send(Purpose.FOLLOW_UP, person, WINDOW, NIGHT).send_at == NOON


def test_while_the_place_is_a_guess_the_line_and_the_area_code_must_both_be_awake() -> None:
    person = Person("+15035550123", wrote_to_us=True)
    assert may_send(Purpose.FOLLOW_UP, person, WINDOW, NIGHT).send_at == NOON
    late = datetime(2026, 6, 4, 0, 30, tzinfo=UTC)  # 20:30 in New York, 17:30 in Portland
    assert may_send(Purpose.FOLLOW_UP, person, WINDOW, late).send_at == NOON + timedelta(days=1)


@pytest.mark.parametrize("purpose", [Purpose.REPLY, Purpose.FOLLOW_UP, Purpose.COUNSELOR_WORDS])
def test_after_stop_nothing_goes_out(purpose: Purpose) -> None:
    person = Person("+16175550123", stopped=True, texting_ok=True, wrote_to_us=True)
    assert may_send(purpose, person, WINDOW, NOON).refusal is Refusal.STOPPED


def test_stop_is_confirmed_once_and_start_is_answered() -> None:
    person = Person("+16175550123", stopped=True)
    assert may_send(Purpose.OPT_OUT_CONFIRMATION, person, WINDOW, NIGHT).send_at == NIGHT
    assert may_send(Purpose.KEYWORD_ANSWER, person, WINDOW, NIGHT).send_at == NIGHT


def test_a_caller_whom_nobody_asked_is_not_texted_unasked() -> None:
    unknown = Person("+16175550123")
    assert may_send(Purpose.FOLLOW_UP, unknown, WINDOW, NOON).refusal is Refusal.NO_CONSENT
    assert may_send(Purpose.LATE_WORDS, unknown, WINDOW, NOON).refusal is Refusal.SAFETY_UNKNOWN


def test_that_a_text_is_safe_is_no_wish_to_be_texted_later() -> None:
    safe = Person("+16175550123", texting_ok=True)
    assert may_send(Purpose.LATE_WORDS, safe, WINDOW, NOON).send_at == NOON
    assert may_send(Purpose.FOLLOW_UP, safe, WINDOW, NOON).refusal is Refusal.NO_CONSENT
    assert may_send(Purpose.FOLLOW_UP, replace(safe, follow_up_texts_ok=True), WINDOW, NOON).send_at == NOON
    unwilling = replace(safe, follow_up_texts_ok=False, wrote_to_us=True)
    assert may_send(Purpose.FOLLOW_UP, unwilling, WINDOW, NOON).refusal is Refusal.NO_CHECK_INS
    assert may_send(Purpose.LATE_WORDS, unwilling, WINDOW, NOON).send_at == NOON, "what they ask for is sent"


@given(st.sampled_from(list(Purpose)), PEOPLE, INSTANTS)
def test_every_text_is_either_sent_in_time_or_refused_with_a_reason(
    purpose: Purpose, person: Person, now: datetime
) -> None:
    verdict = may_send(purpose, person, WINDOW, now)
    assert (verdict.send_at is None) != (verdict.refusal is None)
    if verdict.send_at is not None:
        assert person.number
        assert verdict.send_at >= now
        assert not person.stopped or purpose not in (Purpose.REPLY, Purpose.FOLLOW_UP, Purpose.COUNSELOR_WORDS)
        if purpose is Purpose.FOLLOW_UP and person.timezone == "America/Denver":
            assert 9 <= verdict.send_at.astimezone(ZoneInfo("America/Denver")).hour < 20
