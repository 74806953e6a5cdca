"""What all histories of a process share: one database, the composed application, the house of a worker."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from sqlalchemy import Engine, select, text

from app import create_app
from config.settings import load_settings
from models.base import Base
from models.directory import Listing
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import place, plain_csv
from workers.household import build_house

LINE = "+18335550100"
ON_CALL = "+16175550199"
BACKUP = "+16175550198"
INTERPRETER = "+16175550197"
PLACES = ("+16175550191", "+16175550192")  # intake lines
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
            "INTERPRETER_NUMBER": INTERPRETER,
            "INTERPRETER_KEYS": "ww12#",
            "TWILIO_AUTH_TOKEN": "a token of this test",
            "LOG_LEVEL": "ERROR",
            **QUICK,
        }
        self.settings = load_settings(env)
        self.app = create_app(self.settings)
        self.app.testing = False
        self._own = self.app.extensions["house"]
        self.web, self.worker = self._house(), self._house()
        self.listings = self._places()
        names = ", ".join(f'"{name}"' for name in Base.metadata.tables if name in _USED)
        self._empty = f"TRUNCATE {names} RESTART IDENTITY CASCADE"

    def _house(self) -> House:
        """A process's house; the database may be slow, because the machine of the tests is."""
        house = build_house(self.settings, statement_timeout_ms=30_000, after_commit=lambda _: None)
        assert isinstance(house.db.bind, Engine)
        house.db.bind.pool._pre_ping = False
        return house

    def _places(self) -> list[int]:
        """Two places that can be rung, in every history."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "places.csv"
            rows = [place(f"House {number[-1]}", street1=f"{number[-1]} Quay", phone=number[2:]) for number in PLACES]
            path.write_text(plain_csv(rows))
            done = import_directory(self.worker, ImportWish(path), datetime.now(UTC))
        assert not done.errors, done.errors
        with self.worker.db.begin() as session:
            return list(session.scalars(select(Listing.id).order_by(Listing.id)))

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
