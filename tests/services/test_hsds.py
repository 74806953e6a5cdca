"""The directory leaves as HSDS 3.0 and comes back: valid, with sources and dates, and without loss."""

import csv
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.directory import Facility
from models.live_facts import DoNotRefer
from routing.vocabulary import BedLevel
from services.directory.beds import BedsTold, report_beds
from services.directory.fixes import fix_facility
from services.directory.hsds.exporting import ExportResult, export_hsds
from services.directory.hsds.shapes import Service
from services.directory.hsds.tables import TABLES
from services.directory.importing import ImportResult, ImportWish, import_directory
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


def test_a_folder_with_other_files_is_left_alone(house: House, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    take(house, SAMPLE)
    assert "letter.txt" in export_hsds(house, tmp_path, NOW).errors[0]
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
