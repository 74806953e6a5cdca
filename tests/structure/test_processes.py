"""Procfile, queues and documentation say the same."""

import gc
import re
from pathlib import Path
from types import SimpleNamespace

from config import gunicorn, queues
from config.settings import Settings
from runtime.supervise import read_procfile
from workers.app import app

ROOT = Path(__file__).resolve().parents[2]


def test_each_queue_has_exactly_one_worker() -> None:
    commands = read_procfile(ROOT / "Procfile").values()
    consumed = [
        name for command in commands for found in re.findall(r"--queues (\S+)", command) for name in found.split(",")
    ]
    assert sorted(consumed) == sorted(queues.QUEUES)


def test_every_tick_finds_its_task() -> None:
    app.loader.import_default_modules()
    ticks = {entry["task"] for entry in queues.beat_schedule().values()}
    assert ticks <= app.tasks.keys(), "an unregistered task is dropped by the worker"


def test_a_web_process_collects_garbage_as_soon_as_it_serves() -> None:
    gunicorn.post_fork(None, None)
    try:
        assert not gc.isenabled()
        gunicorn.post_worker_init(SimpleNamespace(wsgi=None))
        assert gc.isenabled()
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
        gc.enable()


def test_calls_wait_for_no_text() -> None:
    assert "--queues calls " in read_procfile(ROOT / "Procfile")["worker_calls"]


def test_the_processes_are_those_that_operators_know() -> None:
    assert list(read_procfile(ROOT / "Procfile")) == [
        "release",
        "web",
        "events",
        "worker_calls",
        "worker_texts",
        "beat",
    ]


def test_the_operators_table_names_every_variable() -> None:
    table = (ROOT / "docs" / "operating.md").read_text()
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in table]
    assert not missing
