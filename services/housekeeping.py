"""Tidying up: what is done and needs no keeping."""

from datetime import datetime

from models import outbox
from services.house import House


def forget_published(house: House, now: datetime) -> int:
    """Delete outbox rows that the broker has had for an hour; how many."""
    with house.db.begin() as session:
        return outbox.delete_published(session, now)
