"""What a directory file is: found by its header, never by its name; unknown ones are refused with the difference."""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from routing.sentence import Sentence
from services.directory.file_reasons import why
from services.directory.rows import SourceRow

SAMHSA, OWN = "samhsa", "own"
OWN_LIST = "The helpline's own list"  # as the source of what OWN publishes; pages say it in the reader's language
FilePath = Path | zipfile.Path
_FULL_DATE = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_.](0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True)
class SourceFile:
    """A recognised file. `rows()` reads it from the start, one row at a time; `total` rows when that is known."""

    format: str
    publisher: str
    source: str
    kinds: tuple[str, ...]
    scope: str  # what such a file speaks for when nobody says otherwise: national, state:CA, list
    rows: Callable[[], Iterator[SourceRow]]
    total: int | None = None
    copy: bool = False  # an export of ours: it vouches for nothing by itself, and its rows name their own publisher
    as_of: date | None = None  # when the file itself says of which day it speaks


def edition_of(path: Path) -> tuple[str, date | None]:
    """Edition and its date as the file name tells: `..._2025_08_19_MA.csv`, `..._2026_08.csv`, `...-2023.xlsx`.

    Of a month or a year the first day is taken.
    """
    if found := _FULL_DATE.search(path.name):
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return "", None
        return day.isoformat(), day
    if found := _MONTH.search(path.name):
        return f"{found[1]}-{found[2]}", date(int(found[1]), int(found[2]), 1)
    if found := _YEAR.search(path.name):
        return found[1], date(int(found[1]), 1, 1)
    return "", None


def header_difference(given: Sequence[str], wanted: Sequence[str]) -> Sentence:
    """In words, how a header differs from the nearest one that is known."""
    missing = ", ".join([name for name in wanted if name not in given][:5])
    extra = ", ".join([name[:40] or "(blank)" for name in given if name not in wanted][:5])
    if missing and extra:
        return why("lacks_and_has", missing=missing, extra=extra)
    if missing or extra:
        return why("lacks", missing=missing) if missing else why("has", extra=extra)
    return why("order" if len(given) == len(wanted) else "column_twice")
