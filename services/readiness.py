"""How far behind the line is: the oldest thing that is due and not yet started."""

from datetime import datetime, timedelta

from models import follow_ups, outbox
from services.house import House


def lateness(house: House, now: datetime) -> timedelta:
    """Age of the oldest due follow-up or unpublished reminder; zero when nothing is late."""
    with house.db.begin() as session:
        times = [follow_ups.oldest_due(session, now), outbox.oldest_unpublished(session)]
    return max((now - moment for moment in times if moment is not None), default=timedelta())
