"""One embedded Valkey (or Redis): started, found again after a crash, stopped. Unix socket only, every write kept."""

import signal
import subprocess
from pathlib import Path
from typing import cast
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.account import EmbeddedError, Place, server_env
from runtime.binaries import find_valkey
from runtime.processes import is_running, stop_process, wait_until

START_SECONDS = 30.0
DATABASES = 64  # one for each test process, too
_STOP_STEPS = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))


def valkey_socket(place: Place) -> Path:
    """The one way in."""
    return place.sockets / "valkey.sock"


def valkey_url(place: Place, database: int = 0) -> str:
    """redis-py's address of a database on this server."""
    return f"unix://{quote(str(valkey_socket(place)))}?db={database}"


def ensure_valkey(place: Place, *, durable: bool) -> None:
    """Start Valkey unless it runs already. Raises EmbeddedError."""
    if valkey_pid(place) is None:
        _stop_unreachable(place)
        _start(place, durable=durable)


def stop_valkey(pid: int) -> None:
    """SIGTERM makes it write what is pending and leave."""
    stop_process(pid, _STOP_STEPS)


def valkey_pid(place: Place) -> int | None:
    """The server's process id when it answers (while it loads its files it answers too, with an error we wait out)."""
    at_once = Retry(NoBackoff(), retries=0)
    client = redis.Redis(unix_socket_path=str(valkey_socket(place)), socket_timeout=2, retry=at_once)
    try:
        return int(cast("dict[str, str]", client.info("server"))["process_id"])
    except redis.exceptions.RedisError:
        return None
    finally:
        client.close()


def _pid_file(place: Place) -> Path:
    return place.valkey / "valkey.pid"


def _stop_unreachable(place: Place) -> None:
    """Two servers on the same files would ruin them: stop one that runs on without its socket."""
    try:
        pid = int(_pid_file(place).read_text())
    except (OSError, ValueError):
        return
    if is_running(pid, str(valkey_socket(place))):
        stop_valkey(pid)


def _start(place: Place, *, durable: bool) -> None:
    place.account.own(place.valkey)
    log = place.directory / "valkey.log"
    settings = {
        "port": "0",
        "unixsocket": str(valkey_socket(place)),
        "unixsocketperm": "700",
        "dir": str(place.valkey),
        "pidfile": str(_pid_file(place)),
        "databases": str(DATABASES),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [find_valkey(place), *(part for name, value in settings.items() for part in (f"--{name}", value))],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=place.valkey,
            env=server_env(),
            start_new_session=True,
            **place.account.popen_options(),
        )
    wait_until(lambda: valkey_pid(place) is not None or server.poll() is not None, START_SECONDS)
    if server.poll() is not None or valkey_pid(place) is None:
        stop_valkey(server.pid)
        raise EmbeddedError(f"Valkey did not start; its log is {log}.")
    server.returncode = 0  # it outlives this object: from here on its id is watched, and Popen must not warn
