"""Commands with nothing else running: servers come up when needed and go again, and stdout stays clean."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.account import find_place
from runtime.postgres import postgres_pid
from runtime.valkey import valkey_pid
from tests.fixtures.servers import leave_nothing

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-long-password-for-a-test\n"
Flask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    leave_nothing(tmp_path / "data")


@pytest.fixture
def flask(data: Path) -> Flask:
    not_ours = ("DATABASE_URL", "REDIS_URL", "APP_ENV")
    env = {name: value for name, value in os.environ.items() if name not in not_ours}
    env["HARBORLINE_DATA"] = str(data)

    def run(*arguments: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT,
            env=env | more,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _add(flask: Flask, email: str) -> subprocess.CompletedProcess[str]:
    who = ("--email", email, "--name", "Rosa Example", "--role", "admin", "--password-stdin")
    return flask("user", "add", *who, said=PASSWORD)


@pytest.mark.slow
def test_a_command_brings_up_what_it_needs_and_leaves_nothing_running(flask: Flask, data: Path) -> None:
    first = _add(flask, "rosa@example.org")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "Rosa Example can sign in now, as admin.\n"
    assert first.stderr == ""
    place = find_place(data)
    assert (postgres_pid(place), valkey_pid(place)) == (None, None)

    again = _add(flask, "rosa@example.org")
    assert again.returncode == 2, "the second time meets what the first one kept"
    assert again.stdout == ""


def test_a_command_that_needs_no_database_starts_none_and_prints_only_json(flask: Flask, data: Path) -> None:
    done = flask("triage", "my friend is not breathing", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["urgency"] == "911_now"
    assert not find_place(data).postgres.exists()


def test_a_wrong_environment_is_a_sentence_and_status_two(flask: Flask) -> None:
    done = flask("user", "add", PORT="eighty")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("PORT is not usable")
    assert len(done.stderr.strip().splitlines()) == 1


def test_production_never_starts_embedded_servers(flask: Flask, data: Path) -> None:
    done = flask("user", "add", APP_ENV="production")
    assert done.returncode == 2
    assert done.stderr.startswith("Missing with APP_ENV=production: DATABASE_URL, REDIS_URL")
    assert not data.exists()
