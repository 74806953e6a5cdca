"""Who runs the embedded servers, and where: PostgreSQL refuses root, so root starts them as nobody."""

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.defaults import EMBEDDED_MARK
from config.settings import SettingsError

NOBODY = 65534
MAX_SOCKET_PATH = 107  # bytes in sockaddr_un.sun_path on Linux; macOS has 104
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")
_MAC_SLACK = 4

SHARED, SHARED_AND_SHORT = Path("/var/tmp"), Path("/tmp")  # noqa: S108 - the ownership of what is in them is checked
_SHARED_NAME = "harborline-"
_ORIGIN = "origin"


class EmbeddedError(SettingsError):
    """The embedded servers cannot run here; the text is a sentence that says what to do."""


@dataclass(frozen=True)
class Account:
    """The account of the servers: None is our own; an id means that we are root and step down to it."""

    uid: int | None

    def popen_options(self) -> Mapping[str, Any]:
        """What `subprocess` needs so that a process runs as this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}

    def can_run(self, command: Sequence[str]) -> bool:
        """Whether this account can execute `command` (a quick one, such as `postgres --version`)."""
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=20, check=False, cwd="/", env=server_env(), **self.popen_options()
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0

    def own(self, directory: Path) -> None:
        """Make `directory` (created when missing) this account's alone. OSError when the file system refuses."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None:
            os.chown(directory, self.uid, self.uid)
        directory.chmod(0o700)

    def can_write(self, directory: Path) -> bool:
        """Whether this account can reach `directory` and write in it."""
        return self.can_run(["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(directory)])


@dataclass(frozen=True)
class Place:
    """Where one pair of servers lives."""

    account: Account
    directory: Path  # postgres/, valkey/ and copies of binaries
    sockets: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.directory / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's data directory."""
        return self.directory / "valkey"


def server_env() -> dict[str, str]:
    """The environment of a server: nothing of ours, no secrets, no PG* variables."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def current_account() -> Account:
    """Our own account, or nobody's when we are root."""
    return Account(NOBODY if os.geteuid() == 0 else None)


def find_place(data_dir: Path) -> Place:
    """Where the servers of `data_dir` live: in it, or in /var/tmp when their account cannot enter it.

    The answer is the same each time. Raises EmbeddedError when no directory works.
    """
    account, data_dir = current_account(), data_dir.resolve()
    if not account.can_run(["/bin/sh", "-c", "true"]):
        raise EmbeddedError(
            "The embedded servers cannot step down from root here: run as an ordinary user, "
            "or set DATABASE_URL and REDIS_URL."
        )
    name = f"{_SHARED_NAME}{hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]}"
    shared = SHARED / name
    for directory in (data_dir, shared):
        if (directory != shared or _make_ours(shared, data_dir)) and _claim(account, directory):
            return Place(account, directory, _socket_directory(account, directory, data_dir, name))
    raise EmbeddedError(f"No directory for the embedded servers: make {data_dir} writable, or set HARBORLINE_DATA.")


def remove_place(place: Place, keep: Path) -> None:
    """Delete the files of throwaway servers that have stopped, save `keep` itself: its locks are in use."""
    ours = {place.postgres, place.valkey, place.sockets, place.directory, place.sockets.parent} - {keep, keep.parent}
    for directory in ours:
        shutil.rmtree(directory, ignore_errors=True)


def _claim(account: Account, directory: Path) -> bool:
    """Whether `directory` is (now) a place of ours that the servers' account can write in, below it."""
    try:
        directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        probe = directory / "probe"
        account.own(probe)
        usable = account.can_write(probe)
        probe.rmdir()
    except OSError:
        return False
    return usable


def forgotten_places() -> list[Path]:
    """Directories of ours in shared places whose data directory was deleted: a checkout or a test run that is gone."""
    found = [
        path for parent in (SHARED, SHARED_AND_SHORT) for path in parent.glob(f"{_SHARED_NAME}*") if _is_ours(path)
    ]
    origins = {path: path / _ORIGIN for path in found}
    return [path for path, origin in origins.items() if origin.exists() and not Path(origin.read_text()).exists()]


def _is_ours(directory: Path) -> bool:
    """Somebody else's directory in a shared place could be a trap."""
    facts = directory.lstat()
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid()


def _make_ours(directory: Path, data_dir: Path) -> bool:
    """Create a directory in a shared place, which remembers what it is for; whether it is ours."""
    directory.mkdir(mode=0o755, exist_ok=True)
    if not _is_ours(directory):
        return False
    (directory / _ORIGIN).write_text(str(data_dir))
    return True


def _socket_directory(account: Account, directory: Path, data_dir: Path, name: str) -> Path:
    """A directory (marked as embedded by its name) whose socket paths are short enough."""
    sockets = directory / EMBEDDED_MARK
    if len(os.fsencode(sockets)) + LONGEST_SOCKET_NAME + _MAC_SLACK > MAX_SOCKET_PATH:
        parent = SHARED_AND_SHORT / name
        if not _make_ours(parent, data_dir):
            raise EmbeddedError(f"{parent} belongs to somebody else: set HARBORLINE_DATA to a shorter path.")
        sockets = parent / EMBEDDED_MARK
    account.own(sockets)
    return sockets
