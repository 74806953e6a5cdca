"""A PostgreSQL and a Valkey for a data directory: shared by everyone who asks, stopped by the last one who leaves."""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from config.defaults import EMBEDDED_MARK
from runtime.account import EmbeddedError, Place, current_account, find_place, forgotten_places, remove_place
from runtime.postgres import ensure_postgres, postgres_pid, postgres_url, stop_postgres
from runtime.valkey import ensure_valkey, stop_valkey, valkey_pid, valkey_url

__all__ = ["EmbeddedError", "Servers", "ensure_servers", "server_urls", "stop_unused"]


class Servers:
    """Running servers that we may use until `stop()`; also a context manager."""

    def __init__(self, data_dir: Path, place: Place, users: int, *, throwaway: bool) -> None:
        self._data_dir = data_dir
        self.database_url = postgres_url(place)
        self.redis_url = valkey_url(place)
        self._place = place
        self._users: int | None = users
        self._throwaway = throwaway
        ensure_postgres(place, durable=not throwaway)
        ensure_valkey(place, durable=not throwaway)

    def stop(self) -> None:
        """Leave; the last one who leaves stops both servers (and removes throwaway files). May be called twice."""
        if self._users is None:
            return
        users, self._users = self._users, None
        with _Turn(self._data_dir):
            if _is_last(users):
                _stop_both(self._place)
                if self._throwaway:
                    remove_place(self._place, keep=self._data_dir)
            os.close(users)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def server_urls(data_dir: Path) -> tuple[str, str]:
    """The addresses (database, Redis) that `ensure_servers` would give, without starting anything."""
    place = find_place(data_dir)
    return postgres_url(place), valkey_url(place)


def ensure_servers(data_dir: Path, *, throwaway: bool = False) -> Servers:
    """Start the servers of `data_dir`, or join those that run already. Raises EmbeddedError with a sentence.

    Throwaway servers do not wait for the disk and leave no files.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    clear_away_the_forgotten()
    with _Turn(data_dir):
        place = find_place(data_dir)
        users = os.open(data_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            return Servers(data_dir, place, users, throwaway=throwaway)
        except BaseException:
            if _is_last(users):
                _stop_both(place)  # one may have started before the other could not
            os.close(users)
            raise


def stop_unused(data_dir: Path) -> None:
    """Stop servers of `data_dir` that run on though nobody uses them: what a killed process left behind."""
    with _Turn(data_dir):
        users = os.open(data_dir / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if _is_last(users):
            _stop_both(find_place(data_dir))
        os.close(users)


def _stop_both(place: Place) -> None:
    for stop, pid in ((stop_valkey, valkey_pid(place)), (stop_postgres, postgres_pid(place))):
        if pid is not None:
            stop(pid)


def clear_away_the_forgotten() -> None:
    """Files in /var/tmp outlive the checkout or test run that they belonged to; servers that still use them stay."""
    for directory in forgotten_places():
        place = Place(current_account(), directory, directory / EMBEDDED_MARK)
        if postgres_pid(place) is None and valkey_pid(place) is None:
            shutil.rmtree(directory, ignore_errors=True)


class _Turn:
    """Starting and stopping take turns between processes; the kernel gives the turn back when one is killed."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "turn.lock"
        self._file = -1

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
