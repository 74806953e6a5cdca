"""The table of ZIP codes: filled once, read whole."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.directory_store import copy_in
from models.patience import allow


def has_zip_codes(session: Session) -> bool:
    """Whether the table was filled."""
    return bool(session.execute(text("SELECT EXISTS (SELECT 1 FROM zip_code)")).scalar_one())


def fill_zip_codes(session: Session, records: Callable[[], Iterable[tuple[Any, ...]]]) -> int:
    """Copy ZIP codes (columns in the order of ZipCode) into their table when it is empty; how many."""
    if has_zip_codes(session):
        return 0
    allow(session, 0)
    session.execute(text("LOCK TABLE zip_code IN SHARE ROW EXCLUSIVE MODE"))
    if has_zip_codes(session):
        return 0
    columns = ("zip5", "latitude", "longitude", "city", "state", "county", "timezone", "kind", "active")
    return copy_in(session, "zip_code", columns, records())


def zip_centroids(session: Session) -> Sequence[tuple[str, float, float, str]]:
    """ZIP, latitude, longitude, state of every ZIP code."""
    return session.execute(text("SELECT zip5, latitude, longitude, state FROM zip_code")).all()
