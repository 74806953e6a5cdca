"""A database that is frozen: it takes connections and answers nothing, so that its own time-outs never come."""

import os
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models import patience
from models.database import Database, build_engine
from models.patience import allow

STATEMENT_MS = 700


@pytest.fixture
def patient(database_url: str) -> Iterator[Database]:
    engine = build_engine(database_url, statement_timeout_ms=STATEMENT_MS)
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def frozen(patient: Database) -> Iterator[int]:
    """The pooled connection's server process, stopped."""
    with patient.begin() as session:
        pid: int = session.execute(text("select pg_backend_pid()")).scalar_one()
    os.kill(pid, signal.SIGSTOP)
    yield pid
    os.kill(pid, signal.SIGCONT)


def test_a_frozen_connection_is_given_up_and_the_next_moment_asks_anew(
    patient: Database, frozen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + later))
    monkeypatch.setattr(patience, "REFUSE_S", 60.0)
    with pytest.raises(OperationalError, match="silent"):
        patient.ping()
    with pytest.raises(OperationalError, match="silent a moment ago"):
        patient.ping()  # at once: not every caller waits for the frozen server in turn

    later = 61.0
    with patient.begin() as session:
        assert session.execute(text("select pg_backend_pid()")).scalar_one() != frozen


def test_a_statement_that_may_take_its_time_does(patient: Database) -> None:
    with patient.begin() as session:
        allow(session, 0)
        session.execute(text("select pg_sleep(1)"))
    with pytest.raises(OperationalError), patient.begin() as session:
        session.execute(text("select pg_sleep(1)"))  # the server's own limit holds again
    patient.ping()
