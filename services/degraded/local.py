"""What a web host keeps on its own disk for a time without the database: all of it encrypted, safe against a crash."""

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken

from models.crypto import decrypt, encrypt

SNAPSHOT, JOURNAL, REFUSED = "snapshot", "journal", "refused"
WRITING, REPLAYING = "writing.lock", "replaying.lock"
LARGEST_BYTES = 64 * 1024 * 1024  # of all journals together: a hundred thousand calls


class JournalFull(OSError):
    """The journal has reached its limit: nothing more is written until it was replayed."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened while the database was gone. `id` is unique, so that it is replayed once."""

    id: str
    kind: str
    at: datetime
    data: dict[str, Any]


class LocalState:
    """A directory that all processes of one host share. Every method may raise OSError (a full or missing disk)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def folder(self, name: str) -> Path:
        """Where others keep files of theirs beside ours; it may not be there yet."""
        return self._directory / name

    def write_snapshot(self, words: str) -> None:
        """Replace the snapshot as a whole: a reader sees the old one or the new one."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._directory / f"{SNAPSHOT}.{os.getpid()}.{uuid.uuid4().hex}"
        half.touch(mode=0o600)
        half.write_bytes(encrypt(words))
        half.replace(self._directory / SNAPSHOT)

    def read_snapshot(self) -> str | None:
        """The snapshot; None when there is none, or when it was written with other keys."""
        try:
            return decrypt((self._directory / SNAPSHOT).read_bytes())
        except (FileNotFoundError, InvalidToken):
            return None

    def snapshot_age(self, now: float) -> float | None:
        """Seconds since it was written, by the file's clock; None when there is none."""
        try:
            return now - (self._directory / SNAPSHOT).stat().st_mtime
        except FileNotFoundError:
            return None

    def first_in(self, name: str, seconds: float) -> bool:
        """Whether nobody on this host has asked the same in the last so many seconds."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn(WRITING):
            mark = self._directory / name
            if mark.exists() and time.time() - mark.stat().st_mtime < seconds:
                return False
            mark.touch(mode=0o600)
            return True

    def write(self, kind: str, at: datetime, **data: Any) -> None:
        """Add one entry to the journal; it is on the disk when this returns."""
        entry = {"id": uuid.uuid4().hex, "kind": kind, "at": at.isoformat(), "data": data}
        self._append(JOURNAL, encrypt(json.dumps(entry)))

    def refuse(self, line: bytes) -> None:
        """Set an entry aside that cannot be replayed, for people to look at."""
        self._append(REFUSED, line)

    def _append(self, name: str, line: bytes) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn(WRITING):
            if self._bytes_written() + len(line) > LARGEST_BYTES:
                raise JournalFull(f"the journal in {self._directory} is full")
            file = os.open(self._directory / name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(file).st_size
                torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # a crash or a full disk in the last line
                os.write(file, (b"\n" if torn else b"") + line + b"\n")
                os.fsync(file)
            finally:
                os.close(file)
            if size == 0:
                self._sync_directory()

    def _sync_directory(self) -> None:
        """A file that is new on the disk is found after a power cut only when its directory was written too."""
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _bytes_written(self) -> int:
        return sum(path.stat().st_size for path in self._directory.glob(f"{JOURNAL}*"))

    @property
    def has_entries(self) -> bool:
        """Whether anything waits to be replayed."""
        return any(self._directory.glob(f"{JOURNAL}*"))

    @contextmanager
    def replaying(self) -> Iterator[list[Path]]:
        """The journals to replay, oldest first, none while another process replays them. Remove each when it is done.

        What is written meanwhile goes to a new journal.
        """
        with self._turn(REPLAYING, wait=False) as mine:
            yield self._set_aside() if mine else []

    def _set_aside(self) -> list[Path]:
        with self._turn(WRITING):
            current = self._directory / JOURNAL
            if current.exists():
                current.rename(self._directory / f"{JOURNAL}.{datetime.now().timestamp():.6f}")  # noqa: DTZ005 - a name
        return sorted(self._directory.glob(f"{JOURNAL}.*"))

    def refused_lines(self) -> int:
        """How many lines are set aside."""
        refused = self._directory / REFUSED
        return refused.read_bytes().count(b"\n") if refused.exists() else 0

    def refused_again(self) -> None:
        """Give what was set aside another chance: the next replay takes it first."""
        refused = self._directory / REFUSED
        if refused.exists():
            with self._turn(WRITING):
                refused.rename(self._directory / f"{JOURNAL}.0")

    @contextmanager
    def _turn(self, name: str, *, wait: bool = True) -> Iterator[bool]:
        """One process and thread at a time; the kernel gives the turn back when one is killed."""
        file = os.open(self._directory / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(file)


def entry_in(line: bytes) -> Entry | None:
    """The entry of a line; None for a torn or foreign one."""
    try:
        read = json.loads(decrypt(line))
        return Entry(read["id"], read["kind"], datetime.fromisoformat(read["at"]), read["data"])
    except (InvalidToken, ValueError, KeyError):
        return None
