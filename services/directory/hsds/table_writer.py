"""Writes nested HSDS objects into the CSV files of a data package."""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from services.directory.hsds.tables import NESTED, TABLES

_SHARED = frozenset({"taxonomy", "taxonomy_term", "unit"})  # few, and used by many: written once
_CONSTANTS = {"link_entity": "service", "resource_type": "service"}


class TableWriter:
    """A context in which all tables are open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = ExitStack()
        self._writers: dict[str, Any] = {}
        self._columns = {name: table.columns for name, table in TABLES.items()}
        self._nested = {name: [(key, *NESTED[key]) for key in table.nested] for name, table in TABLES.items()}
        self._written: set[str] = set()
        self._organization: str | None = None

    def __enter__(self) -> "TableWriter":
        for name, table in TABLES.items():
            file = self._files.enter_context((self._folder / table.path).open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(table.columns)
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def write(self, name: str, value: Any, **links: str) -> None:
        """Write an object of the table `name`, and what is nested in it into the tables where that belongs."""
        if self._known(name, value.id):
            return
        for key, table, link in self._nested[name]:
            inner = getattr(value, key)
            if table == "attribute":  # a service has some seventy of them: the short way
                self._writers[table].writerows((a.id, value.id, a.taxonomy_term.id, "service", a.value) for a in inner)
                for each in inner:
                    self.write("taxonomy_term", each.taxonomy_term)
            elif isinstance(inner, list):
                for each in inner:
                    self.write(table, each, **{link: value.id})
            elif inner is not None:
                links[f"{table}_id"] = inner.id
                self.write(table, inner)
        self._writers[name].writerow(self._cells(name, value, links))

    def _cells(self, name: str, value: Any, links: dict[str, str]) -> Iterable[Any]:
        for column in self._columns[name]:
            cell = links.get(column) or _CONSTANTS.get(column) or getattr(value, column)
            yield cell.isoformat() if isinstance(cell, datetime) else cell

    def _known(self, name: str, id_: str) -> bool:
        """Whether the row stands there already; services of one organization follow each other."""
        if name == "organization":
            before, self._organization = self._organization, id_
            return before == id_
        if name not in _SHARED:
            return False
        if id_ in self._written:
            return True
        self._written.add(id_)
        return False
