"""Reads FindTreatment.gov's CSV exports of 2025 and 2026, told apart by their whole header."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from services.directory.files import SAMHSA, SourceFile
from services.directory.plain_csv import csv_rows, record
from services.directory.row_reasons import because
from services.directory.rows import SourceRow
from services.directory.service_codes import ServiceCodes

_PLACE = ("name1", "name2", "street1", "street2", "city", "state", "zip", "zip4", "county", "phone")
_POINT = ("website", "latitude", "longitude", "type_facility")
# Columns that the code book does not explain (DOMAIN.md section 2); they stand in the header and are not read
_UNEXPLAINED = {2025: ("ubn", "ct", "msnh"), 2026: ("ubn", "ct")}
_INTAKE = {2025: ("intake_prompt", "intake1", "intake2"), 2026: ()}
_KINDS = ("SU", "MH")
_TEXTS = (*_PLACE[:7], "phone", "website", "latitude", "longitude")
_YES, _NO = "1", ""


@dataclass(frozen=True)
class Edition:
    """One layout of the export: its year, every column of its header, and what the service columns mean."""

    year: int
    header: frozenset[str]
    codes: dict[str, str]


def editions(codes: ServiceCodes) -> tuple[Edition, ...]:
    """The layouts that are known."""
    found = []
    for year in (2025, 2026):
        columns = codes.columns(year)
        header = frozenset({*_PLACE, *_INTAKE[year], *_POINT, *_UNEXPLAINED[year], *columns})
        found.append(Edition(year, header, columns))
    return tuple(found)


def open_locator(path: Path, header: Sequence[str], codes: ServiceCodes) -> SourceFile | None:
    """The file when its header is exactly that of a known edition, in any order; None otherwise."""
    for edition in editions(codes):
        if len(header) == len(edition.header) and set(header) == edition.header:
            return SourceFile(
                format=f"findtreatment_csv_{edition.year}",
                publisher=SAMHSA,
                source="SAMHSA FindTreatment.gov",
                kinds=_KINDS if edition.year == 2025 else ("SU",),
                scope="list",
                rows=partial(_rows, path, header, edition),
            )
    return None


def _rows(path: Path, header: Sequence[str], edition: Edition) -> Iterator[SourceRow]:
    services = [(position, edition.codes[name], name) for position, name in enumerate(header) if name in edition.codes]
    records = csv_rows(path)
    next(records)
    for line, cells in records:
        if not any(cells):
            continue
        row = record(path, line, cells, header)
        strange = next((name for position, _, name in services if cells[position].strip() not in {_YES, _NO}), None)
        kind = row["type_facility"].upper()
        problems = [] if kind in _KINDS else [because("no_kind", column="type_facility", given=kind[:20] or "(blank)")]
        if strange is not None:
            problems.append(because("strange_cell", column=strange))
        texts: dict[str, Any] = {name: row[name] for name in _TEXTS}
        yield SourceRow(
            line=line,
            **texts,
            intake=tuple(row[name] for name in _INTAKE[edition.year][1:] if row[name]),
            kind=kind,
            codes=tuple(code for position, code, _ in services if cells[position].strip() == _YES),
            problems=tuple(problems),
        )
