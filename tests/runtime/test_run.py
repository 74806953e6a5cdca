"""`make run` as a newcomer meets it: it starts, survives kill -9, keeps the data, stops cleanly, refuses production."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from runtime import run as running
from runtime.processes import wait_until
from runtime.run import answers
from tests.fixtures.servers import leave_nothing

ROOT = Path(__file__).resolve().parents[2]
READY = "Harborline is ready"
START_SECONDS, STOP_SECONDS = 240.0, 60.0
Environment = dict[str, str]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    ours = {"HARBORLINE_DATA": str(tmp_path / "data")}
    ours |= {
        name: str(port) for name, port in zip(("PORT", "EVENTS_PORT", "SIMULATOR_PORT"), _free_ports(3), strict=True)
    }
    not_ours = ("DATABASE_URL", "REDIS_URL", "APP_ENV", "PUBLIC_BASE_URL", "TWILIO_API_BASE_URL")
    return {name: value for name, value in os.environ.items() if name not in not_ours} | ours


@pytest.fixture
def start(env: Environment, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        with (tmp_path / "output").open("ab") as output:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "runtime", "run"],
                    cwd=ROOT,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
    assert wait_until(lambda: not _of_this_line(env), STOP_SECONDS, every=0.2)
    leave_nothing(tmp_path / "data")


def _of_this_line(env: Environment) -> list[str]:
    """The processes that belong to this data directory."""
    mark = f"HARBORLINE_DATA={env['HARBORLINE_DATA']}"
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            told = [f"{name}={value}" for name, value in process.environ().items() if name == "HARBORLINE_DATA"]
        except (psutil.Error, OSError):
            continue
        if process.pid != os.getpid() and (mark in told or any(env["HARBORLINE_DATA"] in word for word in words)):
            found.append(" ".join(words))
    return found


def _is_ready(env: Environment) -> bool:
    return answers(f"http://127.0.0.1:{env['PORT']}/readyz")


def _refusal(env: Environment) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "run"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_starts_survives_a_kill_keeps_the_data_and_stops_cleanly(start, env: Environment, tmp_path: Path) -> None:
    first = start()
    output = tmp_path / "output"
    assert wait_until(lambda: output.read_text().count(READY) == 1, START_SECONDS, every=0.2), output.read_text()
    assert _is_ready(env)
    keys = (tmp_path / "data" / "keys.json").read_text()
    first.send_signal(signal.SIGKILL)
    first.wait()

    second = start()
    assert wait_until(lambda: output.read_text().count(READY) == 2, START_SECONDS, every=0.2), output.read_text()
    assert _is_ready(env)
    assert (tmp_path / "data" / "keys.json").read_text() == keys
    second.send_signal(signal.SIGINT)
    assert second.wait(STOP_SECONDS) == 0
    assert _of_this_line(env) == []
    shown = output.read_text()
    assert f"http://127.0.0.1:{env['SIMULATOR_PORT']}" in shown
    assert "Stopped. The data stays in" in shown
    assert (tmp_path / "data" / "sample-signs-in").exists()
    assert not re.search(r"\b(error|critical|Traceback)\b", shown), shown


def test_a_slow_start_is_said_and_the_welcome_follows(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(running, "READY_SECONDS", 0.01)
    monkeypatch.setattr(running, "answers", lambda _: bool(said))
    slow = running._Run(env)
    sample = SimpleNamespace(is_under_way=lambda _: False, exit_status=lambda _: 0, pids=lambda: {"web": 1})
    slow._greet(sample, SimpleNamespace(say=said.append))
    os.close(slow.lock)
    assert len(said) == 2
    assert "is not ready after" in said[0]
    assert READY in said[1]
    assert slow.sample_is_loaded.exists()


def test_production_is_refused_before_anything_starts(env: Environment) -> None:
    assert "`make run` is for development" in _refusal({**env, "APP_ENV": "production"})
    assert not Path(env["HARBORLINE_DATA"]).exists()


def test_a_busy_port_gets_one_sentence(env: Environment) -> None:
    with socket.create_server(("127.0.0.1", int(env["PORT"]))):
        sentence = _refusal(env)
    assert sentence.startswith(f"Port {env['PORT']} is taken by another program")
    assert len(sentence.splitlines()) == 1


def test_a_wrong_setting_gets_one_sentence(env: Environment) -> None:
    sentence = _refusal({**env, "HELPLINE_NUMBERS": "call us"})
    assert sentence.startswith("HELPLINE_NUMBERS is not usable")
    assert len(sentence.splitlines()) == 1
