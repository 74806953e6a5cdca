"""The database of one process: engine, units of work, and what happens after a commit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from models import crypto
from models.patience import allow, be_patient

IDLE_IN_TRANSACTION_MS = 15_000


@dataclass(frozen=True)
class Wake:
    """Something to tell another process once a change is committed: an outbox row, or a page that shows a contact."""

    kind: str  # "outbox" or "live"
    id: str
    task: str = ""
    queue: str = ""
    args: tuple[Any, ...] = ()


AfterCommit = Callable[[Sequence[Wake]], None]


def build_engine(
    url: str,
    *,
    statement_timeout_ms: int,
    connect_timeout_s: int = 1,
    pool_size: int = 8,
    before_connect: Callable[[], None] = lambda: None,
) -> Engine:
    """An engine that gives up on time (DESIGN.md, Reliability): no statement, connection or pool waits for ever.

    `before_connect` is called before each new connection is made.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options = (
        f"-c statement_timeout={statement_timeout_ms} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
    )
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=connect_timeout_s,
        pool_pre_ping=True,
        # psycopg turns a timeout below 2 s into 2 s; the web's total budget allows for it
        connect_args={"connect_timeout": connect_timeout_s, "options": options},
    )
    be_patient(engine, statement_timeout_ms, before_connect)
    return engine


class Database:
    """Hands out units of work. `after_commit` is told what was put into the outbox, never before the commit."""

    def __init__(self, bind: Engine | Connection, after_commit: AfterCommit | None = None) -> None:
        self.bind = bind
        self.after_commit = after_commit
        mode = "create_savepoint" if isinstance(bind, Connection) else "conditional_savepoint"
        # What the statements of this thread's next transactions may take; None: the engine's own limit.
        self.statement_ms: ContextVar[int | None] = ContextVar("statement_ms", default=None)
        self._sessions = sessionmaker(bind, expire_on_commit=False, join_transaction_mode=mode)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: commits at the end, rolls back on any exception, then wakes whoever has work."""
        with self._sessions.begin() as session:
            if (allowed := self.statement_ms.get()) is not None:
                allow(session, allowed)
            yield session
        noted: list[Callable[[], Wake]] = session.info.pop("wakes", [])
        if noted:
            self.wake([wake() for wake in noted])

    def show_unreadable(self, words: str, *, everywhere: bool) -> None:
        """See `models.crypto.show_unreadable`."""
        crypto.show_unreadable(words, everywhere=everywhere)

    def unreadable_met(self) -> bool:
        """See `models.crypto.unreadable_met`."""
        return crypto.unreadable_met()

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection on which each statement commits by itself, for what is one statement anyway."""
        if isinstance(self.bind, Connection):  # a test's own transaction: its savepoints do the same
            with self.begin() as session:
                yield session.connection()
            return
        with self.bind.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def wake(self, wakes: Sequence[Wake]) -> None:
        """Tell whoever has work, after a commit."""
        if self.after_commit is not None:
            self.after_commit(wakes)

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.begin() as session:
            session.execute(text("select 1"))


def remember_wake(session: Session, wake: Callable[[], Wake]) -> None:
    """Note what to tell after this session's commit, when its ids are known; a rollback forgets it with the session."""
    session.info.setdefault("wakes", []).append(wake)
