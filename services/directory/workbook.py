"""Reads SAMHSA's national directory workbook (2022 to 2025 layouts), one row at a time."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from routing.codes import tokens
from services.directory.file_reasons import unreadable
from services.directory.files import SAMHSA, SourceFile, header_difference
from services.directory.rows import SourceRow

SHEET_WORDS = ("facilit", "list")  # "Facilities List", "Facility List"
HEADER = (
    *("name1", "name2", "street1", "street2", "city", "state", "zip", "phone"),
    *("intake1", "intake2", "intake1a", "intake2a", "service_code_info"),
)
OPTIONAL = frozenset({"name2", "street2", "intake1", "intake2", "intake1a", "intake2a"})
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_COLUMNS = 64
MAX_PACKING_RATIO = 200
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_MACROS = ("vbaproject", "xl/macrosheets/")
# What reading a damaged archive raises: cut, checksum, unknown packing, bytes that do not unpack
_BROKEN = (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, ValueError, zlib.error)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


def open_workbook(path: Path) -> SourceFile:
    """The workbook's facility sheet; raises UnreadableFileError with a sentence."""
    check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name = _facility_sheet(workbook.sheet_names)
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise unreadable("workbook_closed", name=path.name, why=error) from error
    columns = _columns(path, sheet)
    kind = "MH" if any("mental" in part for part in path.stem.lower().split("-")) else "SU"
    return SourceFile(
        format="samhsa_workbook",
        publisher=SAMHSA,
        source="SAMHSA National Directory of Drug and Alcohol Use Treatment Facilities",
        kinds=(kind,),
        scope="national",
        rows=lambda: _rows(sheet, columns, kind),
        total=sheet.height - 1,
    )


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is a workbook, or is too broken to be told from one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return True
    return any(name.startswith(("xl/", "[Content_Types]")) for name in names)


def check_archive(path: Path) -> None:
    """Refuse what is no plain workbook: broken, with macros, or unpacking to far more than it should."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive)
    except _BROKEN as error:
        raise unreadable("workbook_broken", name=path.name, why=error) from error


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise unreadable("workbook_locked", name=path.name)
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > MAX_UNPACKED_BYTES or unpacked / packed > MAX_PACKING_RATIO:
        raise unreadable("unpacks", name=path.name, bytes=f"{unpacked:,}")
    if any(word in part.filename.lower() for part in parts for word in _MACROS):
        raise unreadable("macros", name=path.name)
    if _has_formulas(archive):
        raise unreadable("formulas", name=path.name)


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    """Whether a cell of any sheet is computed: what it shows may not be what it says.

    Each sheet is read to its end, so that one that is longer or other than the archive says is found here.
    """
    found = False
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with archive.open(name) as sheet:
                tail = b""
                while chunk := sheet.read(_CHUNK):
                    found = found or bool(_FORMULA.search(tail + chunk))
                    tail = chunk[-16:]
    return found


def _facility_sheet(names: list[str]) -> str:
    for name in names:
        if all(word in name.lower() for word in SHEET_WORDS):
            return name
    return names[0]


def _columns(path: Path, sheet: CalamineSheet) -> dict[str, int]:
    """Where each column stands; upper and lower case and blanks do not matter."""
    if sheet.width > MAX_COLUMNS:
        raise unreadable("workbook_wide", name=path.name, columns=f"{sheet.width:,}", most=len(HEADER))
    header = [str(cell).strip().lower().replace(" ", "_") for cell in next(iter(sheet.iter_rows()), [])]
    given = [name for name in header if name]
    known, needed = set(HEADER), set(HEADER) - OPTIONAL
    if not needed <= set(given) or not set(given) <= known or len(set(given)) != len(given):
        raise unreadable("no_workbook", name=path.name, difference=header_difference(given, HEADER))
    return {name: position for position, name in enumerate(header) if name}


def _rows(sheet: CalamineSheet, columns: dict[str, int], kind: str) -> Iterator[SourceRow]:
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if line == 1 or not any(str(cell).strip() for cell in cells):
            continue
        values = {name: _text(cells[position]) for name, position in columns.items()}
        intake = tuple(values.get(name, "") for name in ("intake1", "intake1a", "intake2", "intake2a"))
        yield SourceRow(
            line=line,
            name1=values["name1"],
            name2=values.get("name2", ""),
            street1=values["street1"],
            street2=values.get("street2", ""),
            city=values["city"],
            state=values["state"],
            zip=_zip_text(cells[columns["zip"]]),
            phone=values["phone"],
            intake=tuple(number for number in intake if number),
            kind=kind,
            codes=tuple(tokens(values["service_code_info"])),
        )


def _text(cell: object) -> str:
    """A cell as text; whole numbers without the point that a spreadsheet adds."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _zip_text(cell: object) -> str:
    """A ZIP that a spreadsheet took for a number gets its leading zeros back."""
    return f"{int(cell):05d}" if isinstance(cell, int | float) and not isinstance(cell, bool) else str(cell).strip()
