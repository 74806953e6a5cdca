"""The line under trouble: real servers and processes of its own, and a hand that breaks them by dice."""

import os
import random
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import redis

from bench.chaos.people import HELPLINE, Got
from config import defaults
from config.settings import Settings, load_settings
from runtime.account import find_place, remove_place
from runtime.embedded import Servers, ensure_servers
from runtime.migrate import upgrade
from runtime.postgres import ensure_postgres, postgres_pid, stop_postgres
from runtime.printing import Printer
from runtime.processes import is_gone, kill_groups, wait_until
from runtime.supervise import LOOK_SECONDS, Supervisor, read_procfile
from runtime.valkey import ensure_valkey, valkey_pid
from services.house import House
from simulator.driver import Simulator, over_http
from simulator.settings import Timing
from workers.household import build_house

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240.0
TIMING = Timing()
SETTINGS = {
    "TEXTS_PER_SECOND": "20",  # above what falls due, so that the line forms after troubles only
    "UNKNOWN_AFTER_SECONDS": "15",  # longer than the 10 s that a request to the provider may take
    "SIMULATOR_CALLS_PER_SECOND": "0",
    "LOG_LEVEL": "WARNING",
}
FAULTS = (  # area, name, target, probability, details
    ("rest", "429", "POST Messages", 0.05, {}),
    ("rest", "error-before", "POST Messages", 0.04, {"status": 500}),
    ("rest", "error-after", "POST Messages", 0.12, {"status": 500}),
    ("rest", "timeout-before", "POST Messages", 0.01, {"seconds": 12.0}),
    ("rest", "timeout-after", "POST Messages", 0.01, {"seconds": 12.0}),
    ("rest", "error-before", "GET Messages", 0.05, {"status": 503}),
    ("webhook", "lost", "message-status", 0.6, {}),
    ("webhook", "doubled", "*", 0.10, {}),
    ("webhook", "reordered", "*", 0.10, {}),
)
# A text whose webhook is lost is found in the provider's list, after a minute or two.
LOST_TEXTS = (("webhook", "lost", "sms", 0.08, {}),)


class World:
    """Servers, processes and pretend phones of one run, in a directory of their own.

    `without` names processes that are not started, `settings` are more environment variables.
    """

    def __init__(
        self,
        folder: Path,
        *,
        spared: Iterable[str] = (),
        without: Iterable[str] = ("release", "events", "worker_calls"),
        settings: Mapping[str, str] = {},
    ) -> None:
        self._data = folder / "data"
        self._spared = set(spared)
        self._over, self._watcher = threading.Event(), threading.Thread()
        self.servers: Servers = ensure_servers(self._data)
        upgrade(self.servers.database_url)
        env = _environment(self.servers, folder / "state") | settings
        self.settings: Settings = load_settings(env)
        self.house: House = build_house(self.settings, statement_timeout_ms=30_000, after_commit=lambda _: None)
        self._log = (folder / "line.log").open("w")
        commands = {**read_procfile(ROOT / "Procfile"), "simulator": "python -m simulator"}
        for unneeded in without:
            commands.pop(unneeded)
        self.supervisor = Supervisor(env, ROOT, Printer(self._log, commands))
        self.supervisor.add(commands)
        self.sim: Simulator = over_http(self.settings.twilio_api_base_url)

    def watch(self) -> None:
        """From now on a thread starts again what dies, as a supervisor in production does."""
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.supervisor.look()

    def wait_ready(self) -> None:
        """Until every process answers; RuntimeError when they do not."""
        addresses = (f"{self.settings.public_base_url}/readyz", f"{self.settings.twilio_api_base_url}/sim/state")

        def ready() -> bool:
            self.supervisor.look()
            return all(_answers(address) for address in addresses)

        if not wait_until(ready, START_SECONDS, every=0.3):
            raise RuntimeError(f"the line did not start; see {self._log.name}")

    def break_something(self, dice: random.Random) -> str:
        """One blow; what it was."""
        blows = [*(name for name in self.supervisor.pids() if name not in {"simulator", *self._spared})]
        blow = dice.choice([*blows, *blows, "wipe the broker", "crash Redis", "restart PostgreSQL", "crash PostgreSQL"])
        if blow == "wipe the broker":
            with redis.Redis.from_url(self.servers.redis_url) as client:
                client.flushall()
        elif blow == "crash Redis":
            self.crash_redis()
            self.start_redis()
        elif blow in ("restart PostgreSQL", "crash PostgreSQL"):
            self._restart_postgres(crash=blow.startswith("crash"))
        else:
            self.kill(blow)
            blow = f"kill -9 {blow}"
        return blow

    def kill(self, name: str) -> None:
        """-9 for a process with its children; the supervisor starts it again."""
        kill_groups({self.supervisor.pids()[name]})

    def _restart_postgres(self, *, crash: bool) -> None:
        if crash:
            self.crash_postgres()
        else:
            pid = postgres_pid(find_place(self._data))
            if pid is not None:
                stop_postgres(pid)
        self.start_postgres()

    def crash_postgres(self) -> None:
        """An immediate shutdown, as in a crash: the log is replayed at the next start."""
        place = find_place(self._data)
        pid = postgres_pid(place)
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda: postgres_pid(place) is None, 20)

    def freeze_postgres(self) -> None:
        """Stop all of its processes: connections are taken, nothing is answered, no time-out of its own ends."""
        self._signal_postgres(signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        """Let them go on."""
        self._signal_postgres(signal.SIGCONT)

    def _signal_postgres(self, number: signal.Signals) -> None:
        pid = postgres_pid(find_place(self._data))
        if pid is None:
            return
        main = psutil.Process(pid)
        for process in (main, *main.children()):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def start_postgres(self) -> None:
        """Start it again on the same data."""
        ensure_postgres(find_place(self._data), durable=True)

    def crash_redis(self) -> None:
        """-9; what was not yet on its disk is gone."""
        pid = valkey_pid(find_place(self._data))
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: is_gone(pid), 20)

    def start_redis(self) -> None:
        """Start it again on the same data."""
        ensure_valkey(find_place(self._data), durable=True)

    def texts_of(self, number: str) -> list[Got]:
        """What a phone got. The simulator shows when a text arrived; it was taken twice its way's seconds before."""
        texts = self.sim.phone(number).view()["texts"]
        return [Got(text["body"], text["at"] - 2 * TIMING.message) for text in texts if text["direction"] == "in"]

    def arm(self) -> None:
        """From now on the provider is unreliable."""
        lost_texts = () if "web" in self._spared else LOST_TEXTS
        for area, name, target, probability, details in (*FAULTS, *lost_texts):
            self.sim.fault(area, name, target=target, probability=probability, **details)

    def stop(self) -> None:
        """End everything and leave nothing running."""
        self._over.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self.supervisor.stop()
        self.house.db.bind.dispose()  # type: ignore[union-attr]
        self.servers.stop()
        remove_place(find_place(self._data), keep=self._data)
        self._log.close()


def _environment(servers: Servers, state: Path) -> dict[str, str]:
    port, events_port, simulator_port = _free_ports(3)
    return {
        **{name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR")},
        **SETTINGS,
        "APP_ENV": "test",
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LOCAL_STATE_DIR": str(state),
        "PORT": str(port),
        "EVENTS_PORT": str(events_port),
        "SIMULATOR_PORT": str(simulator_port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{simulator_port}",
        "TWILIO_ACCOUNT_SID": defaults.TWILIO_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": defaults.TWILIO_AUTH_TOKEN,
        "HELPLINE_NUMBERS": HELPLINE,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=3) as response:
        return bool(response.status == 200)
    return False
