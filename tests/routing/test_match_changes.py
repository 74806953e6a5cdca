"""A match over an index that was changed place by place answers as one over an index that was built anew."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.match_overlay import BedCount, Correction, FacilityFacts, Overlay
from routing.match_profile import Profile, read_profile
from routing.matching import Matcher
from routing.vocabulary import Need, ReportKind
from tests.routing.match_reference import Row
from tests.routing.match_world import CATALOG, NOW, PLACES, columns, matcher, profiles, row, rows

COUNTS = st.builds(BedCount, st.integers(0, 2), st.sampled_from([NOW, NOW - timedelta(hours=13)]))
BEDS = st.lists(st.tuples(st.sampled_from(list(Need)), COUNTS), max_size=2, unique_by=lambda bed: bed[0]).map(tuple)
REPORTS = st.lists(
    st.sampled_from(
        [Correction(ReportKind.FULL), Correction(ReportKind.FULL, None, NOW), Correction(ReportKind.PAYER, "medicaid")]
    ),
    max_size=2,
).map(tuple)
FACTS = st.builds(FacilityFacts, st.just(0), st.sampled_from([False, False, True]), BEDS, REPORTS)
# Which facility, what is said of it now, and its rows as corrected: codes and ZIP of another row; None: as they were
CHANGE = st.tuples(st.integers(0, 39), FACTS, st.none() | st.tuples(st.integers(0, 39), st.sampled_from(list(PLACES))))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows(), st.lists(CHANGE, max_size=6))
def test_changes_one_by_one_give_the_same_answer_as_building_anew(
    data: dict[str, Any], directory: list[Row], changes: list[tuple[int, FacilityFacts, tuple[int, str] | None]]
) -> None:
    profile = read_profile(data, CATALOG)
    assert isinstance(profile, Profile)
    changed, now, facts = matcher(directory), list(directory), dict[int, FacilityFacts]()
    for number, said, corrected in changes if directory else ():
        key = directory[number % len(directory)].key
        if corrected is not None:
            now = [_corrected(each, directory, *corrected) if each.key == key else each for each in now]
        changed, fact = _change(changed, now, key, said)
        facts[fact.facility] = fact
    assert _answer(changed, profile) == _answer(matcher(now, list(facts.values())), profile)


def _corrected(each: Row, directory: list[Row], other: int, zip_code: str) -> Row:
    lat, lon, state = PLACES[zip_code]
    codes = directory[other % len(directory)].codes
    return replace(each, codes=codes, zip=zip_code, lat=lat, lon=lon, state=state, phone=each.phone and 6175550199)


def _change(before: Matcher, now: list[Row], key: str, said: FacilityFacts) -> tuple[Matcher, FacilityFacts]:
    """As `services.match_reading.read_again` does it."""
    every = columns(now)
    at = [position for position, each in enumerate(now) if each.key == key]
    of_it = replace(every, **{name: getattr(every, name)[at] for name in vars(every)})
    facility = int(of_it.facilities[0])
    index = before.index.corrected(np.array([facility]), of_it)
    fact = replace(said, facility=facility)
    return replace(before, index=index, overlay=before.overlay.changed(index, [fact], 2)), fact


def _answer(asked: Matcher, profile: Profile) -> list[object]:
    answer = asked.match(profile, NOW)
    return [
        answer.outcome, answer.radius, answer.total, answer.held_back, answer.relaxed, answer.advice,
        asked.entries(answer), answer.sections,
    ]  # fmt: skip


def test_facts_come_and_go_and_a_bed_alone_moves_no_row() -> None:
    asked = matcher([row(1, "02150", "SA"), row(2, "02128", "SA"), row(3, "02128", "SA")])
    bed = FacilityFacts(2, beds=((Need.TREATMENT, BedCount(3, NOW)),))
    once = Overlay.build(asked.index, [bed, FacilityFacts(9, do_not_refer=True)], 1)
    again = once.changed(asked.index, [FacilityFacts(2), FacilityFacts(3, do_not_refer=True)], 2)
    assert [fact and fact.facility for fact in map(once.of, range(3))].count(2) == 1
    held = again.held_back(np.arange(3))
    assert [int(asked.index.facilities[position]) for position in np.flatnonzero(held)] == [3]
    assert again.facts == (FacilityFacts(9, do_not_refer=True), FacilityFacts(2), FacilityFacts(3, do_not_refer=True))
