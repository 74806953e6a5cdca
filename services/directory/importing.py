"""Takes a directory file in: rows that cannot be taken are named, the others go in, and are undone as a whole."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import directory_pairs, directory_uploads
from models import directory_store as store
from models.directory import DirectoryImport, RefusedRow, last_import, take_directory
from models.facility_pairs import open_facility_pairs
from models.versions import next_generation
from routing.geography import ZipTable
from routing.sentence import Sentence
from services import audit
from services.directory.file_reasons import UnreadableFileError, unreadable
from services.directory.files import SourceFile, edition_of
from services.directory.opening import open_source
from services.directory.pairing import pair
from services.directory.plain_csv import PLAIN_CSV
from services.directory.row_reasons import because
from services.directory.rows import SourceRow, clean, examine
from services.directory.zip_codes import ensure_zip_codes, load_zip_table
from services.house import House

RETIRE_CAP = 0.10  # issue "The directory and the match": more than this share is retired only when confirmed
REFUSED_KEPT = 1_000  # of a thoroughly wrong file, this many rows explain enough
EXAMPLES = 5
QUARANTINED = 50  # rows with their reasons as codes, for a page
Progress = Callable[[int], None]


@dataclass(frozen=True)
class ImportWish:
    """How a file is to be taken. `scope`: national, state:MA, list, or "" for what the format speaks for."""

    path: Path
    scope: str = ""
    edition: str = ""
    as_of: date | None = None
    dry_run: bool = False
    retire_confirmed: bool = False
    sample: bool = False  # invented places, which leave with the first real file
    actor_id: uuid.UUID | None = None
    upload_id: uuid.UUID | None = None  # of the page, which is told in the same transaction
    name: str = ""  # of the file as people know it, where that is not its name on the disk


@dataclass
class ImportResult:
    """What an import did, in rows; with `errors` it did nothing. `refused` and `notes`: (line, sentence)."""

    errors: tuple[Sentence, ...] = ()
    format: str = ""
    source: str = ""
    edition: str = ""
    scope: str = ""
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    invented: int = 0  # sample places that give way to real ones
    left: int = 0  # as a later edition has them
    perhaps: list[tuple[str, str]] = field(default_factory=list)  # a place that goes, and one that may be it anew
    marked: list[str] = field(default_factory=list)  # places that go though people said something of them
    refused: list[tuple[int, Sentence]] = field(default_factory=list)
    notes: list[tuple[int, Sentence]] = field(default_factory=list)
    unknown_codes: dict[str, int] = field(default_factory=dict)  # in how many rows each stands
    examples: dict[str, list[str]] = field(default_factory=dict)
    services: list[list[str]] = field(default_factory=list)  # codes of each of the new places among the examples
    changes: list[dict[str, Any]] = field(default_factory=list)  # some, by field: {name, fields: [[field, old, new]]}
    quarantined: list[dict[str, Any]] = field(default_factory=list)  # some of the refused: {line, reasons, content}
    inside: int = 0  # rows now in scope
    too_many: bool = False  # whether it retires more of them than may go unasked
    known: bool = False  # nothing differs, and this very file was the last: not even a note is made
    dry_run: bool = False
    import_id: int | None = None


def import_directory(house: House, wish: ImportWish, now: datetime, progress: Progress | None = None) -> ImportResult:
    """Bring the directory to what the file says, inside the scope it speaks for; `progress` is told the rows read."""
    result = ImportResult(dry_run=wish.dry_run)
    try:
        source = open_source(wish.path, house.service_codes)
        if wish.sample:
            source = replace(source, publisher=store.SAMPLE, source="Invented places for trying the line")
        scope = _scope(wish, source, now)
        with house.db.begin() as session:
            known = frozenset(house.service_codes.by_code)
            _Intake(session, wish, source, scope, now, result, progress or (lambda _: None), known).run()
            if wish.dry_run:
                session.rollback()
    except UnreadableFileError as refusal:
        failed = ImportResult(errors=(refusal.why,), dry_run=wish.dry_run)
        return replace(failed, read=result.read, refused=result.refused, quarantined=result.quarantined)
    return result


@dataclass
class _Intake:
    """One file on its way in, inside one transaction."""

    session: Session
    wish: ImportWish
    source: SourceFile
    scope: store.Scope
    now: datetime
    result: ImportResult
    progress: Progress
    known_codes: frozenset[str]
    refused: list[RefusedRow] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)  # (facility that goes, line that may be it)
    real: bool = False  # whether more than invented places are there

    def run(self) -> None:
        """Stage, compare, check, write."""
        if not take_directory(self.session):
            raise unreadable("busy")
        ensure_zip_codes(self.session)
        self.real = store.has_real_places(self.session)
        if self.wish.sample and self.real:
            return  # invented places never come to stand beside real ones
        zips = load_zip_table(self.session)
        if store.stage(self.session, self._rows(zips)) == self._refuse_copies():
            raise self._nothing_to_take()
        store.compare(self.session, self.scope)
        self._pair()
        self._note(store.difference(self.session, self.scope))
        self.result.known = self._known_already()
        if not self.wish.dry_run and not self.result.known:
            self._write()

    def _rows(self, zips: ZipTable) -> Iterator[dict[str, Any]]:
        """The rows that can be taken; the others are noted on the way."""
        for row in self.source.rows():
            self.result.read += 1
            self.progress(1)
            done = examine(row, zips)
            state = row.state.strip().upper()
            if self._only_unknown_codes(done.codes):
                done.refused.append(because("unknown_codes"))
            if row.publisher == store.SAMPLE and self.real:
                done.refused.append(because("invented"))
            if self.scope.state and state in zips.state_words and state != self.scope.state:
                done.refused.append(because("outside", state=state[:2], scope=self.scope.state))
            self.result.notes += [(row.line, note) for note in done.notes]
            if done.refused:
                self._note_refused(row.line, done.refused, _shown(row))
            elif done.values is not None:
                yield {**done.values, "publisher": row.publisher or self.source.publisher}

    def _only_unknown_codes(self, codes: Sequence[str]) -> bool:
        """Count the codes that nobody knows (a newer edition may have some, a slip of the pen too)."""
        unknown = set(codes) - self.known_codes
        for code in unknown:
            self.result.unknown_codes[code] = self.result.unknown_codes.get(code, 0) + 1
        return bool(codes) and len(unknown) == len(codes)

    def _refuse_copies(self) -> int:
        """In a list that people keep by hand, a row that is nothing new is a slip; how many there were."""
        if self.source.format != PLAIN_CSV or self.wish.sample:
            return 0
        copies = store.drop_copies(self.session)
        for copy in copies:
            there = because("there_already", source=copy.source)
            why = because("twice", line=copy.same_as) if copy.same_as else there
            self._note_refused(copy.line, [why], copy.content)
        self.result.refused.sort()
        return len(copies)

    def _note_refused(self, line: int, reasons: list[Sentence], content: dict[str, Any]) -> None:
        self.result.refused.append((line, because("several", all=reasons)))
        if len(self.refused) < REFUSED_KEPT:
            row = {"line": line, "reasons": [reason.plain() for reason in reasons], "content": content}
            self.refused.append(RefusedRow(**row))
            if len(self.result.quarantined) < QUARANTINED:
                self.result.quarantined.append(row)

    def _nothing_to_take(self) -> UnreadableFileError:
        name = self.wish.path.name
        if not self.result.refused:
            return unreadable("no_row", name=name)
        line, reason = self.result.refused[0]
        return unreadable("no_row_first", name=name, line=line, why=reason)

    def _pair(self) -> None:
        """Keep places that are only spelled anew; name those that may be."""
        pairs = pair(*directory_pairs.gone_and_fresh(self.session, self.scope.parameters()))
        directory_pairs.take_pairs(self.session, pairs.sure)
        self.asked, self.result.perhaps = directory_pairs.unanswered(self.session, pairs.perhaps)
        self.result.marked = directory_pairs.retiring_with_words(self.session)

    def _note(self, difference: store.Difference) -> None:
        """Put the difference into the result; refuse a file that would empty the directory."""
        result = self.result
        result.added, result.changed, result.retired = difference.added, difference.changed, difference.retired
        result.unchanged, result.left, result.invented = difference.same, difference.later, difference.invented
        result.format, result.source = self.source.format, self.source.source
        result.examples = store.examples(self.session, EXAMPLES)
        result.services = [codes.split() for codes in store.codes_of_added(self.session, EXAMPLES)]
        result.changes = store.changed_fields(self.session, EXAMPLES)
        result.scope = scope_word(self.scope)
        result.inside = difference.inside
        result.too_many = difference.retired > RETIRE_CAP * difference.inside
        if result.too_many and not (self.wish.retire_confirmed or self.wish.dry_run):
            counts = {"retired": f"{difference.retired:,}", "inside": f"{difference.inside:,}"}
            scope, cap = result.scope, f"{RETIRE_CAP:.0%}"
            raise unreadable("retires", name=self.wish.path.name, **counts, scope=scope, cap=cap)

    def _known_already(self) -> bool:
        """Whether nothing differs and this very file was the last one, or is a copy: then not even a note is made."""
        last = last_import(self.session, self.source.publisher, self.result.scope)
        differs = self.result.added or self.result.changed or self.result.retired
        if differs or self.source.copy:
            return not differs
        return last is not None and last.file_digest == _file_digest(self.wish.path)

    def _write(self) -> None:
        result, counts = self.result, _counts(self.result)
        row = self._import_row(counts)
        self.session.add(row)
        self.session.flush()
        for refusal in self.refused:
            refusal.import_id = row.id
        self.session.add_all(self.refused)
        if result.added or result.changed or result.retired:
            row.generation = next_generation(self.session)
            store.write(self.session, self.scope, row.id, row.generation)
            directory_pairs.end_unlisted_checks(self.session, row.id)
        if not self.source.copy:
            store.refresh_seen(self.session, self.scope, row.id)
        open_facility_pairs(self.session, self.asked, row.id, self.now)
        audit.write(self.session, "directory_imported", self.wish.actor_id, self.now, import_id=row.id, **counts)
        if self.wish.upload_id is not None:
            directory_uploads.note_taken(self.session, self.wish.upload_id, row.id)
        result.import_id, result.edition = row.id, row.edition

    def _import_row(self, counts: dict[str, int]) -> DirectoryImport:
        wish, source = self.wish, self.source
        return DirectoryImport(
            at=self.now,
            actor_id=wish.actor_id,
            format=source.format,
            publisher=source.publisher,
            source=source.source,
            edition=wish.edition or edition_of(wish.path)[0],
            as_of=self.scope.as_of,
            scope=self.result.scope,
            file_name=wish.name or wish.path.name,
            file_digest=_file_digest(wish.path),
            counts={**counts, "invented": self.result.invented},
        )


def _scope(wish: ImportWish, source: SourceFile, now: datetime) -> store.Scope:
    day = wish.as_of or source.as_of or edition_of(wish.path)[1] or now.date()
    if day > now.date():  # every later file would be taken for an older one
        raise unreadable("to_come", name=wish.path.name, day=day.isoformat())
    word = wish.scope or source.scope
    if word in {"national", "list"}:
        return store.Scope(source.publisher, source.kinds, day, whole=word == "national")
    kind, _, state = word.partition(":")
    if kind != "state" or len(state) != 2 or not state.isalpha():
        raise unreadable("scope", scope=word[:40])
    return store.Scope(source.publisher, source.kinds, day, whole=True, state=state.upper())


def scope_word(scope: store.Scope) -> str:
    """The scope as it is stored and shown."""
    return f"state:{scope.state}" if scope.state else "national" if scope.whole else "list"


def _counts(result: ImportResult) -> dict[str, int]:
    words = ("read", "added", "changed", "unchanged", "retired")
    return {**{word: getattr(result, word) for word in words}, "refused": len(result.refused)}


def _shown(row: SourceRow) -> dict[str, Any]:
    """What an admin needs to find the row again."""
    return {
        name: clean(str(getattr(row, name)))[:200] for name in ("name1", "name2", "street1", "city", "state", "zip")
    }


def _file_digest(path: Path) -> str:
    if path.is_dir():
        files = sorted(entry for entry in path.iterdir() if entry.is_file())
        named = "".join(f"{entry.name} {_file_digest(entry)}\n" for entry in files)
        return hashlib.sha256(named.encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
