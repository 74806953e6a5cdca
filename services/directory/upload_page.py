"""What admins see of imports: the newest ones, files that wait for a word, and one upload with all it would change."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import directory_uploads as store
from models.directory import DirectoryImport
from models.directory_uploads import BEGUN, UNDER_WAY, DirectoryUpload, UploadState
from services.directory.importing import RETIRE_CAP
from services.directory.undoing import Undoing, undoing
from services.house import House

IMPORTS_SHOWN = 30


@dataclass(frozen=True)
class Change:
    """One field of a place; of codes, those that leave and those that come."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """One upload. `result`: of services.directory.importing.ImportResult, as services.directory.uploads keeps it."""

    id: uuid.UUID
    at: datetime
    state: str
    undoes: bool  # an import, and brings no file
    file: str  # its name as it came; "" of older uploads
    rows_read: int
    problem: str | None
    error: Sequence[dict[str, Any] | str]  # sentences, plain
    import_id: int | None
    result: dict[str, Any] | None
    changes: tuple[tuple[str, tuple[Change, ...]], ...]  # some places with what changes of them
    undoing: Undoing | None  # what an undo would do, where it can be undone
    cap: float = RETIRE_CAP

    @property
    def goes_on(self) -> bool:
        """Whether there is more to wait for."""
        return self.state in UNDER_WAY or self.state in BEGUN

    @property
    def changes_nothing(self) -> bool:
        """Whether the directory is as the file says."""
        found = self.result or {}
        return not any(found.get(word) for word in ("added", "changed", "retired"))


@dataclass(frozen=True)
class Past:
    """One import, by whom, and what its undo would do while it can be undone."""

    id: int
    at: datetime
    by: str | None
    source: str
    file: str
    edition: str
    scope: str
    counts: dict[str, int]
    undone_at: datetime | None
    undoing: Undoing | None


@dataclass(frozen=True)
class Imports:
    """The newest imports, and uploads that wait for a worker or for a word."""

    past: Sequence[Past]
    open: Sequence[Shown]


def imports(house: House) -> Imports:
    """All that the list shows."""
    with house.db.begin() as session:
        last = undoing(session)
        past = [_past(row, name, last) for row, name in store.imports_with_names(session, IMPORTS_SHOWN)]
        waiting = store.uploads_in(session, {UploadState.LOOKED, *BEGUN, *UNDER_WAY})
        return Imports(past, [_shown(upload, last) for upload in waiting])


def shown(house: House, upload_id: uuid.UUID) -> Shown | None:
    """One upload; None when there is none."""
    with house.db.begin() as session:
        upload = store.upload(session, upload_id)
        if upload is None:
            return None
        return _shown(upload, undoing(session))


def _past(row: DirectoryImport, by: str | None, last: Undoing | None) -> Past:
    facts = (row.source, row.file_name, row.edition, row.scope, row.counts)
    return Past(row.id, row.at, by, *facts, undone_at=row.undone_at, undoing=_of(row.id, last))


def _shown(upload: DirectoryUpload, last: Undoing | None) -> Shown:
    result = upload.result
    changes = tuple(
        (place["name"], tuple(_change(*field) for field in place["fields"]))
        for place in (result or {}).get("changes", ())
    )
    return Shown(
        id=upload.id,
        at=upload.at,
        state=upload.state,
        undoes=not upload.wish,
        file=upload.wish.get("file") or (result or {}).get("file", ""),
        rows_read=upload.rows_read,
        problem=upload.problem,
        error=upload.error or (),
        import_id=upload.import_id,
        result=result,
        changes=changes,
        undoing=_of(upload.import_id, last) if upload.state is UploadState.TAKEN else None,
    )


def _of(import_id: int | None, last: Undoing | None) -> Undoing | None:
    return last if last is not None and last.import_id == import_id else None


def _change(field: str, before: Any, after: Any) -> Change:
    if field == "codes":
        old, new = before.split(), after.split()
        return Change(field, " ".join(c for c in old if c not in new), " ".join(c for c in new if c not in old))
    if field == "intake":
        return Change(field, ", ".join(before), ", ".join(after))
    return Change(field, before, after)
