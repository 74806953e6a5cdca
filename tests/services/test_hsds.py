"""The directory leaves as HSDS 3.0 and comes back: valid, with sources and dates, and without loss."""

import csv
import json
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from models.directory import Facility, Listing, take_directory
from models.live_facts import DoNotRefer
from routing.vocabulary import BedLevel
from services.directory.beds import BedsTold, report_beds
from services.directory.fixes import fix_facility
from services.directory.hsds.exporting import ExportResult, export_hsds
from services.directory.hsds.shapes import Service
from services.directory.hsds.tables import TABLES
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.searching import past_imports, undo_import
from services.house import House
from tests.fixtures.directory import SAMPLE, WriteCsv, place
from tests.services.hsds_schemas import differences

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("zip_codes")


def take(house: House, path: Path, **wish: Any) -> ImportResult:
    result = import_directory(house, ImportWish(path, **wish), NOW)
    assert not result.errors, result.errors
    return result


def export(house: House, folder: Path) -> ExportResult:
    result = export_hsds(house, folder, NOW)
    assert not result.errors, result.errors
    return result


def contents(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "services.json").read_text(encoding="utf-8"))["contents"]
    return found


def facility(house: House, name: str) -> int:
    with house.db.begin() as session:
        return session.scalars(select(Facility.id).where(Facility.key.startswith(name))).one()


def test_the_export_is_valid_hsds_in_json_and_in_tables(house: House, tmp_path: Path) -> None:
    take(house, SAMPLE)
    result = export(house, tmp_path / "out")
    services = contents(tmp_path / "out")
    assert len(services) == result.services > 50
    for service in services:
        assert not differences("service", service)
        Service.model_validate(service)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    ids: dict[str, set[str]] = {}
    for resource in package["resources"]:
        with (tmp_path / "out" / resource["path"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wanted = [field["name"] for field in resource["schema"]["fields"] if field["constraints"]["required"]]
        assert all(row[name] for row in rows for name in wanted), resource["name"]
        ids[resource["name"]] = {row["id"] for row in rows}
        assert len(ids[resource["name"]]) == len(rows), resource["name"]
        for key in resource["schema"].get("foreignKeys", ()):
            assert {row[key["fields"]] for row in rows} <= ids[key["reference"]["resource"]], resource["name"]
    assert set(ids) == set(TABLES)


def test_corrections_beds_and_sources_leave_and_what_is_internal_stays(
    house: House, write_csv: WriteCsv, tmp_path: Path
) -> None:
    take(house, write_csv([place("Quay House"), place("Held House"), place("Stale House")]), edition="2026")
    quay, held, stale = (facility(house, name) for name in ("quay", "held", "stale"))
    fix_facility(house, quay, "phone", "617-555-0199", "a secret reason", NOW, None)
    fix_facility(house, quay, "tip", "ask for the night nurse", "a secret reason", NOW, None)
    report_beds(house, BedsTold(quay, BedLevel.DETOX, 3, "text", total=12), NOW - timedelta(hours=23))
    report_beds(house, BedsTold(stale, BedLevel.DETOX, 5, "text"), NOW - timedelta(hours=25))
    with house.db.begin() as session:
        session.add(
            DoNotRefer(
                id=uuid.uuid4(), facility_id=held, reason="a secret reason", review_on=NOW.date(), at=NOW, since=1
            )
        )
    assert export(house, tmp_path / "out").held_back == 1
    services = {service["name"]: service for service in contents(tmp_path / "out")}
    assert set(services) == {"Quay House", "Stale House"}
    (bed,) = services["Quay House"]["capacities"]
    assert (bed["available"], bed["maximum"], bed["updated"]) == (3, 12, "2026-11-19T16:00:00Z")
    assert services["Stale House"]["capacities"] == []
    assert services["Quay House"]["phones"][0]["number"] == "617-555-0199"
    records = {record["field_name"]: record for record in services["Quay House"]["metadata"]}
    assert records["all fields"]["replacement_value"] == "The helpline's own list 2026, read 2026-11-20"
    assert records["phone"]["previous_value"] == "617-555-0123"
    assert records["phone"]["last_action_date"] == "2026-11-20"
    everything = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    assert "secret" not in everything
    assert "night nurse" not in everything


def test_writing_between_two_questions_may_take_long(house: House) -> None:
    with house.db.begin() as session:
        assert take_directory(session)
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "0"


def test_a_folder_with_other_files_is_left_alone(house: House, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    take(house, SAMPLE)
    assert "letter.txt" in export_hsds(house, tmp_path, NOW).errors[0]
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def listings(house: House) -> list[dict[str, Any]]:
    """Every listing with all that it says and who vouches for it."""
    with house.db.begin() as session:
        order = (Listing.facility_id, Listing.publisher, Listing.kind, Listing.position)
        rows = session.execute(select(Listing.__table__).order_by(*order))
        return [dict(row._mapping) for row in rows]


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"{folder.name}/{file.name}")
    return path


FORMS = {
    "package": lambda folder: folder, "json": lambda folder: folder / "services.json", "zip": zipped,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_our_own_export_changes_nothing_here_and_loses_nothing_elsewhere(
    house: House, write_csv: WriteCsv, tmp_path: Path, form: str
) -> None:
    places = [
        place(
            "Quay House", phone="617-555-0123 x7", intake="617-555-0124;617-555-0125 ext 012", website="quay.example"
        ),
        place("QUAY House", codes="SA OP MD", kind="MH"),
        place("Quay House", codes="SA DT HID"),
        place("Müll & Co", street1="", website="https://example.org/a?b=c"),
    ]
    take(house, write_csv(places))
    quay = facility(house, "quay")
    for field, value in (("phone", "617-555-0199"), ("zip5", "02119"), ("name2", "East"), ("codes_added", "BU MU")):
        fix_facility(house, quay, field, value, "they said so", NOW, None)
    before = listings(house)
    export(house, tmp_path / "out")
    path = FORMS[form](tmp_path / "out")
    result = take(house, path)
    assert (result.read, result.added, result.changed, result.unchanged, result.retired) == (4, 0, 0, 4, 0)
    assert listings(house) == before
    undo_import(house, before[0]["import_id"], NOW)
    assert take(house, path).added == 4
    told = {"facility_id", "publisher", "kind", "position", "digest", "codes", "phone", "intake", "zip5", "website"}
    after = listings(house)
    assert [[row[name] for name in told] for row in after] == [[row[name] for name in told] for row in before]
    source = next(row.source for row in past_imports(house) if row.id == after[0]["import_id"])
    assert source == "The helpline's own list, read 2026-11-20 (as exported by a helpline)"


def foreign(**service: Any) -> dict[str, Any]:
    """A service as anybody might publish it, without a word of SAMHSA's codes."""
    address = {
        "id": "a", "address_type": "physical", "address_1": "5 Mill Lane", "city": "Chelsea", "country": "US",
        "state_province": "MA", "postal_code": "02150-1234",
    }  # fmt: skip
    location = {
        "id": "l", "location_type": "physical", "name": "Mill Lane Center", "latitude": 42.39, "longitude": -71.03,
        "addresses": [address], "phones": [{"id": "p", "number": "617-555-0131", "extension": 4}],
    }  # fmt: skip
    return {
        "id": "s", "name": "Walk-in group", "status": "active", "description": "<p>Peer support,\n every day</p>",
        "organization": {"id": "o", "name": "Mill Lane", "description": "x", "website": "https://mill.example"},
        "schedules": [{"id": "h", "byday": "MO,FR", "opens_at": "09:00:00", "closes_at": "17:00:00"}],
        "service_at_locations": [{"id": "at", "location": location}], **service,
    }  # fmt: skip


def test_anybodys_hsds_gives_what_it_has_and_says_what_it_cannot(house: House, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps([foreign(), foreign(status="defunct"), foreign(service_at_locations=[])]))
    result = take(house, path)
    assert (result.format, result.added) == ("hsds_json", 1)
    assert [reason for _, reason in result.refused] == ["its service is defunct", result.refused[1][1]]
    assert result.refused[1][1].startswith("it stands at no location")
    assert "whom it takes and who pays (it can be searched for, never matched)" in result.notes[0][1]
    (row,) = listings(house)
    assert (row["name1"], row["name2"], row["zip5"]) == ("Mill Lane", "Mill Lane Center", "02150")
    assert (row["phone"], row["website"], row["codes"]) == ("617-555-0131 x4", "https://mill.example", "")
    assert (row["latitude"], row["longitude"]) == (42.39, -71.03)
    assert row["facts"]["description"] == "Peer support, every day"
    assert row["facts"]["admissions_hours"] == "Mon, Fri 09:00-17:00"
    export(house, tmp_path / "out")
    assert contents(tmp_path / "out")[0]["schedules"][0]["description"] == "Mon, Fri 09:00-17:00"
    assert take(house, tmp_path / "out").unchanged == 1


def test_flat_json_files_are_joined(house: House, tmp_path: Path) -> None:
    service = foreign(id="s", organization_id="o")
    (at,) = service.pop("service_at_locations")
    location = at.pop("location")
    files = {
        "organizations": [service.pop("organization")], "services": [service],
        "service_at_location": [{**at, "service_id": "s", "location_id": "l"}],
        "addresses": [{**location.pop("addresses")[0], "location_id": "l"}], "locations": [location],
    }  # fmt: skip
    for name, records in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(records))
    result = take(house, tmp_path)
    assert (result.format, result.added) == ("hsds_json_tables", 1)
    assert listings(house)[0]["street1"] == "5 Mill Lane"


def test_broken_packages_are_refused_with_a_sentence_and_change_nothing(house: House, tmp_path: Path) -> None:
    take(house, SAMPLE)
    export(house, tmp_path / "out")
    before = listings(house)
    whole = (tmp_path / "out" / "services.json").read_text(encoding="utf-8")
    (tmp_path / "cut.json").write_text(whole[: len(whole) // 2], encoding="utf-8")
    (tmp_path / "out" / "addresses.csv").unlink()
    (tmp_path / "empty").mkdir()
    for name, sentence in {
        "cut.json": "cut.json cannot be taken: it ends in the middle",
        "out": "out is no whole HSDS package: addresses.csv is missing.",
        "empty": "empty holds no directory that is known",
    }.items():
        (error,) = import_directory(house, ImportWish(tmp_path / name), NOW).errors
        assert sentence in error
    assert listings(house) == before


def test_strange_content_is_taken_or_refused_never_a_crash(house: House, tmp_path: Path) -> None:
    (at,) = foreign()["service_at_locations"]
    elsewhere = {**at["location"], "addresses": [{**at["location"]["addresses"][0], "address_1": "9 Far Lane"}]}
    services = [
        foreign(name="Bad \ud800 sign", description="zero \x00 byte", line="seven"),
        foreign(service_at_locations=[at, {"id": "2", "location": elsewhere}]),
        foreign(organization={"name": "Nul \x00"}, service_at_locations=[{"location": {"addresses": "none"}}]),
        {"services": "x", "phones": [7], "service_at_locations": [at]},
    ]
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(services))
    result = take(house, path)
    assert (result.read, result.added, len(result.refused)) == (5, 3, 2)
    assert {row["street1"] for row in listings(house)} == {"5 Mill Lane", "9 Far Lane"}
    deep, deeper = tmp_path / "deep.json", tmp_path / "deeper.json"
    deep.write_text('{"service_at_locations": ' + "[" * 60_000)
    deeper.write_text('[{"service_at_locations": ' + "[" * 60_000)
    package = tmp_path / "package"
    package.mkdir()
    (package / "datapackage.json").write_text('{"resources": ["services.csv", {"name": 7}]}')
    for wrong, sentence in (
        (deep, "too deeply"), (deeper, "too deeply"), (package, "no whole HSDS package"),
        (package / "datapackage.json", "Name the folder instead"),
    ):  # fmt: skip
        assert sentence in import_directory(house, ImportWish(wrong), NOW).errors[0]


def test_archives_that_bite_are_refused(house: House, tmp_path: Path) -> None:
    bomb, locked = tmp_path / "bomb.zip", tmp_path / "locked.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", b"0" * 5_000_000)
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("datapackage.json", "{}")
    packed = bytearray(locked.read_bytes())
    packed[packed.index(b"PK\x01\x02") + 8] |= 1  # says that it is encrypted
    locked.write_bytes(packed)
    for path, sentence in ((bomb, "more than a directory has"), (locked, "has a password")):
        assert sentence in import_directory(house, ImportWish(path), NOW).errors[0]
