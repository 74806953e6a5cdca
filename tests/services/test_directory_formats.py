"""Every format is known by its header alone, means what its edition means, and anything else is refused in words."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.directory import Listing
from services.directory.files import edition_of
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.locator_csv import editions
from services.house import House
from tests.fixtures.directory import WriteCsv, place

pytestmark = pytest.mark.usefixtures("zip_codes")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SITE = {
    "name1": "Quay House", "street1": "1 Quay Street", "city": "Chelsea", "state": "MA", "zip": "02150",
    "phone": "617-555-0123", "website": "https://", "latitude": "42.39", "longitude": "-71.03", "type_facility": "SU",
}  # fmt: skip


def take(house: House, path: Path, **wish: object) -> ImportResult:
    return import_directory(house, ImportWish(path, **wish), NOW)  # type: ignore[arg-type]  # named by each test


def only(house: House) -> Listing:
    with house.db.begin() as session:
        return session.scalars(select(Listing)).one()


def write_locator(folder: Path, house: House, year: int, *sites: Mapping[str, str], padded: bool = False) -> Path:
    """An invented export of FindTreatment.gov in the layout of a year."""
    header = next(sorted(edition.header) for edition in editions(house.service_codes) if edition.year == year)
    path = folder / f"export_{year}_09_01.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL if year == 2026 else csv.QUOTE_MINIMAL)
        writer.writerow([f"  {name} " if padded else name for name in header])
        writer.writerows([site.get(name, "") for name in header] for site in sites)
    return path


def test_the_export_of_2025_pads_its_names(house: House, tmp_path: Path) -> None:
    path = write_locator(tmp_path, house, 2025, {**SITE, "sa": "1", "mi": "1", "snr": "1"}, padded=True)
    result = take(house, path)
    assert (result.format, result.added, result.edition) == ("findtreatment_csv_2025", 1, "2025-09-01")
    listing = only(house)
    assert set(listing.codes.split()) == {"SA", "MI", "SNR"}
    assert (listing.website, listing.latitude) == ("", 42.39)


def test_mi_and_ssa_mean_other_things_in_the_export_of_2026(house: House, tmp_path: Path) -> None:
    """Read as in 2025, hundreds of sites would be said to take TRICARE."""
    path = write_locator(tmp_path, house, 2026, {**SITE, "mi": "1", "ssa": "1", "tricare": "", "cosmi": "1"})
    assert take(house, path).format == "findtreatment_csv_2026"
    assert set(only(house).codes.split()) == {"MOTI", "STAG", "SUMH"}


def test_two_columns_of_2026_are_one_code(house: House, tmp_path: Path) -> None:
    take(house, write_locator(tmp_path, house, 2026, {**SITE, "cosmi": "1", "cosed": "1", "asl": "1"}))
    assert sorted(only(house).codes.split()) == ["AH", "SUMH"]


def test_a_header_with_one_unknown_column_is_refused_by_name(house: House, tmp_path: Path) -> None:
    path = write_locator(tmp_path, house, 2025, {**SITE, "sa": "1"})
    path.write_text(path.read_text(encoding="utf-8").replace("tricare", "x").replace(",dt,", ",detoxing,", 1))
    (error,) = take(house, path).errors
    assert "against FindTreatment.gov's CSV of 2025, it lacks dt and it has detoxing." in error


def test_one_place_listed_for_two_kinds_of_care_is_one_facility(house: House, tmp_path: Path) -> None:
    other = {**SITE, "type_facility": "MH", "mh": "1"}
    assert take(house, write_locator(tmp_path, house, 2025, {**SITE, "sa": "1"}, other)).added == 2
    with house.db.begin() as session:
        assert len(set(session.scalars(select(Listing.facility_id)))) == 1


def test_swapped_coordinates_are_put_right_and_impossible_ones_left_out(house: House, tmp_path: Path) -> None:
    swapped = {**SITE, "name1": "A", "latitude": "-71.03", "longitude": "42.39", "sa": "1"}
    far = {**SITE, "name1": "B", "latitude": "25.76", "longitude": "-80.19", "sa": "1"}
    result = take(house, write_locator(tmp_path, house, 2025, swapped, far))
    assert [sentence.split(";")[0] for _, sentence in result.notes] == [
        "latitude and longitude were swapped and have been put right",
        "its coordinates are more than 60 miles from ZIP 02150",
    ]
    with house.db.begin() as session:
        points = session.execute(select(Listing.latitude, Listing.longitude).order_by(Listing.name1)).all()
        assert [tuple(point) for point in points] == [(42.39, -71.03), (None, None)]


def locator_json(folder: Path, *rows: Mapping[str, object]) -> Path:
    path = folder / "locator.json"
    path.write_text(json.dumps({"page": 1, "totalPages": 1, "recordCount": len(rows), "rows": rows}), encoding="utf-8")
    return path


def json_site(**fields: object) -> dict[str, object]:
    services = [
        {"f1": "Type of Care", "f2": "TC", "f3": "Substance use treatment; Detoxification"},
        {"f1": "Age Groups Accepted", "f2": "AGE", "f3": "Young adults; Moon people"},
    ]
    return {**SITE, "typeFacility": "SA", "services": services, **fields}


def test_labels_of_the_locator_become_codes_by_their_category(house: House, tmp_path: Path) -> None:
    result = take(house, locator_json(tmp_path, json_site()))
    assert (result.format, result.added) == ("findtreatment_json", 1)
    assert sorted(only(house).codes.split()) == ["DT", "SA", "YAD"]
    assert result.notes == [(1, "1 services have no code and were left out, such as 'Moon people'")]


def test_a_programme_for_some_only_is_never_taken_for_one_for_all(house: House, tmp_path: Path) -> None:
    def serving(name: str, label: str) -> dict[str, object]:
        care = {"f1": "Type of Care", "f2": "TC", "f3": "Detoxification; Psychotropic medication"}
        return json_site(name1=name, services=[care, {"f1": "Exclusive Services", "f2": "EXCL", "f3": label}])

    known = serving("Clinic", "Methadone and buprenorphine clients only; All Clients in Opioid Treatment Program")
    result = take(house, locator_json(tmp_path, known, serving("Moon House", "Moon people only")))
    assert sorted(only(house).codes.split()) == ["DT", "MMD", "OUDO"]
    assert result.refused == [(2, "whom it serves only is not known: 'Moon people only'")]


def test_practitioners_are_refused_and_programmes_without_services_kept(house: House, tmp_path: Path) -> None:
    path = locator_json(
        tmp_path, json_site(typeFacility="PRACTITIONER"), json_site(typeFacility="OTP", services=None, name1="Clinic")
    )
    result = take(house, path)
    assert result.refused == [(1, "typeFacility PRACTITIONER is no facility")]
    assert (only(house).kind, only(house).codes) == ("OTP", "OTP")


def test_a_locator_file_that_ends_early_changes_nothing(house: House, tmp_path: Path) -> None:
    path = locator_json(tmp_path, *(json_site(name1=f"House {n}") for n in range(50)))
    path.write_text(path.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    assert take(house, path).errors == ("locator.json cannot be taken: it ends in the middle or is no JSON. "
                                        "Download it again.",)  # fmt: skip
    with house.db.begin() as session:
        assert session.scalars(select(Listing)).all() == []


def test_a_file_of_a_month_is_an_edition_of_that_month() -> None:
    from datetime import date

    assert edition_of(Path("ca_dhcs_2026_08.csv")) == ("2026-08", date(2026, 8, 1))
    assert edition_of(Path("national-directory-su-2023.xlsx")) == ("2023", date(2023, 1, 1))


def test_an_older_edition_never_overwrites_a_newer_one(house: House, write_csv: WriteCsv) -> None:
    from datetime import date

    take(house, write_csv([place(phone="617-555-0111")]), as_of=date(2026, 1, 1))
    older = take(house, write_csv([place(phone="617-555-0122"), place("Other")]), as_of=date(2024, 1, 1))
    assert (older.added, older.changed, older.unchanged, older.left) == (1, 0, 0, 1)
    with house.db.begin() as session:
        assert "617-555-0111" in session.scalars(select(Listing.phone)).all()
