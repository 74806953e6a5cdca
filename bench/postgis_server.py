"""A PostgreSQL with PostGIS for comparison: Debian's packages, unpacked beside the project, nothing installed."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from runtime.account import find_place, remove_place, server_env
from runtime.processes import wait_until

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / ".local" / "postgis-packages"
_EXTENSION = re.compile(r"^postgresql-(\d+)-postgis-3$", re.MULTILINE)
_WANTED = re.compile(r"^Inst (\S+)", re.MULTILINE)
_PORT = 5432  # only part of the socket's name
_START_SECONDS = 30.0


class NoPostGisError(Exception):
    """PostGIS cannot be had here; the text says why."""


@contextmanager
def postgis_server(data_dir: Path) -> Iterator[str]:
    """The connection string of a throwaway server in `data_dir`. Raises NoPostGisError with the reason."""
    debs = sorted(_fetched_packages())
    place = find_place(data_dir)
    root = place.directory / "debian"
    root.mkdir(exist_ok=True)
    root.chmod(0o755)
    for deb in debs:
        _run(["dpkg-deb", "-x", str(deb), str(root)])
    for control in root.glob("usr/share/postgresql/*/extension/postgis-3.control"):
        shutil.copy(control, control.with_name("postgis.control"))  # otherwise update-alternatives links it
    programs = next(root.glob("usr/lib/postgresql/*/bin"))
    libraries = ":".join(sorted({str(path.parent) for path in (root / "usr/lib").rglob("*.so*")}))
    env = server_env() | {"LD_LIBRARY_PATH": libraries, "PROJ_LIB": str(root / "usr/share/proj")}
    place.account.own(place.postgres)
    options = {"env": env, "cwd": place.sockets, **place.account.popen_options()}
    _run(
        [str(programs / "initdb"), "-D", str(place.postgres), "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-sync"],
        **options,
    )
    settings = ("listen_addresses=", f"unix_socket_directories={place.sockets}", "fsync=off", "shared_buffers=1GB")
    command = [str(programs / "postgres"), "-D", str(place.postgres), "-p", str(_PORT)]
    server = subprocess.Popen(
        [*command, *(part for setting in settings for part in ("-c", setting))], stderr=subprocess.DEVNULL, **options
    )
    try:
        url = f"host={place.sockets} port={_PORT} user=bench dbname=postgres"
        if not wait_until(lambda: _answers(url), _START_SECONDS):
            raise NoPostGisError("Debian's PostgreSQL did not start")
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # with SIGTERM it would wait for open connections
        server.wait()
        shutil.rmtree(root, ignore_errors=True)
        remove_place(place, keep=data_dir)


def _fetched_packages() -> Iterator[Path]:
    """The server, PostGIS and the libraries that this machine lacks, fetched by apt once."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NoPostGisError("no apt on this machine")
    if not list(PACKAGES.glob("*postgis*.deb")):
        versions = [int(found) for found in _EXTENSION.findall(_run(["apt-cache", "pkgnames", "postgresql-"]))]
        if not versions:
            raise NoPostGisError("apt knows no postgresql-NN-postgis-3; run apt-get update")
        server, newest = f"postgresql-{max(versions)}", f"postgresql-{max(versions)}-postgis-3"
        lacking = _WANTED.findall(_run(["apt-get", "-s", "install", "--no-install-recommends", newest]))
        PACKAGES.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", "download", "-q", *dict.fromkeys([*lacking, server])], cwd=PACKAGES)
    return PACKAGES.glob("*.deb")


def _run(command: list[str], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoPostGisError(f"{os.path.basename(command[0])}: {reason[:160]}")
    return str(done.stdout)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
