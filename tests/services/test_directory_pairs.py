"""Two places that are perhaps one are asked about, joined with all that was said of them, and taken apart again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.bed_contacts import BedContact
from models.directory import Facility, Listing
from models.live_facts import newest_bed, reports_of, standing_fixes, standing_hold
from routing.vocabulary import BedLevel, Language, ReportKind
from services.directory.bed_phones import BedPhone, register_phone
from services.directory.beds import BedsTold, report_beds
from services.directory.fixes import fix_facility
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.pair_page import pairs_page
from services.directory.pairs import join_places, take_decision_back, tell_apart
from services.directory.place_page import place_page
from services.directory.refused import Refused
from services.directory.reports import hold_back, report_facility
from services.directory.searching import undo_import
from services.house import House
from tests.fixtures.directory import WriteCsv, place

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("zip_codes")

MILL = place("Mill House", street1="9 Mill Road", phone="617-555-0144")
MOVED = place("Canal Recovery", street1="80 Canal Road", phone="617-555-0144")
Editions = Callable[[], tuple[int, int, ImportResult]]


def take(house: House, path: Path, year: int) -> ImportResult:
    wish = ImportWish(path, "national", as_of=date(year, 1, 1), retire_confirmed=True)
    result = import_directory(house, wish, NOW)
    assert not result.errors, result.errors
    return result


def facility(house: House, name: str) -> int:
    with house.db.begin() as session:
        return session.scalars(select(Facility.id).where(Facility.key.startswith(name.lower()))).one()


@pytest.fixture
def editions(match_house: House, write_csv: WriteCsv) -> Editions:
    """Two editions of a list: Mill House goes, Canal Recovery comes with its phone. Both ids and the last import."""

    def import_both() -> tuple[int, int, ImportResult]:
        take(match_house, write_csv([place(), MILL]), 2024)
        say(match_house, facility(match_house, "mill"), "9am")
        last = take(match_house, write_csv([place(), MOVED]), 2025)
        return facility(match_house, "mill"), facility(match_house, "canal"), last

    return import_both


def say(house: House, facility_id: int, hours: str) -> None:
    assert fix_facility(house, facility_id, "admissions_hours", hours, "told", NOW, None) is None


def listed(house: House) -> dict[str, int]:
    with house.db.begin() as session:
        return {row.name1: row.facility_id for row in session.scalars(select(Listing))}


def test_a_joined_place_keeps_what_was_said_of_either_and_can_be_taken_apart(
    match_house: House, editions: Editions, write_csv: WriteCsv
) -> None:
    house = match_house
    mill, canal, last = editions()
    assert hold_back(house, mill, "unsafe", NOW + timedelta(days=90), NOW, None) is None
    say(house, canal, "10am")
    assert fix_facility(house, canal, "tip", "Ask for Jo.", "tip", NOW, None) is None
    assert report_beds(house, BedsTold(canal, BedLevel.DETOX, 3, "call"), NOW, None) is None
    assert report_facility(house, canal, ReportKind.FULL, NOW) is None
    phone = BedPhone(canal, "+16175550177", ("detox",), (9,), Language.ENGLISH, voice_only=False)
    assert register_phone(house, phone, NOW, None) is None
    page = pairs_page(house)
    (asked,) = page.pairs
    assert (page.total, asked.before.facility_id, asked.after.facility_id) == (1, mill, canal)
    assert asked.before.said == ("held", "fixed")
    assert not asked.before.listed
    assert {row.field: row.alike for row in asked.rows} == {
        "name1": False, "street1": False, "town": True, "phone": True
    }  # fmt: skip

    assert join_places(house, asked.id, "moved", LATER, None) is None
    assert listed(house) == {"Quay House": facility(house, "quay"), "Canal Recovery": mill}
    with house.db.begin() as session:
        assert {fix.field: fix.value for fix in standing_fixes(session, [mill])} == {
            "admissions_hours": "10am", "tip": "Ask for Jo."
        }  # fmt: skip
        assert standing_hold(session, mill) is not None
        bed = newest_bed(session, mill, BedLevel.DETOX)
        assert bed is not None
        assert bed.open == 3
        assert [report.kind for report in reports_of(session, mill)] == [ReportKind.FULL]
        assert session.scalars(select(BedContact.facility_id)).all() == [mill]
    shown = place_page(house, canal, LATER)
    assert shown is not None
    assert shown.facility_id == mill
    assert "joined" in {event.kind for event in shown.story}
    assert pairs_page(house).total == 0
    assert join_places(house, asked.id, "", LATER, None) is Refused.PAIR_DECIDED
    assert "places were joined" in (undo_import(house, last.import_id or 0, LATER) or "")
    again = take(house, write_csv([place(), {**MOVED, "phone": "617-555-0145"}]), 2026)
    assert (again.added, again.changed, again.retired) == (0, 1, 0), "the next edition knows it as the place kept"
    assert undo_import(house, again.import_id or 0, LATER) is None

    assert take_decision_back(house, asked.id, LATER, None) is None
    assert listed(house)["Canal Recovery"] == canal
    with house.db.begin() as session:
        assert [fix.value for fix in standing_fixes(session, [mill])] == ["9am"]
        assert {fix.field for fix in standing_fixes(session, [canal])} == {"admissions_hours", "tip"}
        assert standing_hold(session, mill) is not None
        assert standing_hold(session, canal) is None
        assert newest_bed(session, mill, BedLevel.DETOX) is None
        assert newest_bed(session, canal, BedLevel.DETOX) is not None
        assert session.scalars(select(BedContact.facility_id)).all() == [canal]
    (again_asked,) = pairs_page(house).pairs
    assert (again_asked.id, again_asked.before.values["name1"]) == (asked.id, "Mill House")
    left = place_page(house, mill, LATER)
    assert left is not None
    assert left.fact("name1").listed == "Mill House"
    assert undo_import(house, last.import_id or 0, LATER) is None
    assert listed(house)["Mill House"] == mill
    assert pairs_page(house).total == 0


def test_two_places_are_not_asked_about_again_even_by_the_same_file_anew(
    match_house: House, editions: Editions, write_csv: WriteCsv
) -> None:
    house = match_house
    _, _, last = editions()
    (asked,) = pairs_page(house).pairs
    assert tell_apart(house, asked.id, "another operator", LATER, None) is None
    assert undo_import(house, last.import_id or 0, LATER) is None
    anew = take(house, write_csv([place(), MOVED]), 2025)
    assert (anew.added, anew.retired, anew.perhaps) == (1, 1, [])
    page = pairs_page(house)
    assert (page.total, [pair.verdict for pair in page.decided]) == (0, ["two"])
    assert take_decision_back(house, asked.id, LATER, None) is None
    assert pairs_page(house, page=9).total == 1


def test_the_older_row_of_the_same_list_is_retired_by_the_join_and_comes_back(
    match_house: House, editions: Editions, write_csv: WriteCsv
) -> None:
    house = match_house
    mill, canal, _ = editions()
    older = import_directory(house, ImportWish(write_csv([MILL]), "list", as_of=date(2025, 1, 1)), NOW)
    assert older.added == 1
    take_in = ImportWish(write_csv([MOVED]), "list", as_of=date(2026, 1, 1))
    assert not import_directory(house, take_in, NOW).errors
    assert listed(house).keys() == {"Quay House", "Mill House", "Canal Recovery"}
    (asked,) = pairs_page(house).pairs
    assert join_places(house, asked.id, "", LATER, None) is None
    assert listed(house) == {"Quay House": facility(house, "quay"), "Canal Recovery": mill}
    assert take_decision_back(house, asked.id, LATER, None) is None
    assert {listed(house)[name] for name in ("Mill House", "Canal Recovery")} == {mill, canal}
