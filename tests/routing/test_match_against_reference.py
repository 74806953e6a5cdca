"""The fast match and the slow reading of the rules agree, and every list keeps the promises of R15."""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings

from routing.match_need import Outcome
from routing.match_profile import Profile, read_profile
from routing.matching import Entry, MatchAnswer
from tests.routing import match_reference as reference
from tests.routing.match_reference import Row
from tests.routing.match_world import CATALOG, FLAGS, NOW, PAYERS, PLACES, SUBSTANCES, matcher, profiles, rows

Listed = tuple[list[Row], list[Entry], MatchAnswer]


def ask(data: dict[str, Any], directory: list[Row]) -> Listed:
    """The rows in the order of the list, their entries, and the answer."""
    profile = read_profile(data, CATALOG)
    assert isinstance(profile, Profile), profile
    real = matcher(directory)
    answer = real.match(profile, NOW)
    entries = real.entries(answer)
    by_listing = {row.listing: row for row in directory}
    return [by_listing[entry.listing] for entry in entries], entries, answer


def centroid(zip_code: str) -> tuple[float, float] | None:
    """Where the ZIP lies; None when unknown or recorded as 0,0."""
    place = PLACES.get(zip_code)
    return (place[0], place[1]) if place and (place[0] or place[1]) else None


def has_place(row: Row) -> bool:
    return bool(row.lat or row.lon)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows())
def test_outcome_radius_and_eligible_set_are_those_of_the_slow_reading(
    data: dict[str, Any], directory: list[Row]
) -> None:
    listed, entries, answer = ask(data, directory)
    places = [row for row in directory if has_place(row)]
    wanted = reference.expected(data, places, SUBSTANCES, FLAGS, centroid(data["zip"]))
    assert answer.outcome == wanted.outcome
    assert answer.radius == wanted.radius
    assert {row.key for row in listed} == set(wanted.miles)
    assert len(listed) == len(wanted.miles)
    assert answer.relaxed == wanted.relaxed
    assert answer.situation.monitored == wanted.monitored or answer.outcome != Outcome.MATCH
    assert answer.shortfall == (wanted.outcome == "match" and len(wanted.miles) < 3)
    for row, entry in zip(listed, entries, strict=True):
        assert abs(entry.miles - wanted.miles[row.key]) < 1e-6


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows())
def test_the_first_three_are_different_operators_open_to_this_caller(
    data: dict[str, Any], directory: list[Row]
) -> None:
    listed, _, _ = ask(data, directory)
    top = listed[:3]
    operators = {operator(row) for row in listed}
    assert len({operator(row) for row in top}) == min(3, len(operators))
    others = {operator(row) for row in listed if not reference.conditional(data, row.codes)}
    if len(others) >= 3:
        assert not any(reference.conditional(data, row.codes) for row in top)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows())
def test_at_similar_distance_the_better_fit_comes_first(data: dict[str, Any], directory: list[Row]) -> None:
    listed, entries, _ = ask(data, directory)
    shown_before: set[str | int] = set()
    exempt = []
    for row in listed:
        exempt.append(operator(row) in shown_before)
        shown_before.add(operator(row))
    state = PLACES[data["zip"]][2] if data["zip"] in PLACES else ""
    for later in range(min(10, len(listed))):
        for earlier in range(later):
            if similar(entries[earlier].miles, entries[later].miles) and not exempt[later]:
                assert not better(data, listed[later], listed[earlier], state)
                nearer = entries[later].miles <= entries[earlier].miles
                assert not (nearer and surer(data, listed[later], listed[earlier], state))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows())
def test_after_the_first_three_the_points_never_rise(data: dict[str, Any], directory: list[Row]) -> None:
    _, entries, _ = ask(data, directory)
    for before, after in pairwise(entries[3:]):
        assert before.score >= after.score


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(), rows())
def test_places_beside_the_list_are_the_nearest_and_nearest_first(data: dict[str, Any], directory: list[Row]) -> None:
    profile, real = read_profile(data, CATALOG), matcher(directory)
    assert isinstance(profile, Profile), profile
    everybody = replace(real, settings=replace(real.settings, beyond_shown=len(directory)))
    for few, every in zip(real.match(profile, NOW).sections, everybody.match(profile, NOW).sections, strict=True):
        shown = [entry.miles for entry in few.entries]
        assert shown == sorted(entry.miles for entry in every.entries)[:3]
        assert len({entry.facility for entry in few.entries}) == len(shown)


def operator(row: Row) -> str | int:
    return row.phone or row.key


def similar(one: float, other: float) -> bool:
    return abs(one - other) <= max(2.0, 0.1 * min(one, other))


def surer(data: dict[str, Any], later: Row, earlier: Row, state: str) -> bool:
    """Whether only `earlier` may take others only, while gender or age are not known, and they are equal else."""
    qualities = [
        ("HID" in row.codes, reference.conditional(data, row.codes), reference.accepts(data, row, PAYERS, state),
         reference.level(row.codes), "SP" in row.codes, "AH" in row.codes)
        for row in (later, earlier)
    ]  # fmt: skip
    return qualities[0] == qualities[1] and not unsure(data, later.codes) and unsure(data, earlier.codes)


def unsure(data: dict[str, Any], codes: Collection[str]) -> bool:
    one_gender = not data["pregnant"] and data["gender"] is None and ("FEM" in codes) != ("MALE" in codes)
    return one_gender or (data["age"] is None and "AD" in codes and not {"ADLT", "YAD", "SNR"} & set(codes))


def better(data: dict[str, Any], later: Row, earlier: Row, state: str) -> bool:
    """Whether R15.3 asks for `later` before `earlier`, given that they are similarly far."""
    if ("HID" in later.codes) != ("HID" in earlier.codes):
        return False
    if reference.conditional(data, later.codes) != reference.conditional(data, earlier.codes):
        return False
    tongue = {"es": "SP", "asl": "AH"}.get(data["language"] or "", "none")
    pays = [reference.accepts(data, row, PAYERS, state) for row in (later, earlier)]
    levels = [reference.level(row.codes) for row in (later, earlier)]
    speaks = [tongue in row.codes for row in (later, earlier)]
    if levels[0] == levels[1] and speaks[0] == speaks[1] and pays[0] > pays[1]:
        return True
    if levels[0] == levels[1] and pays[0] == pays[1] and speaks[0] > speaks[1]:
        return True
    wish = data["dual_diagnosis"] and pays[0] == pays[1] and speaks[0] == speaks[1]
    return bool(wish and levels[0] >= 1 and levels[1] == 0)
