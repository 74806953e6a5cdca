"""Finds out which kind of directory file lies before us, by its first bytes and its header."""

from pathlib import Path

from services.directory_files import SourceFile, UnreadableFileError, header_difference
from services.directory_plain import HEADER as PLAIN_HEADER
from services.directory_plain import csv_header, open_plain
from services.directory_workbook import open_workbook

_ZIP_MAGIC = b"PK\x03\x04"
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"


def open_source(path: Path) -> SourceFile:
    """The file as its reader; raises UnreadableFileError with one sentence."""
    if not path.exists():
        raise UnreadableFileError(f"{path} does not exist. Check the path.")
    if path.is_dir():
        raise UnreadableFileError(f"{path} is a directory, and no directory file was found in it.")
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror}.") from error
    if not magic:
        raise UnreadableFileError(f"{path.name} is empty.")
    if magic == _OLD_EXCEL_MAGIC:
        raise UnreadableFileError(f"{path.name} is an old or encrypted Excel file. Save it as .xlsx and try again.")
    if magic == _ZIP_MAGIC:
        return open_workbook(path)
    return _open_csv(path)


def _open_csv(path: Path) -> SourceFile:
    header = csv_header(path)
    found = open_plain(path, header)
    if found is None:
        difference = header_difference(header, PLAIN_HEADER)
        raise UnreadableFileError(f"{path.name} has no known header; against our plain CSV, {difference}.")
    return found
