"""Rows of a file that an import could not take: where they stand, what they call themselves, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.directory import RefusedRow
from models.facility_history import imports_with_refused, refused_rows
from services.house import House

PAGE = 50
IMPORTS_SHOWN = 30


@dataclass(frozen=True)
class Quarantined:
    """One row. Reasons are codes with values (services.directory.row_reasons), of older imports sentences."""

    line: int
    content: Mapping[str, Any]
    reasons: tuple[Mapping[str, Any] | str, ...]


@dataclass(frozen=True)
class Batch:
    """An import with rows it could not take, and how many of them are kept."""

    import_id: int
    file: str
    at: datetime
    rows: int


@dataclass(frozen=True)
class Quarantine:
    """One page of the rows of one import (`chosen`), among the imports that have any; pages count from 1."""

    batches: tuple[Batch, ...]
    chosen: Batch | None
    rows: tuple[Quarantined, ...]
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.chosen.rows // PAGE)) if self.chosen is not None else 1


def quarantine(house: House, import_id: int | None = None, page: int = 1, *, whole: bool = False) -> Quarantine:
    """The rows of an import, or of the newest one that has any; `whole`: all of them, for a file."""
    with house.db.begin() as session:
        batches = tuple(
            Batch(source.id, source.file_name, source.at, count)
            for source, count in imports_with_refused(session, IMPORTS_SHOWN)
        )
        chosen = next((batch for batch in batches if import_id in {None, batch.import_id}), None)
        if chosen is None:
            return Quarantine(batches, None, (), 1)
        page = min(max(page, 1), max(1, -(-chosen.rows // PAGE)))
        limit, offset = (chosen.rows, 0) if whole else (PAGE, (page - 1) * PAGE)
        rows = refused_rows(session, chosen.import_id, limit=limit, offset=offset)
        return Quarantine(batches, chosen, _shown(rows), page)


def _shown(rows: Sequence[RefusedRow]) -> tuple[Quarantined, ...]:
    return tuple(Quarantined(row.line, row.content, tuple(row.reasons)) for row in rows)
