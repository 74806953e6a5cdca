"""Connections that give up by our own clock: a frozen server takes a connection, answers nothing, and keeps no limit.

`statement_timeout` is the server's; TCP's own limits do not hold on a Unix socket. So each wait for the server ends a
little after the server should have ended the statement, and the connection is closed.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

RV = TypeVar("RV")
GRACE_S = 0.5  # for the server's own word that a statement took too long
REFUSE_S = 1.0  # after a silence, so that not every caller waits for a frozen server in turn


class PatientConnection(psycopg.Connection[Any]):
    """`patience_s`: how long one exchange with the server may take; None: as long as it likes."""

    patience_s: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's own. Raises OperationalError, and closes the connection, when the server is silent."""
        try:
            return super().wait(gen, interval, self.patience_s if timeout is None else timeout)
        except errors._WaitTimeout as silence:
            self.close()
            raise psycopg.OperationalError(f"the database was silent for {self.patience_s} s") from silence


def be_patient(engine: Engine, statement_timeout_ms: int, before_connect: Callable[[], None]) -> None:
    """Let this engine make such connections, and after a silence refuse new ones for a moment."""
    usual = _seconds(statement_timeout_ms)
    silent_until = 0.0

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, cargs: Any, cparams: Any) -> PatientConnection:
        nonlocal silent_until
        if time.monotonic() < silent_until:
            raise psycopg.OperationalError("the database was silent a moment ago")
        try:
            before_connect()
            made = PatientConnection.connect(*cargs, **cparams)
        except errors.ConnectionTimeout:
            silent_until = time.monotonic() + REFUSE_S
            raise
        made.patience_s = usual
        return made

    @event.listens_for(engine, "checkin")
    def as_usual(connection: PatientConnection | None, _record: Any) -> None:
        if connection is not None:
            connection.patience_s = usual

    @event.listens_for(engine, "handle_error")
    def note_silence(context: Any) -> None:
        nonlocal silent_until
        if isinstance(getattr(context.original_exception, "__cause__", None), errors._WaitTimeout):
            silent_until = time.monotonic() + REFUSE_S


def _seconds(statement_ms: int) -> float | None:
    return statement_ms / 1000 + GRACE_S if statement_ms else None


def allow(session: Session, statement_ms: int) -> None:
    """The statements of this transaction may take so long (0: as long as they like), whatever the process allows."""
    session.execute(text(f"SET LOCAL statement_timeout = {statement_ms:d}"))
    wait_for(session, statement_ms)


def wait_for(session: Session, statement_ms: int) -> None:
    """Wait that long for the server's answers until this transaction ends."""
    driver = session.connection().connection.driver_connection
    if isinstance(driver, PatientConnection):
        driver.patience_s = _seconds(statement_ms)
