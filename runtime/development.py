"""Everything a development line needs and nobody set: keys of its own, embedded servers, a migrated database."""

import atexit
import json
import os
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from config.defaults import EMBEDDED_MARK, SECRET_KEY_PREFIX
from runtime.embedded import EmbeddedError, Servers, ensure_servers, server_urls

ROOT = Path(__file__).resolve().parent.parent
_KEYS = "keys.json"


def data_directory(env: Mapping[str, str]) -> Path:
    """Where development data lives: HARBORLINE_DATA, else `.local` in the checkout."""
    return Path(env.get("HARBORLINE_DATA") or ROOT / ".local").resolve()


def development_environment(env: Mapping[str, str]) -> dict[str, str]:
    """`env` with what is missing for development: keys that persist and the embedded servers' addresses.

    Starts nothing. With APP_ENV production or test the environment comes back as it is.
    """
    filled = dict(env)
    if env.get("APP_ENV", "development") != "development":
        return filled
    filled["APP_ENV"] = "development"
    data = data_directory(env)
    for name, value in _own_keys(data).items():
        filled[name] = env.get(name) or value
    filled["LOCAL_STATE_DIR"] = env.get("LOCAL_STATE_DIR") or str(data / "state")
    if not (env.get("DATABASE_URL") and env.get("REDIS_URL")):
        database_url, redis_url = server_urls(data)
        filled["DATABASE_URL"] = env.get("DATABASE_URL") or database_url
        filled["REDIS_URL"] = env.get("REDIS_URL") or redis_url
    return filled


def start_servers(env: Mapping[str, str]) -> Servers | None:
    """The embedded servers when `env` points to them (running until `stop()`), else None."""
    embedded = any(EMBEDDED_MARK in env.get(name, "") for name in ("DATABASE_URL", "REDIS_URL"))
    return ensure_servers(data_directory(env)) if embedded else None


def ensure_running(env: MutableMapping[str, str] | None = None) -> None:
    """For a command that needs the database: embedded servers run until this process exits, migrations are in.

    Does nothing where DATABASE_URL and REDIS_URL name other servers: those are the operator's.
    """
    env = os.environ if env is None else env
    env.update(development_environment(env))
    servers = start_servers(env)
    if servers is not None:
        from runtime.migrate import upgrade

        atexit.register(servers.stop)
        if EMBEDDED_MARK in env["DATABASE_URL"]:
            upgrade(env["DATABASE_URL"])


@cache
def ensure_running_once() -> None:
    """`ensure_running` for a command, before its engine first connects: one that needs no database starts none.

    Where the servers cannot run, the command ends with a sentence and exit status 2.
    """
    try:
        ensure_running()
    except EmbeddedError as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(2) from None


def _own_keys(data: Path) -> dict[str, str]:
    """SECRET_KEY and ENCRYPTION_KEYS of this data directory, made on the first start: its rows need them to be read."""
    file = data / _KEYS
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        keys = {
            "SECRET_KEY": SECRET_KEY_PREFIX + secrets.token_urlsafe(32),
            "ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        half = data / f"{_KEYS}.{os.getpid()}"
        half.touch(mode=0o600)
        half.write_text(json.dumps(keys))
        with suppress(FileExistsError):  # another process was first: its keys count
            file.hardlink_to(half)
        half.unlink()
    kept: dict[str, str] = json.loads(file.read_text())
    return kept
