"""One embedded PostgreSQL: made, started, found again after a crash, stopped. Unix socket only."""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from runtime.account import EmbeddedError, Place, server_env
from runtime.binaries import find_postgres
from runtime.processes import is_gone, is_running, stop_process, wait_until

ROLE = DATABASE = "harborline"
PORT = 5432  # only part of the socket's name
START_SECONDS = 60.0
_STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
_STILL_HELD = "shared memory block"  # after kill -9 of a postmaster, by its back ends until they notice
_HELD_PAUSE = 0.2
_SETTINGS = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "200", "timezone": "UTC"}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_url(place: Place, database: str = DATABASE) -> str:
    """SQLAlchemy's address of a database on this server."""
    return f"postgresql+psycopg://{ROLE}@/{database}?host={quote(str(place.sockets))}&port={PORT}"


def ensure_postgres(place: Place, *, durable: bool) -> None:
    """Start PostgreSQL unless it runs already, with our database in it. Raises EmbeddedError."""
    pid = postgres_pid(place)
    if pid is not None and not _found_again(place, pid):
        stop_postgres(pid)
        pid = None
    if pid is None:
        programs = find_postgres(place)
        _create_cluster(place, programs)
        _start(place, programs, durable=durable)
    _create_database(place)


def stop_postgres(pid: int) -> None:
    """Fast shutdown: open transactions are rolled back, nothing committed is lost."""
    stop_process(pid, _STOP_STEPS)


def _pid_file(place: Place) -> Path:
    return place.postgres / "postmaster.pid"


def postgres_pid(place: Place) -> int | None:
    """The postmaster's id from its pid file, when that process is alive and serves this directory."""
    try:
        pid = int(_pid_file(place).read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if is_running(pid, str(place.postgres)) else None


def _found_again(place: Place, pid: int) -> bool:
    """Whether a server that somebody left running answers; it may still be starting, or its socket was deleted."""
    wait_until(lambda: _answers(place) or is_gone(pid), START_SECONDS)
    return _answers(place)


def _connect(place: Place) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(place.sockets), port=PORT, user=ROLE, dbname="postgres", autocommit=True, connect_timeout=2
    )


def _answers(place: Place) -> bool:
    try:
        _connect(place).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_cluster(place: Place, programs: Path) -> None:
    """initdb beside the final directory, then rename: a half-finished one is never taken for a whole one."""
    if (place.postgres / "PG_VERSION").exists():
        return
    half = place.directory / "postgres.half"
    shutil.rmtree(half, ignore_errors=True)
    shutil.rmtree(place.postgres, ignore_errors=True)
    place.account.own(half)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if _major(programs) < 17:
        locale = ["--locale=C.UTF-8"]
    done = subprocess.run(
        [
            *(str(programs / "initdb"), "-D", str(half), "-U", ROLE, "-A", "trust", "-E", "UTF8"),
            *("--no-instructions", "--no-sync", *locale),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=place.sockets,
        env=server_env(),
        **place.account.popen_options(),
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise EmbeddedError(f"PostgreSQL could not make its files in {place.directory}: {reason[0]}.")
    half.rename(place.postgres)


def _major(programs: Path) -> int:
    """`postgres (PostgreSQL) 18.6` -> 18."""
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/")
    return int(shown.stdout.split()[2].split(".")[0])


def _start(place: Place, programs: Path, *, durable: bool) -> None:
    log, reason = place.directory / "postgres.log", _STILL_HELD
    deadline = time.monotonic() + START_SECONDS
    while _STILL_HELD in reason and time.monotonic() < deadline:
        _forget_the_dead(place)
        server = _launch(place, programs, log, durable=durable)
        wait_until(lambda server=server: _answers(place) or server.poll() is not None, START_SECONDS)  # type: ignore[misc]
        if server.poll() is None and _answers(place):
            server.returncode = 0  # it outlives this object: from here on its id is watched, and Popen must not warn
            return
        stop_postgres(server.pid)
        reason = "".join([line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line][-1:])
        time.sleep(_HELD_PAUSE)
    raise EmbeddedError(f"PostgreSQL did not start ({reason or 'see the log'}); its log is {log}.")


def _launch(place: Place, programs: Path, log: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    settings = _SETTINGS | {"unix_socket_directories": str(place.sockets)} | ({} if durable else _FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        return subprocess.Popen(
            [programs / "postgres", "-D", place.postgres, "-p", str(PORT), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=place.postgres,
            env=server_env(),
            start_new_session=True,
            **place.account.popen_options(),
        )


def _forget_the_dead(place: Place) -> None:
    """Remove lock files whose process is gone or, after a restart of the machine, is another program by now."""
    if postgres_pid(place) is None:
        for left_over in (_pid_file(place), *place.sockets.glob(".s.PGSQL.*")):
            left_over.unlink(missing_ok=True)


def _create_database(place: Place) -> None:
    with _connect(place) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
