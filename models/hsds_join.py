"""A temporary place on disk where the tables of a data package are brought together, however large they are."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Record = dict[str, Any]
CACHE_KIB = 65_536


class Join:
    """Records by table and key. The file has no name and is gone when this is closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in ("synchronous = OFF", "journal_mode = OFF", f"cache_size = -{CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("CREATE TABLE record (number INTEGER PRIMARY KEY, kind TEXT, key TEXT, body TEXT)")

    def add(self, kind: str, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep the records of one table, each under its key, in their order."""
        self._db.execute("BEGIN")
        rows = ((kind, key, json.dumps(record)) for key, record in records)
        self._db.executemany("INSERT INTO record (kind, key, body) VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def ready(self) -> None:
        """Call when all tables are in: from here on records are found by their key."""
        self._db.execute("CREATE INDEX by_key ON record (kind, key)")

    def find(self, kind: str, key: str) -> list[Record]:
        """The records of a table under this key, in their order."""
        rows = self._db.execute("SELECT body FROM record WHERE kind = ? AND key = ? ORDER BY number", (kind, key))
        return [json.loads(body) for (body,) in rows]

    def each(self, kind: str) -> Iterator[Record]:
        """All records of a table, in their order."""
        rows = self._db.execute("SELECT body FROM record WHERE kind = ? ORDER BY number", (kind,))
        return (json.loads(body) for (body,) in rows)

    def close(self) -> None:
        """Forget everything."""
        self._db.close()
