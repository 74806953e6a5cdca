"""Imports by page: a file is looked at first, taken over on a word, undone on another; a worker does each of them."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any, Final

from sqlalchemy.orm import Session

from models import directory_uploads as store
from models import outbox
from models.directory import take_directory
from models.directory_uploads import BEGUN, UNDER_WAY, DirectoryUpload, UploadState
from models.versions import directory_versions
from routing.sentence import Sentence
from services import audit
from services.directory import upload_files
from services.directory.file_reasons import why
from services.directory.importing import ImportResult, ImportWish, import_directory
from services.directory.rows import clean
from services.directory.searching import undo_import
from services.directory.undoing import undoing
from services.house import House

RUN: Final = "workers.housekeeping.directory_upload"
QUEUE: Final = "housekeeping"
SILENT = timedelta(minutes=2)  # of an upload under way nothing was heard, while nobody holds the directory: it died
LONGEST_NAME = 120  # characters of a file's name that are kept
SHOWN = 50  # notes and names that a result keeps
ROWS_A_WORD, SECONDS_A_WORD = 500, 1.0  # how often the rows read are told
Said = Sequence[dict[str, Any]]  # sentences, plain
_STATE = re.compile(r"[A-Za-z]{2}")


class UploadRefused(StrEnum):
    """Why an admin's word changed nothing."""

    NO_FILE = "no_file"
    SCOPE = "scope"
    STATE = "state"
    DAY = "day"
    NOT_NOW = "not_now"
    CONFIRM = "confirm"
    WOULD_EMPTY = "would_empty"
    NOT_NEWEST = "not_newest"


class Problem(StrEnum):
    """What stopped an upload; `refused`: the importer, whose own sentences stand beside it."""

    REFUSED = "refused"
    FILE_MISSING = "file_missing"
    CHANGED = "changed"  # the directory, between look and word: it was looked at anew
    BROKEN = "broken"
    DIED = "died"


@dataclass(frozen=True)
class UploadWish:
    """What an admin chose: scope "" (as the file says), national, state or list; the state; the day the file is of."""

    scope: str
    state: str
    as_of: str


def begin(
    house: House, came: Path, name: str, wish: UploadWish, by: uuid.UUID, now: datetime
) -> uuid.UUID | UploadRefused:
    """Keep what came in, and ask for a look at it. Raises OSError (a full or missing disk)."""
    upload_files.remove_old(house)
    scope = _scope(wish)
    if isinstance(scope, UploadRefused):
        return scope
    try:
        day = date.fromisoformat(wish.as_of) if wish.as_of else None
    except ValueError:
        return UploadRefused.DAY
    if day is not None and day > now.date():
        return UploadRefused.DAY
    if came.stat().st_size == 0:
        return UploadRefused.NO_FILE
    kept = {"scope": scope, "as_of": day.isoformat() if day else None, "edition": upload_files.edition_in(name)}
    kept["file"] = clean(name)[:LONGEST_NAME]
    with house.db.begin() as session:
        upload = _new(session, by, now, UploadState.TO_LOOK, kept, upload_files.extension_of(name))
        upload_files.keep(house, came, upload)
        audit.write(session, "directory_uploaded", by, now)
    return upload.id


def take(house: House, upload_id: uuid.UUID, by: uuid.UUID, now: datetime, *, confirmed: bool) -> UploadRefused | None:
    """Ask for what was looked at; `confirmed`: even when it retires more than may go unasked."""
    with house.db.begin() as session:
        upload = store.lock_upload(session, upload_id)
        if upload is None or upload.state is not UploadState.LOOKED or not upload.result or upload.result["known"]:
            return UploadRefused.NOT_NOW
        if upload.result["too_many"] and not confirmed:
            return UploadRefused.CONFIRM
        upload.wish, upload.by = {**upload.wish, "confirmed": confirmed}, by
        _ask(session, upload, UploadState.TO_TAKE, now)
    return None


def look_again(house: House, upload_id: uuid.UUID, now: datetime) -> UploadRefused | None:
    """Ask for another look, when there is reason for one: another import was in the way, or came between."""
    with house.db.begin() as session:
        upload = store.lock_upload(session, upload_id)
        if upload is None or upload.state is not UploadState.LOOKED:
            return UploadRefused.NOT_NOW
        _ask(session, upload, UploadState.TO_LOOK, now)
    return None


def leave(house: House, upload_id: uuid.UUID, now: datetime) -> UploadRefused | None:
    """Take nothing over, and remove the file."""
    with house.db.begin() as session:
        upload = store.lock_upload(session, upload_id)
        if upload is None or upload.state not in {UploadState.LOOKED, UploadState.TO_LOOK}:
            return UploadRefused.NOT_NOW
        _say(upload, UploadState.LEFT, now)
    upload_files.remove(house, upload_id)
    return None


def undo(house: House, import_id: int, by: uuid.UUID, now: datetime, *, confirmed: bool) -> uuid.UUID | UploadRefused:
    """Ask for an import to be taken back as a whole: only the newest one that changed something can.

    `confirmed`: even when no place is left then.
    """
    with house.db.begin() as session:
        would = undoing(session)
        if would is None or would.import_id != import_id:
            return UploadRefused.NOT_NEWEST
        if would.empties and not confirmed:
            return UploadRefused.WOULD_EMPTY
        upload = _new(session, by, now, UploadState.TO_UNDO, {}, "")
        upload.import_id = import_id
    return upload.id


def run(house: House, upload_id: uuid.UUID, now: datetime) -> None:
    """The worker's part: claimed first, so that it is done once; whatever happens, the row says how it ended."""
    with house.db.begin() as session:
        upload = store.lock_upload(session, upload_id)
        if upload is None or upload.state not in BEGUN:
            return
        _say(upload, BEGUN[upload.state], now)
        upload.rows_read = 0
        changed = upload.state is UploadState.TAKING and _generation(session) != (upload.result or {})["generation"]
        if changed:
            upload.state = UploadState.LOOKING
    try:
        if upload.state is UploadState.UNDOING:
            _undo(house, upload, now)
        else:
            _import(house, upload, now, Problem.CHANGED if changed else None)
    except Exception:
        _end(house, upload.id, UploadState.FAILED, now, problem=Problem.BROKEN)
        upload_files.remove(house, upload.id)
        raise


def tidy(house: House, now: datetime) -> None:
    """Files and looks that nobody wanted for a day go; uploads whose worker died say so."""
    upload_files.remove_old(house)
    waiting = {UploadState.LOOKED, *BEGUN}
    with house.db.begin() as session:
        for upload in store.lock_quiet_uploads(session, waiting, now - upload_files.KEPT):
            _say(upload, UploadState.LEFT, now)
            upload_files.remove(house, upload.id)
    with house.db.begin() as session:
        quiet = store.lock_quiet_uploads(session, UNDER_WAY, now - SILENT)
        if quiet and take_directory(session):  # whoever imports holds it: nobody does
            for upload in quiet:
                _say(upload, UploadState.FAILED, now, problem=Problem.DIED)
                upload_files.remove(house, upload.id)


def _scope(wish: UploadWish) -> str | UploadRefused:
    if wish.scope in {"", "national", "list"}:
        return wish.scope
    if wish.scope != "state":
        return UploadRefused.SCOPE
    state = wish.state.strip()
    return f"state:{state.upper()}" if _STATE.fullmatch(state) else UploadRefused.STATE


def _new(
    session: Session, by: uuid.UUID, now: datetime, state: UploadState, wish: dict[str, Any], extension: str
) -> DirectoryUpload:
    upload = DirectoryUpload(at=now, by=by, extension=extension, wish=wish, state=state, said_at=now)
    session.add(upload)
    session.flush()
    outbox.put(session, RUN, QUEUE, upload.id, now=now)
    return upload


def _ask(session: Session, upload: DirectoryUpload, state: UploadState, now: datetime) -> None:
    _say(upload, state, now)
    outbox.put(session, RUN, QUEUE, upload.id, now=now)


def _say(
    upload: DirectoryUpload, state: UploadState, now: datetime, *, problem: Problem | None = None, error: Said = ()
) -> None:
    upload.state, upload.said_at, upload.problem, upload.error = state, now, problem, list(error) or None


def _generation(session: Session) -> int:
    return directory_versions(session).generation


def _import(house: House, upload: DirectoryUpload, now: datetime, problem: Problem | None) -> None:
    """Look, or take over. Where the importer refuses to take, the look before it stands with what it says."""
    looking, path = upload.state is UploadState.LOOKING, upload_files.file_of(house, upload)
    if not path.exists():
        _end(house, upload.id, UploadState.FAILED, now, problem=Problem.FILE_MISSING)
        upload_files.remove(house, upload.id)
        return
    with house.db.begin() as session:
        generation = _generation(session)
    day = upload.wish["as_of"]
    wish = ImportWish(
        path,
        upload.wish["scope"],
        as_of=date.fromisoformat(day) if day else None,
        dry_run=looking,
        retire_confirmed=upload.wish.get("confirmed", False),
        actor_id=upload.by,
        upload_id=upload.id,
        name=upload.wish.get("file", ""),
    )
    result = import_directory(house, wish, now, _telling(house, upload.id))
    if result.errors:
        stays = not looking or result.errors == (why("busy"),)
        state = UploadState.LOOKED if stays else UploadState.FAILED
        error, rows = _said(result.errors, path), None if stays else _shown(replace(result, errors=()))
        _end(house, upload.id, state, now, problem=Problem.REFUSED, error=error, result=rows)
    else:
        stays, state = looking, UploadState.LOOKED if looking else UploadState.TAKEN
        shown = {**_shown(result), "generation": generation}
        _end(house, upload.id, state, now, problem=problem, result=shown)
    if not stays:
        upload_files.remove(house, upload.id)


def _undo(house: House, upload: DirectoryUpload, now: datetime) -> None:
    with house.db.begin() as session:
        would = undoing(session)
    wrong = undo_import(house, upload.import_id or 0, now, actor_id=upload.by)
    if wrong or would is None:  # undone, the newest was this one, and did what it would do
        error = [wrong.plain()] if wrong else []
        _end(house, upload.id, UploadState.FAILED, now, problem=Problem.REFUSED, error=error)
    else:
        _end(house, upload.id, UploadState.UNDONE, now, result={**asdict(would), "read": 0})


def _end(
    house: House,
    upload_id: uuid.UUID,
    state: UploadState,
    now: datetime,
    *,
    problem: Problem | None = None,
    error: Said = (),
    result: dict[str, Any] | None = None,
) -> None:
    """How it ended; what was taken over in the meantime stays taken."""
    with house.db.begin() as session:
        upload = store.lock_upload(session, upload_id)
        if upload is None:
            return
        if upload.state is UploadState.TAKEN:
            state, problem = UploadState.TAKEN, None
        _say(upload, state, now, problem=problem, error=error)
        if result is not None:
            upload.result, upload.rows_read = result, result["read"]


def _said(sentences: Sequence[Sentence], path: Path) -> Said:
    """Sentences as they are kept for a page, where the file that was uploaded has no name of its own."""
    plain = [one.plain() for one in sentences]
    return [{**one, "name": None} if one.get("name") == path.name else one for one in plain]


def _telling(house: House, upload_id: uuid.UUID) -> Callable[[int], None]:
    """Counts rows, and writes the count down now and then, outside the import's transaction."""
    read, told = 0, monotonic()

    def count(rows: int) -> None:
        nonlocal read, told
        read += rows
        if read % ROWS_A_WORD == 0 and monotonic() - told >= SECONDS_A_WORD:
            told = monotonic()
            with house.db.begin() as session:
                store.note_rows(session, upload_id, read)

    return count


def _shown(result: ImportResult) -> dict[str, Any]:
    """The result as it is kept for the page: counts whole, lists cut."""
    whole = asdict(result)
    cut = {name: whole[name][:SHOWN] for name in ("perhaps", "marked")}
    notes = [(line, note.plain()) for line, note in result.notes[:SHOWN]]
    counts = {"refused": len(result.refused), "noted": len(result.notes), "unsure": len(result.perhaps)}
    return {**whole, **cut, **counts, "notes": notes}
