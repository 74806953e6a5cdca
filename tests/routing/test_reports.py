"""The figures of reports equal a slow recount by hand of what made-up callers and counselors did."""

import random
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from routing.reports.figures import occupancy, service_figures
from routing.reports.journal import Call, by_contact, read_call
from routing.reports.outcomes import OutcomeCount
from routing.reports.week import advised, hours_of_week
from routing.spans import Span
from tests.routing.reported_calls import ENDS, START, WRAP_UP, Story, draw, timeline

TWO_WEEKS = Span(START, START + timedelta(days=14, seconds=-3600))  # the clocks go forward on the second Sunday


def told(seed: int, number: int = 250) -> tuple[list[Story], list[Call]]:
    dice = random.Random(seed)
    stories = [draw(dice) for _ in range(number)]
    events = [event for story in stories for event in timeline(story, dice)]
    calls = [call for one in by_contact(events) if (call := read_call(one, timedelta(seconds=WRAP_UP)))]
    return [story for story in stories if not story.turned_away], calls


@pytest.mark.parametrize("seed", range(4))
def test_every_figure_equals_a_slow_recount(seed: int) -> None:
    stories, calls = told(seed)
    figures = service_figures(calls)
    answered = [story for story in stories if story.end == "answered"]
    assert figures.offered == len(stories)
    assert [figures.ends[end] for end in ENDS] == [sum(story.end == end for story in stories) for end in ENDS]
    assert figures.within == (
        sum(story.wait <= 15 for story in answered) / len(stories),
        sum(story.wait <= 20 for story in answered) / len(stories),
    )
    assert figures.speed_of_answer == pytest.approx(sum(story.wait for story in answered) / len(answered), abs=1e-3)
    assert figures.abandoned == sum(story.end in ("gave_up", "lost") for story in stories) / len(stories)
    assert figures.gave_up_later == sum(story.again is not None and not story.again[1] for story in stories)
    assert figures.reached_later == sum(story.reached_later for story in stories)
    assert figures.gave_up_after == pytest.approx(median(s.wait for s in stories if s.end == "gave_up"), abs=1e-3)
    waits = [story.wait for story in stories if story.timed] + [story.again[0] for story in stories if story.again]
    lost = [call.first.seconds or 0.0 for call in calls if call.first.end == "lost"]  # known when our journal tells
    assert figures.longest == pytest.approx(max(waits + lost), abs=1e-3)
    assert figures.by_backup == sum(story.backup for story in stories)
    busy = [story.busy() for story in stories if story.busy()]
    assert figures.handle == pytest.approx(sum(busy) / len(busy), abs=1e-2)


def test_hours_of_the_week_and_occupancy_equal_a_slow_recount() -> None:
    stories, calls = told(99)
    zone = ZoneInfo("America/New_York")
    shifts = [Span(START + timedelta(days=n, hours=8), START + timedelta(days=n, hours=17)) for n in range(14)]
    hours = hours_of_week(calls, shifts, TWO_WEEKS, "America/New_York", 600.0)
    for hour in hours:
        here = [
            story
            for story in stories
            if (at := (START + timedelta(seconds=story.at)).astimezone(zone)).weekday() == hour.weekday
            and at.hour == hour.hour
        ]
        assert hour.figures.offered == len(here)
    assert sum(hour.times for hour in hours) == 14 * 24 - 1
    assert next(hour.times for hour in hours if (hour.weekday, hour.hour) == (6, 2)) == 1  # skipped once
    assert sum((hour.rostered or 0) * hour.times for hour in hours) == pytest.approx(14 * 9)
    everything = Span(START - timedelta(days=1), START + timedelta(days=30))
    busy = sum(story.busy() for story in stories)
    assert occupancy(calls, [everything], everything) == pytest.approx(busy / (31 * 86_400), rel=1e-3)
    assert occupancy(calls, [], everything) is None


def test_advice_is_erlangs_for_both_standards_and_never_nobody() -> None:
    assert advised(0.0, 600) == 1
    assert advised(200, 180) == 16  # 14 hold 80 % in 20 s, 15 hold 90 % in 20 s (Erlang C tables); 95 % ask for more
    assert service_figures([]).within == (None, None)


def test_what_became_of_contacts_is_counted_from_their_last_words() -> None:
    from uuid import uuid4

    from routing.reports.journal import Event

    def contact(*events: tuple[str, dict[str, object]]) -> list[Event]:
        who = uuid4()
        return [Event(who, START + timedelta(minutes=n), kind, data) for n, (kind, data) in enumerate(events)]

    need = {"zip3": "021", "state": "MA", "payer": "medicaid"}
    count = OutcomeCount()
    count.add(
        contact(
            ("opened", {}),
            ("counselor_wanted", {}),
            ("text_taken", {}),
            ("disposition", {"disposition": "information"}),
        )
    )
    count.add(
        contact(
            ("call_opened", {}),
            ("disposition", {"disposition": "information"}),
            ("need_noted", {**need, "places": 0}),
            ("disposition", {"disposition": "referred"}),
            ("need_noted", {**need, "places": 7}),
            ("places_texted", {"places": 3}),
            ("referral", {"referral": "sent", "listing": 1}),
            ("referral", {"referral": "sent", "listing": 2}),
            ("referral_outcome", {"referral": "accepted", "listing": 1}),
            ("referral_outcome", {"referral": "declined", "listing": 1}),
            ("follow_up_planned", {"follow_up": "week"}),
            ("follow_up_planned", {"follow_up": "week"}),
            ("follow_up_ended", {"follow_up": "week", "outcome": "replaced"}),
            ("follow_up_started", {"follow_up": "week", "attempt": 1}),
            ("follow_up_started", {"follow_up": "week", "attempt": 2}),
            ("follow_up_ended", {"follow_up": "week", "outcome": "wants_counselor"}),
        )
    )
    count.add(contact(("call_opened", {}), ("need_noted", {**need, "payer": None, "places": 0})))
    count.add(contact(("opened", {}), ("text_taken", {}), ("counselor_wanted", {})))  # danger, with a counselor there
    count.add(contact(("opened", {}), ("text_taken", {}), ("text_given_back", {}), ("counselor_wanted", {})))
    found = count.counted()
    assert (found.contacts, found.texts, found.texts_wanting, found.texts_taken, found.text_wait) == (5, 3, 3, 2, 30.0)
    assert found.dispositions == {"information": 1, "referred": 1}
    assert found.referrals == {"told": 3, "declined": 1, "sent": 1}
    (week,) = found.follow_ups
    assert (week.planned, week.begun, week.answered, week.answer_share) == (1, 1, 1, 1.0)
    (place,) = found.by_place
    assert (place.name, place.contacts, place.no_place, place.turned_down, place.unmet) == ("MA 021", 2, 1, 1, 2)
    assert [(row.name, row.unmet) for row in found.by_payer] == [("medicaid", 1), ("unknown", 1)]


def test_arrivals_are_told_apart_by_whether_a_follow_up_was_answered() -> None:
    from uuid import uuid4

    from routing.reports.journal import Event

    count = OutcomeCount()
    for came, answered in (("arrived", True), ("arrived", True), ("not_arrived", True), ("not_arrived", False)):
        who, end = uuid4(), {"follow_up": "week", "outcome": "yes" if answered else "no_answer"}
        told = (
            ("follow_up_started", {"attempt": 1}),
            ("referral_outcome", {"referral": came}),
            ("follow_up_ended", end),
        )
        count.add([Event(who, START, kind, data) for kind, data in told])
    count.add([Event(uuid4(), START, "referral_outcome", {"referral": "arrived"})])  # never followed up
    answered_one, silent = count.counted().arrivals
    assert (answered_one.arrived, answered_one.not_arrived, answered_one.share) == (2, 1, pytest.approx(2 / 3))
    assert (silent.arrived, silent.not_arrived, silent.share) == (0, 1, 0.0)
    assert (answered_one.interval.low, answered_one.interval.high) == pytest.approx((0.2077, 0.9385), abs=1e-4)
