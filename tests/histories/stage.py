"""What all histories of a process share: one database, the composed application, the house of a worker."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from sqlalchemy import Engine, text

from app import create_app
from config.settings import load_settings
from models.base import Base
from services.house import House
from workers.household import build_house

LINE = "+18335550100"
ON_CALL = "+16175550199"
BACKUP = "+16175550198"
BASE_URL = "https://line.example"
# Half the real waits, so that a history takes half the sweeps; which step follows which stays the same.
QUICK = {
    "RING_SECONDS": "15",
    "PRESS_SECONDS": "8",
    "WIDER_AFTER_SECONDS": "10",
    "BACKUP_AFTER_SECONDS": "15",
    "SUPERVISORS_AFTER_SECONDS": "22",
    "OFFER_AFTER_SECONDS": "30",
    "HARD_LIMIT_SECONDS": "90",
    "HOLD_LIMIT_SECONDS": "40",
    "CONSULT_LIMIT_SECONDS": "90",
}


class Stage:
    """Built once; `begin` empties it for the next history."""

    def __init__(self, database_url: str) -> None:
        env = {
            "APP_ENV": "test",
            "DATABASE_URL": database_url,
            "PUBLIC_BASE_URL": BASE_URL,
            "HELPLINE_NUMBERS": LINE,
            "ON_CALL_NUMBERS": ON_CALL,
            "TWILIO_AUTH_TOKEN": "a token of this test",
            "LOG_LEVEL": "ERROR",
            **QUICK,
        }
        self.settings = load_settings(env)
        self.app = create_app(self.settings)
        self.app.testing = False
        self._own = self.app.extensions["house"]
        self.web, self.worker = self._house(), self._house()
        names = ", ".join(f'"{name}"' for name in Base.metadata.tables if name in _USED)
        self._empty = f"TRUNCATE {names} RESTART IDENTITY CASCADE"

    def _house(self) -> House:
        """A process's house; the database may be slow, because the machine of the tests is."""
        house = build_house(self.settings, statement_timeout_ms=30_000, after_commit=lambda _: None)
        assert isinstance(house.db.bind, Engine)
        house.db.bind.pool._pre_ping = False
        return house

    def empty(self) -> None:
        """No contact, no counselor."""
        with self.worker.db.begin() as session:
            session.execute(text(self._empty))

    def close(self) -> None:
        """Let the database go."""
        for house in (self._own, self.web, self.worker):
            assert isinstance(house.db.bind, Engine)
            house.db.bind.dispose()


_USED = ("caller", "counselor", "outbox", "receipt", "audit_event", "call_budget")  # and what hangs on them


@contextmanager
def same_ids_each_time(seed: int = 0) -> Iterator[None]:
    """Ids are random: here by dice, so that the same history goes the same way."""
    dice = random.Random(seed)
    with mock.patch.object(os, "urandom", dice.randbytes):
        yield
