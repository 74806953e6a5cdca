"""Reads what a match looks at out of the database: all of it, the past, or only what was said since."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from models.directory_index import index_rows, reading
from models.versions import Versions
from routing.geography import ZipTable
from routing.match_index import Columns, FacilityIndex
from routing.match_overlay import Overlay
from services.directory.fixes import Fixes, indexed_fixes, put_right
from services.directory.live import live_facts
from services.directory.zip_codes import load_zip_table


@dataclass(frozen=True)
class Sources:
    """The directory as arrays, in which `fixes` are put right, and what is said of its places by the hour."""

    versions: Versions
    index: FacilityIndex
    overlay: Overlay
    fixes: Fixes


def read_all(session: Session, zips: ZipTable | None, versions: Versions) -> Sources:
    """Everything as it is now; `zips`: the ZIP codes, where they are known already."""
    with reading(session):
        if zips is None or not len(zips.codes):  # a process that is older than the directory knows none
            zips = load_zip_table(session)
        fixes = indexed_fixes(session)
        index = _index(index_rows(session), fixes, zips, versions)
        return Sources(versions, index, Overlay.build(index, live_facts(session), versions.live), fixes)


def read_past(session: Session, versions: Versions) -> Sources:
    """Everything as it was."""
    with reading(session):
        fixes = indexed_fixes(session, None, versions.live)
        index = _index(index_rows(session, versions.generation), fixes, load_zip_table(session), versions)
        overlay = Overlay.build(index, live_facts(session, None, versions.live), versions.live)
    return Sources(versions, index, overlay, fixes)


def read_again(session: Session, before: Sources, facilities: Sequence[int], live: int) -> Sources:
    """`before` with what is said of these facilities (rising ids) at live version `live`, which is now."""
    versions, index, fixes = before.versions._replace(live=live), before.index, before.fixes
    now = indexed_fixes(session, facilities)
    if differing := [id_ for id_ in facilities if now.get(id_) != fixes.get(id_)]:
        columns = Columns.unpack(index_rows(session, versions.generation, differing))
        put_right(columns, now)
        index = index.corrected(np.array(differing, dtype=np.int64), columns)
        fixes = {id_: fix for id_, fix in fixes.items() if id_ not in differing} | now
    overlay = before.overlay.changed(index, live_facts(session, facilities), live)
    return Sources(versions, index, overlay, fixes)


def _index(packed: bytes, fixes: Fixes, zips: ZipTable, versions: Versions) -> FacilityIndex:
    columns = Columns.unpack(packed)
    put_right(columns, fixes)
    return FacilityIndex.build(columns, zips, str(versions.generation))
