"""Who is rung: fit, then whose turn it is; as many phones as it takes, and fairly over a shift."""

import random
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.counselor_wish import counselor_wish
from routing.coverage import (
    MOST_AT_ONCE,
    SILENT,
    Candidate,
    CircleTimes,
    answer_rate,
    circle,
    fair_share,
    phones_for,
    ring_order,
)
from routing.skills import skills_wanted
from routing.vocabulary import Language, Presence, Role, Urgency

TIMES = CircleTimes(wider=20, backup=30, supervisors=45)
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
FIRST = circle(0, Urgency.NONE, TIMES, answer_rate(0, 0))


def counselor(number: int, *skills: str, idle_minutes: int = 0) -> Candidate:
    return Candidate(
        id=uuid.UUID(int=number),
        role=Role.COUNSELOR,
        languages=frozenset({"en"}),
        on_shift=True,
        presence=Presence.AVAILABLE,
        on_a_leg=False,
        times_rung=0,
        passed=False,
        idle_since=NOON - timedelta(minutes=idle_minutes),
        skills=frozenset(skills),
    )


def first(people: list[Candidate], wanted: frozenset[str] = frozenset()) -> list[int]:
    return [c.id.int for c in ring_order(people, Language.ENGLISH, FIRST, 0, wanted=wanted)]


def test_skill_goes_before_idle_time_and_idle_time_decides_among_equals() -> None:
    people = [counselor(1, idle_minutes=90), counselor(2, idle_minutes=60), counselor(3, "veterans", idle_minutes=5)]
    assert first(people) == [1, 2]
    assert first(people, frozenset({"veterans"})) == [3, 1]


def test_a_wish_narrows_the_choice_while_somebody_meets_it_and_language_goes_before_it() -> None:
    woman, man = counselor(1, "female", idle_minutes=5), counselor(2, "male", idle_minutes=60)
    spanish = replace(counselor(3, "male"), languages=frozenset({"en", "es"}))
    order = lambda people, wish, language=Language.ENGLISH: [  # noqa: E731
        c.id.int for c in ring_order(people, language, FIRST, 0, wish=wish)
    ]
    assert order([woman, man], "female") == [1]
    assert order([man, replace(woman, on_shift=False)], "female") == [2], "rather a man than nobody"
    assert order([woman, man], None) == [2, 1], "the wish has expired"
    assert order([woman, man, spanish], "female", Language.SPANISH) == [3], "language first"
    assert order([woman, man], None, Language.SPANISH) == [2, 1], "with an interpreter line rather than nobody"


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("Can I talk to a woman please?", "female"),
        ("I'd rather not speak with a man", "female"),
        ("do you have a male counselor", "male"),
        ("Prefiero hablar con una señora.", "female"),
        ("no quiero hablar con un hombre", "female"),
        ("quisiera que me atienda una mujer, por favor", "female"),
        ("I need to talk to a man who sold me fentanyl", None),
        ("my son needs help, he is a young man", None),
        ("talk to a woman or talk to a man, I don't care", None),
        ("I have a girl and a boy at home", None),
        ("no, quiero hablar con una mujer", "female"),
        ("mi mujer toma Klonopin", None),
        ("", None),
    ],
)
def test_with_whom_somebody_would_rather_speak_is_read_from_their_words(words: str, wish: str | None) -> None:
    assert counselor_wish(words) == wish


def test_skills_are_read_from_what_is_known() -> None:
    wanted = skills_wanted(Urgency.CALL_911, true=["veteran"], for_whom="child", age="16", substances=["fentanyl"])
    assert wanted == {"crisis", "veterans", "family", "youth", "fentanyl"}
    assert skills_wanted(Urgency.NONE, true=[], for_whom="self", age=None, substances=[]) == frozenset()


@pytest.mark.parametrize(
    ("answered", "rung", "widths"),
    [(0, 0, (2, 4, 8)), (3, 3, (2, 4, 7)), (200, 200, (1, 2, 3)), (60, 200, (6, 8, 8)), (0, 200, (8, 8, 8))],
)
def test_the_width_grows_when_a_ring_is_not_answered_at_once_and_as_the_deadline_nears_and_is_learnt(
    answered: int, rung: int, widths: tuple[int, int, int]
) -> None:
    rate = answer_rate(answered, rung)
    first, after_a_silent_ring, late = widths
    seen = tuple(circle(waited, Urgency.NONE, TIMES, rate).width for waited in (0, SILENT - 0.1, SILENT, 20, 45))
    assert seen == (first, first, after_a_silent_ring, after_a_silent_ring, late)


def test_danger_starts_one_step_further_out_and_no_rate_rings_more_than_a_dial_takes() -> None:
    assert circle(0, Urgency.CALL_911, TIMES, 0.7).width == circle(20, Urgency.NONE, TIMES, 0.7).width
    assert all(1 <= phones_for(sure, rate / 100) <= MOST_AT_ONCE for sure in (0.9, 0.9999) for rate in range(1, 101))


def test_callers_who_wait_for_the_same_counselors_do_not_take_them_from_each_other() -> None:
    assert [fair_share(4, free, callers) for free, callers in ((8, 1), (8, 4), (3, 4), (0, 2))] == [4, 2, 1, 1]


def test_what_the_roster_calls_them_is_what_callers_need() -> None:
    wanted = skills_wanted(
        Urgency.NONE, true=["pregnant", "dual_diagnosis", "detox"], for_whom=None, age=None, substances=[]
    )
    assert wanted == {"pregnancy", "dual_diagnosis", "detox"}


def test_over_a_shift_the_calls_are_shared_fairly() -> None:
    """Eight hours, six counselors, a call every 100 s of 3 to 15 minutes; the longest idle of the rung answers."""
    dice = random.Random(1)
    people = {number: counselor(number, idle_minutes=number) for number in range(6)}
    free_at = dict.fromkeys(people, NOON)
    taken: Counter[int] = Counter()
    for call in range(288):
        at = NOON + timedelta(seconds=100 * call)
        there = [replace(c, on_a_leg=free_at[n] > at) for n, c in people.items()]
        for answering in first(there)[:1]:
            free_at[answering] = at + timedelta(seconds=dice.uniform(180, 900))
            people[answering] = replace(people[answering], idle_since=free_at[answering])
            taken[answering] += 1
    assert max(taken.values()) <= 1.2 * min(taken.values()), taken
