"""California's licence list adds to places that are there already, and is no place of its own."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from models.directory import Listing
from services.directory.california import HEADER as CALIFORNIA
from services.directory.searching import search_facilities
from services.directory.sheets import sheets
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.services.test_directory_formats import NOW, take

pytestmark = pytest.mark.usefixtures("zip_codes")


def write_california(folder: Path, *rows: Mapping[str, str]) -> Path:
    """An invented list in the layout of California's licences."""
    path = folder / "ca_dhcs_2026_08_01.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CALIFORNIA)
        writer.writeheader()
        writer.writerows(rows)
    return path


LICENCE = {
    "license_number": "190001AP", "facility_name": "CANYON WREN", "address_line1": "66 CANYON WREN",
    "city": "LOS ANGELES", "state": "CA", "zip": "90026", "phone": "(213) 555-0136", "total_capacity": "20",
    "license_expiration": "2027-10-31", "offers_detox": "true", "setting_code": "RES",
}  # fmt: skip


def test_californias_licences_are_shown_with_the_place_at_the_same_address(
    match_house: House, write_csv: WriteCsv, tmp_path: Path
) -> None:
    wren = place("Canyon Wren Recovery", street1="66 Canyon Wren", city="Los Angeles", state="CA", zip="90026")
    take(match_house, write_csv([wren]))
    result = take(match_house, write_california(tmp_path, LICENCE))
    assert (result.format, result.scope, result.added) == ("ca_dhcs_csv", "state:CA", 1)
    with match_house.db.begin() as session:
        listing = session.scalars(select(Listing).where(Listing.publisher == "own")).one()
        licence = sheets(session, [listing.id])[listing.id].licence
    assert licence is not None
    assert (licence.number, licence.expires, licence.capacity) == ("190001AP", "2027-10-31", "20")
    assert not licence.expired(NOW.date())


def test_a_licence_is_neither_found_by_search_nor_matched(match_house: House, tmp_path: Path) -> None:
    take(match_house, write_california(tmp_path, LICENCE))
    assert search_facilities(match_house, "canyon").total == 0


def test_licences_with_impossible_numbers_are_refused(house: House, tmp_path: Path) -> None:
    twice, beds = {**LICENCE}, {**LICENCE, "license_number": "190002AP", "total_capacity": "-4"}
    result = take(house, write_california(tmp_path, LICENCE, twice, beds))
    assert result.refused == [
        (3, "licence number 190001AP stands there twice"),
        (4, "capacity -4 is no whole number of beds"),
    ]
