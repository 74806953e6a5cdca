"""A whole line for a scenario: the simulator, workers and beat as real processes, to be killed at will."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import requests

from config.settings import Settings, load_settings
from simulator.driver import PATIENCE, OverHttp, Simulator
from tests.fixtures.line import free_ports

ROOT = Path(__file__).resolve().parents[2]
HELPLINE = "+18335550100"
TEXT_QUEUES = "texts,retries,follow_ups,housekeeping"
START_SECONDS = 180.0
ANSWER_SECONDS = 20.0


def until(true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait until something is true, or fail saying what never happened."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"in {seconds} s there was never {what}"
        time.sleep(0.02)


class Plant:
    """The processes of one line. Each is a group of its own, so that -9 takes its children along."""

    def __init__(self, database_url: str, redis_url: str, folder: Path, more: Mapping[str, str]) -> None:
        self.port, self.simulator_port = free_ports(2)
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "APP_ENV": "test",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "LOCAL_STATE_DIR": str(folder / "state"),
            "PORT": str(self.port),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            "SIMULATOR_PORT": str(self.simulator_port),
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{self.simulator_port}",
            "HELPLINE_NUMBERS": HELPLINE,
            "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
            "TWILIO_AUTH_TOKEN": "a-token-for-one-scenario",
            "PYTHONPATH": str(ROOT),
            **more,
        }
        self.settings: Settings = load_settings(self.environment)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start `python -m ...`; what it says goes to a file named after it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def start_simulator(self) -> Simulator:
        """The telephone network."""
        self.start("simulator", "simulator")
        base = self.environment["TWILIO_API_BASE_URL"]

        def answers() -> bool:
            try:
                return requests.get(f"{base}/sim/state", timeout=ANSWER_SECONDS).ok
            except requests.RequestException:
                return False

        until(answers, "an answer from the simulator", START_SECONDS)
        return Simulator(OverHttp(base))

    def start_texts_worker(self, launcher: tuple[str, ...] = ("celery", "--app", "workers.app")) -> subprocess.Popen:
        """A texts worker, as the Procfile starts it, or through a launcher of the test's."""
        options = ("--queues", TEXT_QUEUES, "--concurrency", "2", "--hostname", f"texts{len(self.running)}@test")
        return self.start("worker", *launcher, "worker", *options, "--without-gossip", "--without-mingle")

    def start_beat(self) -> subprocess.Popen[bytes]:
        """The one that only wakes sweepers."""
        return self.start("beat", "celery", "--app", "workers.app", "beat", "--scheduler", "celery.beat:Scheduler")

    def start_web(self) -> subprocess.Popen[bytes]:
        """The web application."""
        web = self.start("web", "flask", "--app", "app", "run", "--port", str(self.port), "--with-threads")

        def answers() -> bool:
            try:
                return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=ANSWER_SECONDS).ok
            except requests.RequestException:
                return False

        until(answers, "an answer from the web", START_SECONDS)
        return web

    def stop(self) -> None:
        """End every process, with its children."""
        for process in self.running:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As the kernel does when memory is short: -9, for the process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
