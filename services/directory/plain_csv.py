"""Reads our own plain CSV: the columns an admin or a partner fills in by hand."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.directory.file_reasons import unreadable
from services.directory.files import OWN, OWN_LIST, FilePath, SourceFile
from services.directory.row_reasons import because
from services.directory.rows import SourceRow

HEADER = (
    *("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "intake"),
    *("website", "kind", "codes"),
)
NEEDED = frozenset({"name1", "city", "state", "zip", "codes"})  # columns that no row may leave empty
PLAIN_CSV = "plain_csv"  # the format's name
MAX_FIELD = 10_000
MAX_COLUMNS = 1_000


def csv_rows(path: FilePath, max_field: int = MAX_FIELD) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every record of a UTF-8 CSV; raises UnreadableFileError with a sentence."""
    csv.field_size_limit(max_field)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if "\x00" in "".join(cells):
                    raise unreadable("no_text", name=path.name)
                yield reader.line_num, cells
    except UnicodeDecodeError as error:
        raise unreadable("csv_not_utf8", name=path.name) from error
    except csv.Error as error:
        raise unreadable("csv_broken", name=path.name, why=error) from error
    except OSError as error:
        raise unreadable("unreadable", name=path.name, why=error.strerror) from error


def csv_header(path: Path) -> list[str]:
    """The names of the first record, blanks around them dropped (the 2025 export pads its names)."""
    _, cells = next(csv_rows(path), (0, []))
    if len(cells) > MAX_COLUMNS:
        raise unreadable("csv_wide", name=path.name, columns=f"{len(cells):,}")
    return [cell.strip().lower() for cell in cells]


def open_plain(path: Path, header: Sequence[str]) -> SourceFile | None:
    """The file when its header is our own, in any order; None otherwise."""
    if set(header) != set(HEADER) or len(header) != len(HEADER):
        return None
    return SourceFile(
        format=PLAIN_CSV,
        publisher=OWN,
        source=OWN_LIST,
        kinds=("SU", "MH"),
        scope="list",
        rows=lambda: _rows(path, list(header)),
    )


def record(path: FilePath, line: int, cells: list[str], header: Sequence[str]) -> dict[str, str]:
    """The cells by column name; raises UnreadableFileError when a record is cut short or too long."""
    if len(cells) != len(header):
        raise unreadable("cells", name=path.name, line=line, cells=len(cells), columns=len(header))
    return dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _rows(path: Path, header: list[str]) -> Iterator[SourceRow]:
    records = csv_rows(path)
    next(records)
    for line, cells in records:
        if not any(cells):
            continue
        row: dict[str, Any] = record(path, line, cells, header)
        kind = row.pop("kind").upper() or "SU"
        yield SourceRow(
            line=line,
            kind=kind,
            intake=tuple(number.strip() for number in row.pop("intake").split(";") if number.strip()),
            codes=tuple(row.pop("codes").split()),
            problems=() if kind in {"SU", "MH"} else (because("no_kind", column="kind", given=kind[:20]),),
            **row,
        )
