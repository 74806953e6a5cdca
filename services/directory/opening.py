"""Finds out which kind of directory file lies before us, by its first bytes and its header."""

from pathlib import Path

from services.directory.california import HEADER as CALIFORNIA_HEADER
from services.directory.california import open_california
from services.directory.file_reasons import unreadable, why
from services.directory.files import SourceFile, header_difference
from services.directory.hsds.opening import open_hsds_archive, open_hsds_folder, open_hsds_json
from services.directory.json_stream import head
from services.directory.locator_csv import editions, open_locator
from services.directory.locator_json import open_locator_json
from services.directory.plain_csv import HEADER as PLAIN_HEADER
from services.directory.plain_csv import csv_header, open_plain
from services.directory.service_codes import ServiceCodes
from services.directory.workbook import is_workbook, open_workbook

_ZIP_MAGIC = b"PK\x03\x04"
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
_JSON_STARTS = (b"{", b"[")


def open_source(path: Path, codes: ServiceCodes) -> SourceFile:
    """The file as its reader; raises UnreadableFileError with one sentence."""
    if not path.exists():
        raise unreadable("missing", path=path)
    if path.is_dir():
        return open_hsds_folder(path, path.name, codes)
    try:
        with path.open("rb") as file:
            beginning = file.read(1024)
    except OSError as error:
        raise unreadable("unreadable", name=path, why=error.strerror) from error
    if not beginning.strip():
        raise unreadable("empty", name=path.name)
    if beginning.startswith(_OLD_EXCEL_MAGIC):
        raise unreadable("old_excel", name=path.name)
    if beginning.startswith(_ZIP_MAGIC):
        return open_workbook(path) if is_workbook(path) else open_hsds_archive(path, codes)
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_JSON_STARTS):
        return _open_json(path, codes)
    return _open_csv(path, codes)


def _open_csv(path: Path, codes: ServiceCodes) -> SourceFile:
    header = csv_header(path)
    found = open_plain(path, header) or open_locator(path, header, codes) or open_california(path, header)
    if found is not None:
        return found
    known = {why("of_ours"): list(PLAIN_HEADER), why("of_california"): list(CALIFORNIA_HEADER)}
    known |= {why("of_locator", year=edition.year): sorted(edition.header) for edition in editions(codes)}
    nearest = max(known, key=lambda each: len(set(known[each]) & set(header)) / len(known[each]))
    difference = header_difference(header, known[nearest])
    raise unreadable("no_known_header", name=path.name, nearest=nearest, difference=difference)


def _open_json(path: Path, codes: ServiceCodes) -> SourceFile:
    try:
        beginning = head(path)
    except UnicodeDecodeError as error:
        raise unreadable("not_utf8", name=path.name) from error
    found = open_locator_json(path, beginning, codes) or open_hsds_json(path, beginning, codes)
    if found is None:
        raise unreadable("unknown_json", name=path.name)
    return found
