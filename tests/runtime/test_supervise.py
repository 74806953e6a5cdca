"""The supervisor: everything starts, what dies starts again, and nothing is left when it stops or is killed."""

import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime import supervise
from runtime.printing import Printer, readable
from runtime.processes import is_running, wait_until
from runtime.supervise import Supervisor, read_procfile

ROOT = Path(__file__).resolve().parents[2]
# A process with a child of its own that ignores SIGTERM; it prints both ids.
STUBBORN_FAMILY = (
    "import signal, subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal, time; "
    'signal.signal(signal.SIGTERM, signal.SIG_IGN); print("deaf", flush=True); time.sleep(600)\']);'
    "print('family', child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervise_all(shown: io.StringIO) -> Iterator[Callable[[dict[str, str]], Supervisor]]:
    made: list[Supervisor] = []

    def make(commands: dict[str, str]) -> Supervisor:
        made.append(Supervisor(dict(os.environ), ROOT, Printer(shown, commands)))
        made[-1].add(commands)
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.stop(grace_seconds=0.5)


def _looks_until(supervisor: Supervisor, condition: Callable[[], bool]) -> bool:
    def look() -> bool:
        supervisor.look()
        return condition()

    return wait_until(look, 20, every=0.05)


def _python(program: str) -> str:
    return shlex.join([sys.executable, "-c", program])


def _family_child(shown: io.StringIO) -> int:
    [line] = [line for line in shown.getvalue().splitlines() if "family" in line]
    return int(line.split()[-1])


def test_lines_come_behind_the_name_of_their_process(supervise_all, shown: io.StringIO) -> None:
    supervisor = supervise_all({"web": "echo one; sleep 60", "worker_calls": "echo two; sleep 60"})
    assert _looks_until(supervisor, lambda: "one" in shown.getvalue() and "two" in shown.getvalue())
    assert "web          | one\n" in shown.getvalue()
    assert "worker_calls | two\n" in shown.getvalue()


def test_a_process_that_dies_is_started_again_and_the_others_stay(
    supervise_all, shown: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "FIRST_WAIT", 0.05)
    supervisor = supervise_all({"web": "sleep 600", "beat": "sleep 600"})
    supervisor.look()
    before = supervisor.pids()
    os.kill(before["beat"], signal.SIGKILL)
    assert _looks_until(supervisor, lambda: supervisor.pids().get("beat", before["beat"]) != before["beat"])
    assert supervisor.pids()["web"] == before["web"]
    assert "beat was ended by signal 9; it starts again in" in shown.getvalue()


def test_each_quick_death_doubles_the_wait(supervise_all, shown: io.StringIO) -> None:
    supervisor = supervise_all({"web": "false"})
    assert _looks_until(supervisor, lambda: "again in 2 s" in shown.getvalue())
    assert "web ended with status 1; it starts again in 1 s." in shown.getvalue()


def test_stopping_ends_children_of_children_that_are_deaf(supervise_all, shown: io.StringIO) -> None:
    supervisor = supervise_all({"web": _python(STUBBORN_FAMILY)})
    assert _looks_until(supervisor, lambda: "deaf" in shown.getvalue() and "family" in shown.getvalue())
    everyone = [_family_child(shown), *supervisor.pids().values()]
    assert all(map(is_running, everyone))
    supervisor.stop(grace_seconds=0.3)
    assert not any(map(is_running, everyone))
    assert supervisor.pids() == {}


def test_killing_the_supervisor_leaves_no_process(tmp_path: Path) -> None:
    program = f"""
import os, sys, time
from pathlib import Path
from runtime.printing import Printer
from runtime.supervise import Supervisor
printer = Printer(sys.stdout, ["web"])
supervisor = Supervisor(dict(os.environ), Path.cwd(), printer)
supervisor.watch_over(Path({str(tmp_path)!r}))
supervisor.add({{"web": {_python(STUBBORN_FAMILY)!r}}})
while True:
    supervisor.look()
    time.sleep(0.05)
"""
    killed = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    with killed, killed.stdout:
        seen = killed.stdout.readline() + killed.stdout.readline()
        [child] = [int(line.split()[-1]) for line in seen.splitlines() if "family" in line]
        assert is_running(child)
        killed.kill()
        assert wait_until(lambda: not is_running(child), 20)


def test_the_procfile_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text('# words\nrelease: a upgrade\n\nweb: b "c:d()"  \n')
    assert read_procfile(tmp_path / "Procfile") == {"release": "a upgrade", "web": 'b "c:d()"'}


def test_json_log_lines_become_readable_and_others_stay() -> None:
    assert readable('{"event": "call opened", "contact_id": 7, "level": "info"}') == "info    call opened contact_id=7"
    assert readable("{not json") == "{not json"
    assert readable("[1]") == "[1]"


def test_a_command_for_once_is_not_started_again(shown: io.StringIO) -> None:
    supervisor = Supervisor(dict(os.environ), ROOT, Printer(shown, ["sample"]))
    supervisor.add({"sample": "echo loaded"}, once=True)
    assert _looks_until(supervisor, lambda: supervisor.exit_status("sample") == 0 and "loaded" in shown.getvalue())
    assert not supervisor.is_under_way("sample")
    supervisor.look()
    assert supervisor.pids() == {}
    assert "again" not in shown.getvalue()
