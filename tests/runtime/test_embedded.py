"""Embedded servers: kept data, shared use, kill -9, half-finished beginnings, and sentences where nothing runs."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from runtime import account, binaries, embedded
from runtime.account import EmbeddedError, Place, find_place
from runtime.embedded import ensure_servers, server_urls, stop_unused
from runtime.postgres import postgres_pid
from runtime.processes import is_running, wait_until
from runtime.valkey import valkey_pid
from tests.fixtures.servers import leave_nothing

LONGER_THAN_A_SOCKET_PATH = "a-directory-with-a-long-name-" * 4


def _with_nothing_left(data: Path) -> Iterator[Path]:
    yield data
    leave_nothing(data)


@pytest.fixture(scope="module")
def kept_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield from _with_nothing_left(tmp_path_factory.mktemp("kept") / "data")


@pytest.fixture
def data_dir(kept_data: Path) -> Iterator[Path]:
    """Where servers ran before, and none runs now: making new files takes longer than most of these tests."""
    yield kept_data
    if kept_data.exists():
        stop_unused(kept_data)


@pytest.fixture
def new_data_dir(tmp_path: Path) -> Iterator[Path]:
    yield from _with_nothing_left(tmp_path / "data")


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _pids(place: Place) -> tuple[int, int]:
    found = postgres_pid(place), valkey_pid(place)
    assert None not in found
    return found  # type: ignore[return-value]


def test_a_second_start_keeps_the_data(data_dir: Path) -> None:
    with ensure_servers(data_dir) as servers:
        assert (servers.database_url, servers.redis_url) == server_urls(data_dir)
        with _connect(servers.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'ñandú' AS word")
        with redis.Redis.from_url(servers.redis_url) as client:
            client.set("kept", "yes")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    place = find_place(data_dir)
    assert postgres_pid(place) is None
    assert valkey_pid(place) is None
    with ensure_servers(data_dir) as servers:
        with _connect(servers.database_url) as connection:
            assert connection.execute("SELECT upper(word) FROM kept").fetchone() == ("ÑANDÚ",)
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.get("kept") == b"yes"


def test_the_servers_run_until_their_last_user_leaves(data_dir: Path) -> None:
    first, second = ensure_servers(data_dir), ensure_servers(data_dir)
    pids = _pids(find_place(data_dir))
    first.stop()
    first.stop()
    assert all(map(is_running, pids))
    second.stop()
    assert not any(map(is_running, pids))


def test_servers_of_a_killed_process_are_found_again_and_stopped(data_dir: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from runtime.embedded import ensure_servers;"
        "servers = ensure_servers(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(data_dir)], check=False)
    assert killed.returncode == -signal.SIGKILL
    pids = _pids(find_place(data_dir))
    with ensure_servers(data_dir) as servers, _connect(servers.database_url):
        assert _pids(find_place(data_dir)) == pids
    assert not any(map(is_running, pids))


def test_unused_servers_can_be_stopped_and_used_ones_are_left(data_dir: Path) -> None:
    with ensure_servers(data_dir):
        pids = _pids(find_place(data_dir))
        stop_unused(data_dir)
        assert all(map(is_running, pids))


def test_killed_servers_come_back_with_what_was_committed(data_dir: Path) -> None:
    with ensure_servers(data_dir) as servers:
        with _connect(servers.database_url) as connection:
            connection.execute("CREATE TABLE committed AS SELECT 1 AS one")
            slow = connection.info.backend_pid
            os.kill(slow, signal.SIGSTOP)  # it learns late that its postmaster is gone, and holds the shared memory
            threading.Timer(1.5, os.kill, (slow, signal.SIGCONT)).start()
            pids = _pids(find_place(data_dir))
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not any(map(is_running, pids)), 60)
    with ensure_servers(data_dir) as servers, _connect(servers.database_url) as connection:
        assert connection.execute("SELECT one FROM committed").fetchone() == (1,)


def test_a_half_finished_initdb_is_wiped_and_done_again(new_data_dir: Path) -> None:
    place = find_place(new_data_dir)
    for left_over in (place.directory / "postgres.half", place.postgres):
        left_over.mkdir()
        (left_over / "base").mkdir()
    with ensure_servers(new_data_dir) as servers, _connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_of_another_program_is_no_obstacle(data_dir: Path) -> None:
    with ensure_servers(data_dir):
        pass
    place = find_place(data_dir)
    (place.postgres / "postmaster.pid").write_text(f"{os.getpid()}\n{place.postgres}\n0\n5432\n")
    with ensure_servers(data_dir) as servers, _connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_only_this_account_can_reach_the_sockets(data_dir: Path) -> None:
    with ensure_servers(data_dir):
        assert find_place(data_dir).sockets.stat().st_mode & 0o077 == 0


def test_a_deep_data_directory_gets_a_short_socket_path(tmp_path: Path) -> None:
    data = tmp_path / LONGER_THAN_A_SOCKET_PATH
    with ensure_servers(data, throwaway=True) as servers, _connect(servers.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert len(str(find_place(data).sockets)) < 90


def test_throwaway_servers_leave_nothing_but_the_directory(tmp_path: Path) -> None:
    with ensure_servers(tmp_path / "data", throwaway=True):
        directory = find_place(tmp_path / "data").directory
        assert (directory / "postgres").exists()
    assert not (directory / "postgres").exists()
    assert not (directory / "valkey").exists()


def test_files_in_a_shared_place_go_when_their_data_directory_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    for name, origin in (("harborline-here", tmp_path), ("harborline-gone", tmp_path / "gone")):
        (shared / name).mkdir(parents=True)
        (shared / name / "origin").write_text(str(origin))
    (shared / "harborline-of-nobody-knows").mkdir()
    monkeypatch.setattr(account, "SHARED", shared)
    assert account.forgotten_places() == [shared / "harborline-gone"]
    embedded.clear_away_the_forgotten()
    assert sorted(path.name for path in shared.iterdir()) == ["harborline-here", "harborline-of-nobody-knows"]


def test_without_any_postgres_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_postgres_candidates", lambda: iter([(None, Path("/nowhere"))]))
    with pytest.raises(EmbeddedError, match="apt-get install postgresql"):
        ensure_servers(tmp_path, throwaway=True)


def test_without_any_redis_a_sentence_says_so_and_postgres_is_not_left_running(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(binaries, "_valkey_candidates", lambda: iter([(None, Path("/nowhere"))]))
        with pytest.raises(EmbeddedError, match="set REDIS_URL"):
            ensure_servers(data_dir)
    assert postgres_pid(find_place(data_dir)) is None


def test_where_no_directory_works_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "_claim", lambda *_: False)
    with pytest.raises(EmbeddedError, match="HARBORLINE_DATA"):
        find_place(tmp_path)
