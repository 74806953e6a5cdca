"""Reads California's list of licensed and certified programs (DHCS, CC BY): licence, expiry and capacity of places."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from models.directory import LICENCE
from services.directory.files import SourceFile
from services.directory.plain_csv import csv_rows, record
from services.directory.row_reasons import because
from services.directory.rows import SourceRow

PUBLISHER = "ca_dhcs"
HEADER = (
    *("license_number", "facility_name", "legal_entity", "address_line1", "address_line2", "additional_locations"),
    *("city", "state", "zip", "county", "county_code", "phone", "setting_code", "offers_detox", "is_licensed"),
    *("is_certified", "license_expiration", "license_expired", "treatment_capacity", "total_capacity"),
    *("target_population_code", "target_population", "incidental_medical_services", "adolescent_waiver"),
    *("latitude", "longitude"),
)
_FACTS = {
    "licence_number": "license_number", "licence_expires": "license_expiration", "capacity": "total_capacity",
    "detox": "offers_detox", "setting": "setting_code", "population": "target_population",
}  # fmt: skip


def open_california(path: Path, header: Sequence[str]) -> SourceFile | None:
    """The file when its header is that of the state's list; None otherwise."""
    if len(header) != len(HEADER) or set(header) != set(HEADER):
        return None
    return SourceFile(
        format="ca_dhcs_csv",
        publisher=PUBLISHER,
        source="California DHCS licensed and certified programs (CC BY)",
        kinds=(LICENCE,),
        scope="state:CA",
        rows=partial(_rows, path, header),
    )


def _rows(path: Path, header: Sequence[str]) -> Iterator[SourceRow]:
    seen: set[str] = set()
    records = csv_rows(path)
    next(records)
    for line, cells in records:
        if not any(cells):
            continue
        row = record(path, line, cells, header)
        number = row["license_number"]
        problems = [] if number else [because("no_licence")]
        if number in seen:
            problems.append(because("licence_twice", number=number[:20]))
        seen.add(number)
        capacity = row["total_capacity"]
        if capacity and not capacity.isdigit():
            problems.append(because("no_capacity", given=capacity[:20]))
        yield SourceRow(
            line=line,
            name1=row["facility_name"],
            street1=row["address_line1"],
            street2=row["address_line2"],
            city=row["city"],
            state=row["state"],
            zip=row["zip"],
            phone=row["phone"],
            kind=LICENCE,
            latitude=row["latitude"],
            longitude=row["longitude"],
            facts={name: row[column] for name, column in _FACTS.items()},
            problems=tuple(problems),
        )
