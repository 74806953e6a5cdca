"""Makes `.venv` with the locked requirements; run by any Python 3.11+ before anything is installed (stdlib only).

`bootstrap.py run` installs requirements.txt, `bootstrap.py test` requirements-dev.txt as well.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BASE_PYTHON = os.path.realpath(getattr(sys, "_base_executable", sys.executable))  # never the environment's own
HALF_DONE = VENV / "half-installed"  # there while an installation is under way
LOCKS = {"run": ("requirements.txt",), "test": ("requirements.txt", "requirements-dev.txt")}
USED = {
    "run": (
        "app, runtime.run, runtime.migrate, flask.cli, alembic.config, gunicorn.app.wsgiapp, gunicorn.workers.gthread",
        "workers.app, celery.apps.worker, celery.apps.beat, celery.concurrency.prefork, celery.bin.celery",
        "simulator.server, gevent.monkey, gunicorn.workers.ggevent",
    ),
    "test": ("pytest, xdist, hypothesis, importlinter.cli, playwright.sync_api, time_machine, openpyxl, factory",),
}
PROGRESS_SECONDS = 5.0

_REASONS = (
    (
        r"Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable|"
        r"Max retries exceeded|ProxyError|ReadTimeout|ConnectionResetError|IncompleteRead",
        "The package index cannot be reached: check the network (or pip's index setting), then run make again.",
    ),
    (r"No space left on device", "The disk is full: make room (about 500 MB), then run make again."),
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that was locked: clear pip's cache with `pip cache purge`, "
        "then run make again; if it stays so, do not trust the package index.",
    ),
    (
        r"command '\S*(?:cc|gcc|clang|c\+\+|g\+\+)\S*' failed|No such file or directory: '\S*(?:cc|gcc|clang)'|"
        r"Unable to find a compiler|C compiler cannot create|[Ff]ailed (?:building|to build)|Microsoft Visual C",
        "A package has no ready-made build for this machine and could not be compiled: install a C compiler "
        "(Debian: apt-get install gcc python3-dev; or use Python 3.11 to 3.13), then run make again.",
    ),
    (
        r"No matching distribution|Could not find a version",
        "The package index has no build of a locked package for this Python: try another Python from 3.11 to 3.14 "
        "(make PYTHON=python3.12 ...), then run make again.",
    ),
)


class SetUpError(Exception):
    """The set-up cannot go on; the text is a sentence that says what to do."""


def main(level: str) -> int:
    """Bring .venv up to `level`; the exit status."""
    try:
        (ROOT / ".local").mkdir(exist_ok=True)
        with (ROOT / ".local" / "setup.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # `make run` and `make test` may be typed at once
            set_up(level)
    except SetUpError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nThe set-up was stopped. Run make again: it starts where it must.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"The set-up could not write in {ROOT}: {error.strerror}.", file=sys.stderr)
        return 2
    return 0


def set_up(level: str) -> None:
    """Install what `level` needs unless its stamp says that it is there."""
    if is_done(level):
        return
    make_environment()
    locks = LOCKS[level][1:] if level != "run" and is_done("run") else LOCKS[level]
    HALF_DONE.touch()
    for lock in locks:
        install(ROOT / lock)
    compile_what_is_used(level)
    (VENV / f"{level}.stamp").write_text(fingerprint(level))
    HALF_DONE.unlink()


def is_done(level: str) -> bool:
    """Whether the environment holds what `level` needs, for these locks and this Python."""
    stamp = VENV / f"{level}.stamp"
    whole = PYTHON.exists() and not HALF_DONE.exists()
    return whole and stamp.exists() and stamp.read_text() == fingerprint(level)


def fingerprint(level: str) -> str:
    """Changes with the locks and with the Python that the environment was made for."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for lock in LOCKS[level]:
        digest.update((ROOT / lock).read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """A virtual environment that works; one that is broken, half-installed or of another Python is made anew."""
    if not VENV.is_symlink() and not HALF_DONE.exists() and _works():
        return
    if VENV.is_symlink():
        raise SetUpError(
            ".venv is a link to another environment, which make does not change: remove it and run make again."
        )
    if VENV.exists():
        print("The last set-up did not finish: starting it afresh.", flush=True)
        shutil.rmtree(VENV)
    print("Making a virtual environment in .venv.", flush=True)
    if subprocess.run([BASE_PYTHON, "-m", "venv", VENV], capture_output=True, check=False).returncode == 0:
        return
    _environment_with_the_systems_pip()


def _works() -> bool:
    probe = "import pip, sys; print(sys.version_info[:2])"
    try:
        done = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == repr(sys.version_info[:2])


def _environment_with_the_systems_pip() -> None:
    """Debian's python3 lacks ensurepip without python3-venv; its pip, when there, can fill the environment."""
    shutil.rmtree(VENV, ignore_errors=True)
    steps = (
        [BASE_PYTHON, "-m", "venv", "--without-pip", str(VENV)],
        [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"],
    )
    if any(subprocess.run(step, capture_output=True, check=False).returncode for step in steps):
        shutil.rmtree(VENV, ignore_errors=True)
        version = ".".join(map(str, sys.version_info[:2]))
        raise SetUpError(
            "This Python cannot make virtual environments: install its venv module "
            f"(Debian: apt-get install python{version}-venv), then run make again."
        )


def install(lock: Path) -> None:
    """pip, quietly, with a line of progress now and then; its whole output goes to .local/setup-*.log."""
    total = len(re.findall(r"^[A-Za-z0-9].*==", lock.read_text(), re.MULTILINE))
    print(
        f"Installing {total} locked packages ({lock.name}) into .venv: half a minute as a rule, "
        "several minutes on a slow machine or line.",
        flush=True,
    )
    log = ROOT / ".local" / f"setup-{lock.stem}.log"
    command = [
        *(
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "--no-compile",
        ),
        # "--no-compile": what is never imported need not be compiled, which is half of pip's time
        *("--require-hashes", "--no-deps", "-r", str(lock)),
    ]
    pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert pip.stdout is not None  # noqa: S101 - stdout=PIPE above
    with pip, log.open("wb") as kept:
        for done, seconds in progress(pip.stdout, kept):
            print(f"  {min(done, total)} of {total} ({seconds:.0f} s)", flush=True)
    if pip.returncode:
        raise SetUpError(f"{explain(log.read_text(errors='replace'))} (The whole story is in {log}.)")


def compile_what_is_used(level: str) -> None:
    """Write the bytecode of what our processes import, even where the environment tells Python to write none."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for modules in USED[level]:
        command = [str(PYTHON), "-c", f"import {modules}"]
        subprocess.run(command, cwd=ROOT, env=env | {"APP_ENV": "test"}, capture_output=True, check=False)


def progress(output: object, kept: object) -> Iterator[tuple[int, float]]:
    """Copies pip's output to `kept`; now and then gives how many packages were fetched, and the seconds gone by."""
    began = said = time.monotonic()
    fetched = 0
    counted = (b"Collecting ", b"Processing ", b"Ignoring ", b"Requirement already satisfied")
    for line in output:  # type: ignore[attr-defined]
        kept.write(line)  # type: ignore[attr-defined]
        fetched += line.startswith(counted)
        if line.startswith(b"Installing collected packages"):
            print("  all are here; putting them in place", flush=True)
        elif time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            yield fetched, said - began


def explain(output: str) -> str:
    """One sentence on why pip failed and what to do."""
    for pattern, sentence in _REASONS:
        if re.search(pattern, output):
            return sentence
    last = [line for line in output.splitlines() if line.startswith("ERROR")][-1:] or ["pip gave no reason"]
    return f"The packages could not be installed: {last[0].removeprefix('ERROR: ')}; then run make again."


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
