"""The set-up: done once, done again when the lock changes or it was cut short, and a sentence when it cannot be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import bootstrap, chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose locks hold nothing, so that the real venv and the real pip have little to do."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("# nothing\n")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "HALF_DONE", venv / "half-installed")
    monkeypatch.setattr(bootstrap, "compile_what_is_used", lambda _level: None)
    return tmp_path


def _prefix(python: Path) -> str:
    return subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.slow
def test_what_was_cut_short_is_made_afresh_and_done_once(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.VENV.mkdir()
    bootstrap.HALF_DONE.touch()
    (bootstrap.VENV / "debris").touch()
    assert bootstrap.main("run") == 0
    told = capsys.readouterr().out
    assert "The last set-up did not finish" in told
    assert "Installing 0 locked packages" in told
    assert not (bootstrap.VENV / "debris").exists()
    assert not bootstrap.HALF_DONE.exists()
    assert _prefix(bootstrap.PYTHON) == str(checkout / ".venv")

    assert bootstrap.main("run") == 0
    assert capsys.readouterr().out == ""


def test_ctrl_c_is_a_sentence(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "set_up", stop)
    assert bootstrap.main("run") == 130
    assert "Run make again" in capsys.readouterr().err
    assert (checkout / ".local").is_dir()


def test_somebody_elses_environment_is_left_alone(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "theirs").mkdir()
    (checkout / "theirs" / "kept").touch()
    bootstrap.VENV.symlink_to(checkout / "theirs")
    assert bootstrap.main("run") == 2
    assert ".venv is a link" in capsys.readouterr().err
    assert [path.name for path in (checkout / "theirs").iterdir()] == ["kept"]


def test_a_changed_lock_is_installed_into_the_same_environment(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(
        bootstrap, "make_environment", lambda: bootstrap.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    )
    monkeypatch.setattr(bootstrap, "install", lambda lock: installed.append(lock.name))
    assert bootstrap.main("run") == 0
    bootstrap.PYTHON.touch()
    assert bootstrap.main("test") == 0
    assert bootstrap.main("test") == 0
    assert installed == ["requirements.txt", "requirements-dev.txt"]
    (checkout / "requirements.txt").write_text("# something else\n")
    assert bootstrap.main("run") == 0
    assert installed[2:] == ["requirements.txt"]


def test_a_failed_installation_is_a_sentence_and_tried_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "requirements.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    (checkout / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "make_environment", lambda: None)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert bootstrap.main("run") == 2
    refusal = capsys.readouterr().err.strip()
    assert len(refusal.splitlines()) == 1
    assert "run make again" in refusal
    assert bootstrap.HALF_DONE.exists()
    assert not bootstrap.is_done("run")


@pytest.mark.parametrize(
    ("said_by_pip", "sentence"),
    [
        ("error: command 'gcc' failed: No such file or directory", "install a C compiler"),
        ("error: command '/usr/bin/x86_64-linux-gnu-gcc' failed with exit code 1", "install a C compiler"),
        ("  ERROR: Failed building wheel for gevent", "install a C compiler"),
        ("NewConnectionError: Failed to establish a new connection: [Errno 101]", "check the network"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "do not trust"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "no build of a locked package for this Python"),
        ("ERROR: something new", "something new; then run make again"),
        ("", "pip gave no reason"),
    ],
)
def test_each_failure_of_pip_gets_one_sentence(said_by_pip: str, sentence: str) -> None:
    explained = bootstrap.explain(f"Collecting x\n{said_by_pip}\n")
    assert sentence in explained
    assert "\n" not in explained
    assert "run make again" in explained


def test_an_old_python_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    (tmp_path / "python3").chmod(0o755)
    for tool in ("head", "sh"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    env = {name: value for name, value in os.environ.items() if name != "PYTHON"} | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [tmp_path / "sh", ROOT / "runtime" / "with_python.sh", "-V"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Harborline needs Python 3.11, 3.12, 3.13 or 3.14; here is Python 3.9.2")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_suitable_python_runs_what_it_is_given() -> None:
    env = os.environ | {"PYTHON": sys.executable}
    done = subprocess.run(
        ["sh", ROOT / "runtime" / "with_python.sh", "-c", "print('here')"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "here\n"


def _recipe(*arguments: str) -> str:
    return subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_test_says_when_it_leaves_out_the_browser_tests() -> None:
    without, with_browser = _recipe("test", "BROWSER=0"), _recipe("test")
    assert "The browser tests are left out (BROWSER=0)." in without
    assert '-m "not browser"' in without
    assert "not browser" not in with_browser
    assert "runtime.chromium" in with_browser


def test_ci_runs_what_a_person_runs() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make test", "make check"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_without_a_chromium_a_sentence_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert chromium.main() == 2
    assert "make test BROWSER=0" in capsys.readouterr().err


def test_a_chosen_chromium_is_taken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/my/chromium")
    assert chromium.main() == 0
    assert capsys.readouterr().out == "/opt/my/chromium\n"
