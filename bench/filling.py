"""Invented places straight into the product's own tables: an import of a million rows would take minutes."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.places import Places, codes_of, invent, zip_table
from models.directory import DirectoryImport
from models.directory_store import copy_in
from models.versions import next_generation
from routing.geography import ZipTable
from services.directory.zip_codes import ensure_zip_codes

_COLUMNS = (
    *("id", "facility_id", "publisher", "kind", "position", "name1", "name2", "street1", "street2", "city", "state"),
    *("zip5", "phone", "operator", "intake", "website", "codes", "word", "digest", "import_id", "seen_import_id"),
    "since",
)
_BEDS = """
INSERT INTO bed_report (id, facility_id, level, open, how, at, since)
SELECT gen_random_uuid(), id, 'detox', id % 5, 'call', now() - id % 30 * interval '1 hour', 0 FROM facility
WHERE id % 10 = 0
"""


def fill_directory(session: Session, count: int) -> None:
    """`count` places as one import of an empty directory; every tenth has told its beds."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    ensure_zip_codes(session)
    zips, now = zip_table(), datetime.now(UTC)
    places, generation = invent(count, zips), next_generation(session)
    done = DirectoryImport(
        at=now, format="bench", publisher="bench", source="Invented", edition="", as_of=now.date(), scope="national",
        file_name="", file_digest="", generation=generation,
    )  # fmt: skip
    session.add(done)
    session.flush()
    facilities = np.unique(places.columns.facilities).tolist()
    copy_in(session, "facility", ("id", "key"), ((id_, f"place {id_}") for id_ in facilities))
    copy_in(session, "listing", _COLUMNS, _rows(places, zips, done.id, generation))
    session.execute(text(_BEDS))
    session.execute(text("ANALYZE facility, listing, bed_report"))


def _rows(places: Places, zips: ZipTable, import_id: int, generation: int) -> Iterator[tuple[object, ...]]:
    columns = places.columns
    values = (columns.listings, columns.facilities, columns.words, columns.zips, columns.operators, places.zip_rows)
    before = 0
    for listing, facility, word, code, phone, row in zip(*(value.tolist() for value in values), strict=True):
        again, before = int(facility == before), facility
        place = (f"Place {facility}", "", f"{facility} Invented Street", "", "Invented", str(zips.states[row]))
        told = (f"{code:05d}", str(phone), phone, "[]", "", codes_of(word), word, "")
        yield (listing, facility, "bench", "SU", again, *place, *told, import_id, import_id, generation)
