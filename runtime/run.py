"""`make run`: the whole line on this machine, with pretend phones, until Ctrl-C."""

import csv
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from config.settings import SettingsError, load_settings
from runtime.development import ROOT, data_directory, development_environment, start_servers
from runtime.embedded import EmbeddedError, Servers
from runtime.ports import BusyPortError, chosen_ports, require_free
from runtime.printing import Printer
from runtime.processes import wait_until
from runtime.supervise import LOOK_SECONDS, Supervisor, read_procfile
from runtime.welcome import not_ready, welcome

# Whoever tries the line sees its follow-ups: a day passes in half a minute, and nobody real is woken at night.
DEMO = {"FOLLOW_UP_TIME_SCALE": "0.0004", "TEXT_WINDOW_START_HOUR": "0", "TEXT_WINDOW_END_HOUR": "24"}
READY_SECONDS = 60.0
AFTER_THE_WEB = "nice -n 5 "  # all start at once; the web gets the processor first, so that it soon answers
LOAD_SAMPLE = "flask --app app seed-samples"
NEED_NO_SERVERS_YET = ("web", "simulator")
PREVIOUS_RUN_SECONDS = 20.0  # a killed run's undertaker is done by then


class CannotRunError(Exception):
    """`make run` cannot go on; the text is a sentence that says what to do."""


def run(env: Mapping[str, str]) -> int:
    """Start everything, wait for a signal, stop everything; the exit status."""
    try:
        return _Run(env).run()
    except (CannotRunError, EmbeddedError, BusyPortError, SettingsError, ValueError) as refusal:
        print(refusal, file=sys.stderr)
        return 2


class _Run:
    def __init__(self, env: Mapping[str, str]) -> None:
        if env.get("APP_ENV", "development") != "development":
            raise CannotRunError(
                "`make run` is for development: it brings pretend phones and throwaway keys. "
                "Unset APP_ENV, or start the processes of the Procfile one by one (docs/operating.md)."
            )
        self.data = data_directory(env)
        self.data.mkdir(parents=True, exist_ok=True)
        self.ports = chosen_ports(env)
        self.sample_is_loaded = self.data / "sample-signs-in"  # with `sample-loaded` alone only the admin can
        self.stopping = threading.Event()
        self.began = time.monotonic()
        self.lock = self._only_one()
        require_free(self.ports)
        self.env = self._environment(env)

    def _only_one(self) -> int:
        """A lock that this run and its undertaker hold: two lines on one data directory would fight."""
        lock = os.open(self.data / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not taken():
            print("An earlier run with this data has not ended; waiting for it.", flush=True)
            if not wait_until(taken, PREVIOUS_RUN_SECONDS):
                raise CannotRunError(
                    f"Harborline runs already with the data in {self.data}: use that one, stop it with Ctrl-C, "
                    "or set HARBORLINE_DATA to another directory."
                )
        return lock

    def _environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """What every process is started with: development's environment, our ports, our programs first on the path."""
        filled = development_environment(env) | {name: str(port) for name, port in self.ports.items()}
        filled["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{filled.get('PATH', os.defpath)}"
        filled["PYTHONUNBUFFERED"] = "1"
        filled.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process would compile everything anew
        if os.geteuid() == 0:  # Celery warns of root at every start; on a machine of one's own that is no news
            filled["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges:UserWarning"
        settings = load_settings(filled)
        filled["PUBLIC_BASE_URL"] = settings.public_base_url
        filled["TWILIO_API_BASE_URL"] = settings.twilio_api_base_url
        filled["TWILIO_ACCOUNT_SID"] = settings.twilio_account_sid
        filled["TWILIO_AUTH_TOKEN"] = settings.twilio_auth_token
        filled["HELPLINE_NUMBERS"] = ",".join(settings.helpline_numbers)
        filled["ON_CALL_NUMBERS"] = ",".join(settings.on_call_numbers)
        for name, value in DEMO.items():
            filled.setdefault(name, value)
        filled.setdefault("SIMULATOR_LABELS", sample_labels(ROOT / "samples" / "roster.csv", settings.on_call_numbers))
        return filled

    def run(self) -> int:
        """What asks no server by itself starts at once, the rest after the migrations."""
        commands = read_procfile(ROOT / "Procfile") | {"simulator": "python -m simulator"}
        release = commands.pop("release")
        niced = {name: command if name == "web" else f"{AFTER_THE_WEB}{command}" for name, command in commands.items()}
        printer = Printer(sys.stdout, [*commands, "sample"])
        supervisor = Supervisor(self.env, ROOT, printer)
        self._listen_to_signals(supervisor)
        servers: Servers | None = None
        try:
            supervisor.watch_over(self.data, inherited=(self.lock,))
            supervisor.add({name: niced.pop(name) for name in NEED_NO_SERVERS_YET})
            servers = start_servers(self.env)
            self._do(release)
            supervisor.add(niced)
            if servers is None or not self.sample_is_loaded.exists():
                supervisor.add({"sample": f"{AFTER_THE_WEB}{LOAD_SAMPLE}"}, once=True)
            self._keep_running(supervisor, printer)
        finally:
            self._stop(supervisor, servers, printer)
        return 0

    def _listen_to_signals(self, supervisor: Supervisor) -> None:
        def stop(_number: int, _frame: FrameType | None) -> None:
            if self.stopping.is_set():
                supervisor.kill()
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    def _do(self, command: str) -> None:
        """A step that must succeed before anything starts; its words are shown when it does not."""
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode and not self.stopping.is_set():
            print(done.stdout + done.stderr, file=sys.stderr)
            raise CannotRunError(f"`{command}` failed, so the line was not started; what it said is above.")

    def _keep_running(self, supervisor: Supervisor, printer: Printer) -> None:
        greeter = threading.Thread(target=self._greet, args=(supervisor, printer), daemon=True)
        greeter.start()
        while not self.stopping.wait(LOOK_SECONDS):
            supervisor.look()

    def _greet(self, supervisor: Supervisor, printer: Printer) -> None:
        """Say what to do once the sample is loaded and the line is ready; on a slow machine, first that it is not."""
        ready_url = f"http://127.0.0.1:{self.ports['PORT']}/readyz"

        def is_ready() -> bool:
            return self.stopping.is_set() or (not supervisor.is_under_way("sample") and answers(ready_url))

        while not wait_until(is_ready, READY_SECONDS, every=0.1):
            printer.say(not_ready(ready_url, supervisor.pids(), time.monotonic() - self.began))
        if supervisor.exit_status("sample") == 0:
            self.sample_is_loaded.touch()
        if not self.stopping.is_set():
            printer.say(welcome(self.ports, self.data, time.monotonic() - self.began, self.sample_is_loaded.exists()))

    def _stop(self, supervisor: Supervisor, servers: Servers | None, printer: Printer) -> None:
        printer.say("Stopping; a second Ctrl-C does not wait.")
        supervisor.stop()
        if servers is not None:
            servers.stop()
        printer.say(f"Stopped. The data stays in {self.data}.")


def sample_labels(roster: Path, on_call_numbers: Sequence[str]) -> str:
    """Whose pretend phone is whose, from settings and sample roster: `number=label` pairs for the simulator."""
    with roster.open(encoding="utf-8", newline="") as file:
        labels = dict.fromkeys(on_call_numbers, "On-call phone")
        labels |= {row["phone"]: f"{row['name']} ({row['role']})" for row in csv.DictReader(file)}
    return ",".join(f"{number}={label}" for number, label in labels.items())


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
