"""A directory file is taken whole or not at all, inside the scope it speaks for, and can be taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.database import Database
from models.directory import Facility, Listing, ListingHistory, take_directory
from models.directory_pairs import FacilityAlias
from models.versions import directory_versions
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.reports import hold_back
from services.directory.searching import past_imports, search_facilities, undo_import
from services.house import House
from tests.fixtures.directory import SAMPLE, WORKBOOK_HEADER, WriteCsv, place

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
REAL = Path(__file__).resolve().parents[3] / "shared" / "domain" / "data"
REAL_WORKBOOK = next(REAL.glob("national-directory-su*.xlsx"), None)
Counts = tuple[int, int, int, int, int]


pytestmark = pytest.mark.usefixtures("zip_codes")


def take(house: House, path: Path, **wish: object) -> ImportResult:
    return import_directory(house, ImportWish(path, **wish), NOW)  # type: ignore[arg-type]  # named by each test


def counts(result: ImportResult) -> Counts:
    assert not result.errors, result.errors
    return result.added, result.changed, result.unchanged, result.retired, len(result.refused)


def names(house: House) -> list[str]:
    with house.db.begin() as session:
        return sorted(session.scalars(select(Listing.name1)))


def workbook_row(name: str, *, zip_code: object = "02150", phone: str = "617-555-0123") -> list[object]:
    return [name, "", "1 Quay Street", "", "Chelsea", "MA", zip_code, phone, "", "", "", "", "SA DT * RD * MDET BDTX"]


def test_the_sample_directory_is_taken_whole(house: House) -> None:
    result = take(house, SAMPLE)
    assert counts(result) == (result.read, 0, 0, 0, 0)
    assert result.read > 50
    assert not result.notes
    assert not result.unknown_codes


def test_the_same_file_twice_changes_nothing(house: House, write_csv: WriteCsv) -> None:
    path = write_csv([place("Quay House"), place("Mill House")])
    assert counts(take(house, path)) == (2, 0, 0, 0, 0)
    with house.db.begin() as session:
        before = directory_versions(session)
    assert counts(take(house, path)) == (0, 0, 2, 0, 0)
    with house.db.begin() as session:
        assert directory_versions(session) == before
    assert len(past_imports(house)) == 1


def test_a_changed_row_keeps_its_facility_and_leaves_its_past(house: House, write_csv: WriteCsv) -> None:
    take(house, write_csv([place()]))
    result = take(house, write_csv([place(phone="617-555-0199")]))
    assert counts(result) == (0, 1, 0, 0, 0)
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 1
        assert session.scalars(select(Listing.phone)).all() == ["617-555-0199"]
        assert session.scalars(select(ListingHistory.image)).one()["phone"] == "617-555-0123"


def test_a_list_retires_nothing_and_a_whole_state_only_its_own(house: House, write_csv: WriteCsv) -> None:
    ohio = place("Ohio House", city="Dayton", state="OH", zip="45402")
    take(house, write_csv([place(f"House {n}") for n in range(20)] + [ohio]))
    assert counts(take(house, write_csv([place("House 0")]))) == (0, 0, 1, 0, 0)
    state = write_csv([place(f"House {n}") for n in range(1, 20)])
    assert counts(take(house, state, scope="state:MA")) == (0, 0, 19, 1, 0)
    assert "Ohio House" in names(house)
    assert "House 0" not in names(house)


def test_more_than_a_tenth_is_retired_only_when_confirmed(house: House, write_csv: WriteCsv) -> None:
    take(house, write_csv([place(f"House {n}") for n in range(10)]))
    few = write_csv([place(f"House {n}") for n in range(5)])
    refused = take(house, few, scope="national")
    assert "would retire 5 of 10 rows" in refused.errors[0]
    assert len(names(house)) == 10
    assert counts(take(house, few, scope="national", retire_confirmed=True)) == (0, 0, 5, 5, 0)


def test_a_dry_run_shows_the_difference_and_changes_nothing(house: House, write_csv: WriteCsv) -> None:
    take(house, write_csv([place("Quay House"), place("Mill House")]))
    result = take(
        house,
        write_csv([place("Quay House", phone=""), place("New House", street1="5 New Road", phone="")]),
        scope="national",
        dry_run=True,
    )
    assert counts(result) == (1, 1, 0, 1, 0)
    assert result.examples == {
        "added": ["New House, Chelsea, MA"],
        "changed": ["Quay House, Chelsea, MA"],
        "retired": ["Mill House, Chelsea, MA"],
    }
    assert names(house) == ["Mill House", "Quay House"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name1": " "}, "it has no name"),
        ({"zip": "00000"}, "ZIP code 00000 does not exist"),
        ({"zip": "2150"}, "2150 is no ZIP code of five digits"),
        ({"state": "ZZ"}, "ZZ is no state or territory"),
        ({"codes": ""}, "it names no service"),
        ({"codes": "SA D;T"}, "D;T is no service code"),
        ({"name1": "<b>Quay</b>"}, "name1 holds HTML"),
        ({"name1": "=1+1"}, "name1 holds a formula"),
        ({"name1": "Q" * 600}, "name1 is longer than 500 characters"),
        ({"kind": "XX"}, "kind XX is neither SU nor MH"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_reason(
    house: House, write_csv: WriteCsv, wrong: dict[str, str], why: str
) -> None:
    result = take(house, write_csv([place(), place("Odd House", **{k: v for k, v in wrong.items() if k != "name1"})
                                    | {k: v for k, v in wrong.items() if k == "name1"}]))  # fmt: skip
    assert counts(result) == (1, 0, 0, 0, 1)
    assert result.refused == [(3, why)]


def test_filler_phones_are_left_out_and_extensions_kept(house: House, write_csv: WriteCsv) -> None:
    phones = ("(999) 999-9999", "000-000-0000", "617-555-0123 x42")
    result = take(house, write_csv([place(name, phone=phone) for name, phone in zip("ABC", phones, strict=True)]))
    assert result.notes == [
        (line, f"the phone number {phones[line - 2]} is a filler and was left out") for line in (2, 3)
    ]
    with house.db.begin() as session:
        assert session.scalars(select(Listing.phone).order_by(Listing.name1)).all() == ["", "", "617-555-0123 x42"]
        assert session.scalars(select(Listing.operator).order_by(Listing.name1)).all() == [0, 0, 6175550123]


def test_military_zip_codes_and_guam_are_taken(house: House, write_csv: WriteCsv) -> None:
    guam = place("Guam House", city="Hagatna", state="GU", zip="96910")
    base = place("Base House", city="APO", state="NY", zip="09001")
    assert counts(take(house, write_csv([guam, base]))) == (2, 0, 0, 0, 0)


def test_rows_with_the_same_key_are_one_facility_with_two_listings(house: House, write_csv: WriteCsv) -> None:
    take(house, write_csv([place("Quay House"), place("QUAY  house!", street2="Suite 2")]))
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 1
        assert session.scalar(select(func.count()).select_from(Listing)) == 2


def test_an_import_is_undone_as_a_whole_and_only_the_newest(house: House, write_csv: WriteCsv) -> None:
    take(house, write_csv([place("A"), place("B")]))
    second = take(
        house, write_csv([place("A", phone="617-555-0199"), place("C")]), scope="national", retire_confirmed=True
    )
    first = past_imports(house)[-1]
    assert "only the newest" in (undo_import(house, first.id, NOW) or "")
    assert second.import_id is not None
    assert undo_import(house, second.import_id, NOW) is None
    assert names(house) == ["A", "B"]
    with house.db.begin() as session:
        assert set(session.scalars(select(Listing.phone))) == {"617-555-0123"}
    assert undo_import(house, first.id, NOW) is None
    assert names(house) == []


def test_two_imports_at_once_do_not_mix(house: House, database: Database, engine: object, write_csv: WriteCsv) -> None:
    with Database(engine).begin() as other:  # type: ignore[arg-type]  # the engine fixture
        assert take_directory(other)
        result = take(house, write_csv([place()]))
    assert "Another import of the directory is running" in result.errors[0]


def test_a_workbook_with_numbers_for_zip_codes_is_read(house: House, write_workbook: Callable[..., Path]) -> None:
    result = take(house, write_workbook([workbook_row("Quay House", zip_code=2150)]))
    assert counts(result) == (1, 0, 0, 0, 0)
    assert (result.format, result.scope, result.edition) == ("samhsa_workbook", "national", "2023")


def test_lower_case_headers_of_other_years_are_known(house: House, write_workbook: Callable[..., Path]) -> None:
    header = [name.lower() for name in WORKBOOK_HEADER]
    assert counts(take(house, write_workbook([workbook_row("Quay House")], header))) == (1, 0, 0, 0, 0)


def test_an_unknown_header_is_refused_with_the_difference(house: House, write_workbook: Callable[..., Path]) -> None:
    header = [name if name != "Zip" else "Postcode" for name in WORKBOOK_HEADER]
    result = take(house, write_workbook([workbook_row("Quay House")], header))
    assert result.errors == (
        "su-2023.xlsx is no SAMHSA directory workbook: it lacks zip and it has postcode in its first row.",
    )
    assert names(house) == []


def test_invented_places_leave_with_the_first_real_file(house: House, write_csv: WriteCsv) -> None:
    take(house, SAMPLE, sample=True)
    assert counts(take(house, write_csv([place("Real House")]))) == (1, 0, 0, 0, 0)
    assert names(house) == ["Real House"]
    take(house, SAMPLE, sample=True)
    assert names(house) == ["Real House"]


def test_search_finds_by_every_word_and_state(house: House) -> None:
    take(house, SAMPLE)
    found = search_facilities(house, "lantern boston", "ma")
    assert [row.name1 for row in found.listings] == ["Lantern Street Recovery"]
    everything = search_facilities(house, "", page=3)
    assert (everything.page, everything.pages) == (3, 3)
    assert search_facilities(house, "100% sure").total == 0


@pytest.mark.slow
@pytest.mark.skipif(REAL_WORKBOOK is None, reason="the real workbook lies beside the project only where it is built")
def test_the_real_workbook_is_taken_whole_twice(house: House) -> None:
    assert REAL_WORKBOOK is not None
    assert counts(take(house, REAL_WORKBOOK)) == (12744, 0, 0, 0, 0)
    assert counts(take(house, REAL_WORKBOOK)) == (0, 0, 12744, 0, 0)
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 12736


def test_a_new_spelling_keeps_the_facility_and_what_people_said_of_it(house: House, write_csv: WriteCsv) -> None:
    rows = [place(f"House {n}", street1=f"{n} Quay St", phone=f"617-555-01{n:02d}") for n in range(1, 5)]
    take(house, write_csv(rows), scope="national")
    with house.db.begin() as session:
        held = session.scalars(select(Facility.id).order_by(Facility.id)).first()
    assert held is not None
    assert hold_back(house, held, "unsafe", NOW + timedelta(days=90), NOW, None) is None
    anew = [row | {"street1": row["street1"].replace(" St", " Street")} for row in rows]
    anew[1] |= {"name1": "House Two, Inc."}
    second = take(house, write_csv(anew), scope="national")
    assert counts(second) == (0, 4, 0, 0, 0)
    assert not second.marked
    assert not second.perhaps
    with house.db.begin() as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 4
        assert held in session.scalars(select(Listing.facility_id)).all()
    again = [*anew[:3], anew[3] | {"phone": "617-555-0199"}]
    assert counts(take(house, write_csv(again), scope="national")) == (0, 1, 3, 0, 0)
    for past in past_imports(house)[:2]:
        assert undo_import(house, past.id, NOW) is None
    with house.db.begin() as session:
        assert set(session.scalars(select(Listing.street1))) == {row["street1"] for row in rows}
        assert not session.scalar(select(func.count()).select_from(FacilityAlias))


def test_a_place_that_is_only_half_alike_is_named_and_so_is_a_held_one_that_leaves(
    house: House, write_csv: WriteCsv
) -> None:
    take(house, write_csv([place("Quay House"), place("Mill House", street1="9 Mill Road", phone="617-555-0144")]))
    with house.db.begin() as session:
        mill = session.scalars(select(Facility.id).where(Facility.key.startswith("mill"))).one()
    assert hold_back(house, mill, "unsafe", NOW + timedelta(days=90), NOW, None) is None
    moved = place("Mill Recovery", street1="80 Canal Road", phone="617-555-0144")
    result = take(house, write_csv([place("Quay House"), moved]), scope="national", dry_run=True)
    assert counts(result) == (1, 0, 1, 1, 0)
    assert result.perhaps == [("Mill House, 9 Mill Road, Chelsea, MA", "Mill Recovery, 80 Canal Road, Chelsea, MA")]
    assert result.marked == ["Mill House, Chelsea, MA (do not refer)"]


def test_an_older_edition_brings_nothing_back_and_an_undo_keeps_the_days(house: House, write_csv: WriteCsv) -> None:
    old = write_csv([place("A"), place("B", street1="7 Elm Road", phone="617-555-0107")])
    few = write_csv([place("A")])
    confirmed: dict[str, object] = {"scope": "national", "retire_confirmed": True}
    take(house, old, as_of=date(2021, 1, 1), **confirmed)
    take(house, write_csv([place("A"), place("C", street1="8 Elm Road")]), as_of=date(2024, 1, 1))
    newest = take(house, few, as_of=date(2025, 1, 1), scope="national", retire_confirmed=True)
    assert newest.retired == 2
    back = take(house, old, as_of=date(2024, 6, 1), **confirmed)
    assert (counts(back), back.left) == ((0, 0, 1, 0, 0), 1)
    assert names(house) == ["A"]
    assert newest.import_id is not None
    assert undo_import(house, newest.import_id, NOW) is None
    with house.db.begin() as session:
        a = session.scalars(select(Listing).where(Listing.name1 == "A")).one()
        assert a.seen.as_of == date(2024, 1, 1)
    future = take(house, old, as_of=date(2099, 1, 1), **confirmed)
    assert "is still to come" in future.errors[0]
