"""Finds HSDS 3.0 by its signature: a data package or JSON files in a folder or a zip archive, or one JSON file."""

import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.directory.file_reasons import unreadable
from services.directory.files import FilePath, SourceFile
from services.directory.hsds import names
from services.directory.hsds.incoming import foreign_row, offers, own_row
from services.directory.hsds.nested import Record, parts, services_of, text
from services.directory.hsds.tabular import joined_services, json_tables, package_tables
from services.directory.json_stream import head
from services.directory.rows import HSDS, SourceRow
from services.directory.service_codes import ServiceCodes

PUBLISHER = "hsds"
PACKAGE = "datapackage.json"
_ENCRYPTED = 1  # flag of a member of a zip archive
_SIGNS = ('"service_at_locations"', '"location_type"', '"hsds_profile"')
MAX_PACKAGE = 1 << 23
MAX_UNPACKED_BYTES = 4 << 30  # the whole country is under half a gigabyte
MAX_PACKING_RATIO = 200


@dataclass(frozen=True)
class Head:
    """What a file says about itself: whether it is our own export, whose lists are in it and of which day."""

    own: bool = False
    sources: tuple[str, ...] = ()
    as_of: date | None = None


def open_hsds_json(path: Path, beginning: str, codes: ServiceCodes) -> SourceFile | None:
    """The JSON file when it looks like HSDS, None otherwise; raises UnreadableFileError for a package's description."""
    if path.name == PACKAGE:
        raise unreadable("only_package", package=PACKAGE)
    if not any(sign in beginning for sign in _SIGNS):
        return None
    return _source(path.name, _head_of_json(beginning), "hsds_json", codes, lambda: services_of(path))


def open_hsds_archive(path: Path, codes: ServiceCodes) -> SourceFile:
    """A zip archive with an HSDS package in it; raises UnreadableFileError otherwise."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if any(each.flag_bits & _ENCRYPTED for each in members):
        raise unreadable("archive_locked", name=path.name)
    unpacked, packed = sum(each.file_size for each in members), max(1, sum(each.compress_size for each in members))
    if unpacked > MAX_UNPACKED_BYTES or unpacked / packed > MAX_PACKING_RATIO:
        raise unreadable("unpacks", name=path.name, bytes=f"{unpacked:,}")
    root = zipfile.Path(path)
    inner = [entry for entry in root.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
    return open_hsds_folder(inner[0] if len(inner) == 1 and inner[0].is_dir() else root, path.name, codes)


def open_hsds_folder(folder: FilePath, name: str, codes: ServiceCodes) -> SourceFile:
    """A folder with a data package, or with HSDS as JSON files; raises UnreadableFileError otherwise."""
    if (folder / PACKAGE).is_file():
        package = _package(folder / PACKAGE)
        tables = package_tables(folder, package)
        return _source(name, _head(package), "hsds_package", codes, lambda: joined_services(tables))
    flat = json_tables(folder)
    if flat is not None:
        return _source(name, Head(), "hsds_json_tables", codes, lambda: joined_services(flat))
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    nested = [file for file in files if any(sign in head(file) for sign in _SIGNS)]
    if not nested:
        raise unreadable("no_directory", name=name, package=PACKAGE)
    first = _head_of_json(head(nested[0])) if len(nested) == 1 else Head()
    return _source(name, first, "hsds_json", codes, lambda: (each for file in nested for each in services_of(file)))


def _source(
    name: str, told: Head, form: str, codes: ServiceCodes, services: Callable[[], Iterator[Record]]
) -> SourceFile:
    def rows() -> Iterator[SourceRow]:
        try:
            for offer in offers(services()):
                yield own_row(offer) if told.own else foreign_row(offer, codes)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise unreadable("damaged", name=name) from error
        except sqlite3.Error as error:
            raise unreadable("no_disk", name=name, why=error) from error

    return SourceFile(
        format=form,
        publisher=PUBLISHER,
        source=f"{'; '.join(told.sources)} (as exported by a helpline)" if told.own else f"HSDS data, {name}",
        kinds=(HSDS,),
        scope="list",
        rows=rows,
        copy=told.own,
        as_of=told.as_of,
    )


def _head(told: Record) -> Head:
    own = told.get("hsds_profile") == names.PROFILE
    titles = (text(source, "title")[:200] for source in parts(told, "sources"))
    try:
        as_of = date.fromisoformat(str(told.get("as_of"))) if own else None
    except ValueError:
        as_of = None
    return Head(own, tuple(titles), as_of)


def _head_of_json(beginning: str) -> Head:
    """What stands before the list of services, when the file begins with that."""
    before, found, _ = beginning.partition('"contents"')
    try:
        told: Any = json.loads(before.rstrip().rstrip(",") + "}") if found else {}
    except (ValueError, RecursionError):
        return Head()
    return _head(told)


def _package(file: FilePath) -> Record:
    try:
        with file.open(encoding="utf-8-sig") as opened:
            told: Any = json.loads(opened.read(MAX_PACKAGE))
    except (ValueError, OSError, RecursionError, zipfile.BadZipFile) as error:
        raise unreadable("package_broken", package=PACKAGE) from error
    if not isinstance(told, dict):
        raise unreadable("no_package", package=PACKAGE)
    return told
