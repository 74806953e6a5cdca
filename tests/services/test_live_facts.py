"""What people learn by the hour reaches the next match in every process, counts as long as it may, and is replayed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.live_facts import reports_of
from routing.vocabulary import BedLevel, ReportKind
from services.directory.beds import BedsTold, report_beds
from services.directory.checks import calls_of_the_day, finish_check
from services.directory.desk_lists import checks, day_calls
from services.directory.fixes import fix_facility, take_fix_back
from services.directory.importing import ImportWish, import_directory
from services.directory.refused import Refused
from services.directory.reports import confirm_report, hold_back, release, report_facility
from services.house import House
from services.match_desk import MatchDesk
from services.match_replay import replay_match
from services.matching import AskedBy, Matches, desk_of, find_matches, read_profiles
from tests.fixtures.directory import WriteCsv, place

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NEED = {"zip": "02150", "substances": ["clonazepam"], "payer": "medicaid"}
PHONES = {name: f"617-555-01{number:02d}" for number, name in enumerate(("A", "B", "C", "D"))}


@pytest.fixture
def town(match_house: House, write_csv: WriteCsv) -> House:
    """Four equal places in one ZIP code, each its own operator."""
    rows = [place(name, phone=phone) for name, phone in PHONES.items()]
    assert not import_directory(match_house, ImportWish(write_csv(rows)), NOW).errors
    return match_house


def ask(house: House, now: datetime = NOW, **more: Any) -> Matches:
    (profile,) = read_profiles(house, [("", {**NEED, **more})]).profiles
    with house.db.begin() as session:
        return find_matches(desk_of(house), session, profile, now, asked_by=AskedBy())


def order(house: House, now: datetime = NOW, **more: Any) -> list[str]:
    return [found.listing.name1 for found in ask(house, now, **more).places]


def facility(house: House, name: str) -> int:
    return next(found.entry.facility for found in ask(house).places if found.listing.name1 == name)


def points(house: House, name: str, now: datetime = NOW) -> list[str]:
    shown = ask(house, now).as_json(desk_of(house).phrases)["results"]
    return next([*row["reasons"], *row["open_points"]] for row in shown if row["name"] == name)


def other_process(house: House) -> House:
    """The same database seen by a process that has built its own index."""
    desk = desk_of(house)
    return replace(house, match_desk=MatchDesk(desk.catalog, desk.settings, desk.phrases, desk.version))


def told(house: House, name: str, count: int, at: datetime = NOW) -> None:
    assert report_beds(house, BedsTold(facility(house, name), BedLevel.DETOX, count, "call"), at) is None


def test_a_fresh_open_bed_comes_first_in_every_process(town: House) -> None:
    far_away = other_process(town)
    last = order(far_away)[-1]
    told(town, last, 2)
    assert order(far_away)[0] == last
    assert "Said 0 h ago that it has open beds: 2. Call to confirm." in points(far_away, last)


def test_a_process_that_is_older_than_the_directory_finds_places_once_it_is_imported(
    match_house: House, write_csv: WriteCsv
) -> None:
    with match_house.db.begin() as session:
        session.execute(text("DELETE FROM zip_code"))
        assert not len(desk_of(match_house).current(session).matcher.index.zips.codes)
    assert not import_directory(match_house, ImportWish(write_csv([place("A")])), NOW).errors
    assert order(match_house) == ["A"]


def test_a_bed_count_grows_stale_and_then_unknown(town: House) -> None:
    last = order(town)[-1]
    told(town, last, 2)
    stale, unknown = NOW + timedelta(hours=13), NOW + timedelta(hours=25)
    assert "Its bed count is 13 h old: call to confirm." in points(town, last, stale)
    assert "Ask whether there is a place today." in points(town, last, unknown)
    assert not any("open beds" in sentence for sentence in points(town, last, unknown))


def test_zero_beds_earn_nothing_and_are_said(town: House) -> None:
    before = order(town)
    told(town, before[-1], 0)
    assert order(town) == before
    assert "Said 0 h ago that it is full: ask for the waiting list." in points(town, before[-1])


@pytest.mark.parametrize(("count", "total"), [(-1, None), (5_000, None), (3, 2)])
def test_impossible_bed_counts_are_refused(town: House, count: int, total: int | None) -> None:
    wrong = BedsTold(facility(town, "A"), BedLevel.DETOX, count, "call", total)
    assert report_beds(town, wrong, NOW) is not None


def test_one_report_demotes_nobody_and_opens_a_check(town: House) -> None:
    before = order(town)
    first = facility(town, before[0])
    assert report_facility(town, first, ReportKind.FULL, NOW, actor_id=None, contact_id=None) is None
    assert order(town) == before
    call = next(iter(calls_of_the_day(town, NOW)))
    assert (call.facility_id, call.why) == (first, "full")


def test_two_reports_demote_until_they_expire(town: House) -> None:
    before = order(town)
    first = facility(town, before[0])
    for _ in range(2):
        report_facility(town, first, ReportKind.FULL, NOW)
    assert order(town)[-1] == before[0]
    assert "Reported full lately." in points(town, before[0])
    later = NOW + timedelta(days=31)
    assert not any("Reported" in sentence for sentence in points(town, before[0], later))


def test_an_admins_word_counts_until_somebody_finds_the_place_as_we_say(town: House) -> None:
    before = order(town)
    first = facility(town, before[0])
    report_facility(town, first, ReportKind.WRONG_NUMBER, NOW)
    with town.db.begin() as session:
        (report,) = reports_of(session, first)
    assert confirm_report(town, report.id, NOW, None) is None
    assert order(town, NOW + timedelta(days=500))[-1] == before[0]
    finish_check(town, first, NOW, None, verified=True)
    assert order(town) == before
    shown = ask(town).as_json(desk_of(town).phrases)["results"]
    assert next(iter(shown)).get("verified_on") == "2026-11-20"
    assert first not in {call.facility_id for call in calls_of_the_day(town, NOW)}


def test_a_payer_that_was_not_taken_counts_for_callers_with_that_payer_only(town: House) -> None:
    before = order(town)
    first = facility(town, before[0])
    assert report_facility(town, first, ReportKind.PAYER, NOW) is not None
    for _ in range(2):
        assert report_facility(town, first, ReportKind.PAYER, NOW, payer="medicaid") is None
    assert order(town)[-1] == before[0]
    assert "Lists Medicaid, but lately did not take it: ask first, and ask your plan." in points(town, before[0])
    assert order(town, payer="private") == before


def test_do_not_refer_hides_a_place_and_the_answer_says_how_many(town: House) -> None:
    before = order(town)
    first = facility(town, before[0])
    assert hold_back(town, first, " ", NOW + timedelta(days=30), NOW, None) is Refused.REASON
    assert hold_back(town, first, "asked for money", NOW + timedelta(days=30), NOW, None) is None
    found = ask(town)
    assert before[0] not in [one.listing.name1 for one in found.places]
    assert found.answer.held_back == 1
    assert "Not shown because of a recorded concern: 1." in found.as_json(desk_of(town).phrases)["advice"]
    assert release(town, first, NOW, None) is None
    assert order(town) == before


def test_an_admins_correction_wins_over_the_next_import_and_is_shown(town: House, write_csv: WriteCsv) -> None:
    first = facility(town, "A")
    assert fix_facility(town, first, "phone", "617-555-0188", "they called us", NOW, None) is None
    assert fix_facility(town, first, "codes_removed", "BDTX", "no longer", NOW, None) is None
    import_directory(town, ImportWish(write_csv([place("A", phone="617-555-0155")])), NOW)
    assert "A" not in order(town)
    assert take_fix_back(town, first, "codes_removed", NOW, None) is None
    shown = ask(town).as_json(desk_of(town).phrases)["results"]
    (row,) = [row for row in shown if row["name"] == "A"]
    assert (row["phone"], row["fixed"]) == ("617-555-0188", ("phone",))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sponsor", "x"), ("zip5", "2150"), ("zip5", "00000"), ("zip5", "99999"), ("state", "mass"), ("state", "ZZ"),
        ("codes_added", "B;"), ("codes_added", "BDTXX"), ("name1", " "), ("name1", "<b>x</b>"), ("name2", "=cmd()"),
    ],
)  # fmt: skip
def test_corrections_that_make_no_sense_are_refused(town: House, field: str, value: str) -> None:
    assert fix_facility(town, facility(town, "A"), field, value, "why not", NOW, None) is not None


def test_the_desk_rings_listed_places_only_and_can_still_close_what_is_open_about_others(
    town: House, write_csv: WriteCsv
) -> None:
    gone = [facility(town, name) for name in "AB"]
    assert hold_back(town, gone[0], "closed", NOW + timedelta(days=30), NOW, None) is None
    assert report_facility(town, gone[1], ReportKind.FULL, NOW) is None
    rows = [place(name, phone=PHONES[name]) for name in "CD"]
    left = import_directory(
        town, ImportWish(write_csv(rows), scope="national", retire_confirmed=True), NOW + timedelta(days=3)
    )
    assert len(left.marked) == 2
    assert {call.line.name for call in day_calls(town, NOW)} == {"C", "D"}
    assert report_facility(town, gone[1], ReportKind.FULL, NOW) is None
    found = checks(town)
    assert [line.name for line, *_ in found.holds] == ["A"]
    assert [check.line.name for check in found.checks] == ["B"]


def test_a_stored_match_is_made_again_to_the_same_list_after_everything_changed(
    town: House, write_csv: WriteCsv
) -> None:
    told(town, "C", 4)
    kept = ask(town)
    assert kept.record.id is not None
    first = kept.places[0].entry
    hold_back(town, first.facility, "closed", NOW + timedelta(days=30), NOW, None)
    told(town, "D", 9)
    fix_facility(town, facility(town, "D"), "phone", "617-555-0100", "the same phone", NOW, None)
    elsewhere = place("E", street1="9 Canal Street", phone="617-555-0177")  # or the hold would be taken to mean it too
    import_directory(
        town, ImportWish(write_csv([elsewhere]), scope="national", retire_confirmed=True), NOW + timedelta(days=3)
    )
    again = replay_match(town, kept.record.id)
    assert again is not None
    assert again.same
    assert again.same_inputs
    assert order(town, NOW + timedelta(days=3)) == ["E"]
