"""Writes the directory as HSDS 3.0: nested JSON, and the same as a tabular data package."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from models.directory import take_directory
from models.publishing import held_back_count
from services import audit
from services.directory.hsds import tables
from services.directory.hsds.building import services
from services.directory.hsds.gathering import Place, all_places
from services.directory.hsds.table_writer import TableWriter
from services.directory.hsds.terms import LISTING, SAMHSA, Terms
from services.house import House

JSON_FILE, PACKAGE_FILE = "services.json", "datapackage.json"
FILES = frozenset({JSON_FILE, PACKAGE_FILE, *(table.path for table in tables.TABLES.values())})
_BUSY = "An import of the directory is running. Try again when it is done."
_EMPTY = "The directory holds nothing to export. Import a list first."
Progress = Callable[[int], None]


class _RefuseError(Exception):
    """Nothing can be exported; the text is a sentence."""


@dataclass
class ExportResult:
    """What was written, in numbers; with `errors` nothing was. `held_back` places under "do not refer" are left out."""

    errors: tuple[str, ...] = ()
    folder: str = ""
    places: int = 0
    services: int = 0
    held_back: int = 0
    as_of: str = ""
    sources: list[str] = field(default_factory=list)


def export_hsds(house: House, folder: Path, now: datetime, progress: Progress | None = None) -> ExportResult:
    """Write services.json, datapackage.json and its tables into `folder`, all of them or none; beds as of `now`."""
    result = ExportResult(folder=str(folder))
    try:
        _check(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".hsds-") as made, house.db.begin() as session:
            if not take_directory(session):  # nobody changes the directory under our hands
                raise _RefuseError(_BUSY)
            result.held_back = held_back_count(session)
            _Export(Path(made), result, Terms(house.service_codes), progress or (lambda _: None)).write(
                all_places(session, now), now
            )
            audit.write(session, "directory_exported", None, now, places=result.places, services=result.services)
            folder.mkdir(exist_ok=True)
            for name in FILES:
                os.replace(Path(made) / name, folder / name)
    except _RefuseError as refusal:
        return ExportResult(errors=(str(refusal),))
    except OSError as error:
        return ExportResult(errors=(f"{folder} cannot be written: {error.strerror}.",))
    return result


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise _RefuseError(f"{folder} is a file. Name a new directory, or that of an earlier export.")
    strange = sorted(path.name for path in folder.iterdir() if path.name not in FILES) if folder.exists() else []
    if strange:
        raise _RefuseError(f"{folder} holds other files ({strange[0]}). Name a new directory, or an earlier export's.")


@dataclass
class _Export:
    """One export on its way into a folder of its own."""

    folder: Path
    result: ExportResult
    terms: Terms
    progress: Progress

    def write(self, found: Iterable[Place], now: datetime) -> None:
        """Write all files."""
        body = self.folder / "contents"
        with TableWriter(self.folder) as table_writer, body.open("w", encoding="utf-8") as contents:
            for place in found:
                self._place(place, table_writer, contents)
                self.progress(1)
            for taxonomy in (SAMHSA, LISTING):
                table_writer.write("taxonomy", taxonomy)
        if not self.result.places:
            raise _RefuseError(_EMPTY)
        package = tables.data_package(self.result.sources, now.isoformat(), self.result.as_of)
        (self.folder / PACKAGE_FILE).write_text(json.dumps(package, indent=1), encoding="utf-8")
        self._json(body, package)

    def _place(self, place: Place, table_writer: TableWriter, contents: TextIO) -> None:
        for service, entry in zip(services(place, self.terms), place.entries, strict=True):
            contents.write(",\n" if self.result.services else "")
            contents.write(service.model_dump_json(exclude_none=True))
            table_writer.write("service", service)
            self.result.services += 1
            self.result.as_of = max(self.result.as_of, entry.sheet.as_of.isoformat())
            if entry.sheet.source not in self.result.sources:
                self.result.sources.append(entry.sheet.source)
        self.result.places += 1

    def _json(self, body: Path, package: dict[str, Any]) -> None:
        """The head, which is only known at the end, and after it the services that were written on the way."""
        head = {name: package[name] for name in ("hsds_version", "hsds_profile", "created", "as_of", "sources")}
        with (self.folder / JSON_FILE).open("w", encoding="utf-8") as file, body.open(encoding="utf-8") as contents:
            file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "contents": [\n')
            shutil.copyfileobj(contents, file)
            file.write("\n]}\n")
