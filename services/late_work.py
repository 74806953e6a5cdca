"""The line's own work that is late: how late the oldest is, and telling people once while it stays so."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups, outbox, texts
from models.alarms import was_raised
from models.look_backs import good_until, note_good
from services import alarms, alerts, counselor_notices
from services.alarms import AlarmKind
from services.house import House

NAME = "due_work"
LONG_AGO = timedelta(days=1)  # told again after a day, whatever is known


def oldest(session: Session, now: datetime) -> timedelta:
    """Age of the oldest due follow-up, unpublished reminder or text that somebody waits for; zero: nothing is late.

    Texts that nobody asked for may stand in line for the provider's rate and do not count.
    """
    times = (follow_ups.oldest_due(session, now), outbox.oldest_unpublished(session), texts.oldest_due(session, now))
    return max((now - moment for moment in times if moment is not None), default=timedelta())


def lateness(house: House, now: datetime) -> timedelta:
    """The same in a transaction of its own."""
    with house.db.begin() as session:
        return max(oldest(session, now), timedelta())


def watch(house: House, now: datetime) -> bool:
    """Tell people when work is too late, once until it was in time again; whether they were told now."""
    limit = timedelta(minutes=house.rules.oldest_due_alarm_minutes)
    with house.db.begin() as session:
        if oldest(session, now) <= limit:
            note_good(session, NAME, now)
            return False
        since = max(good_until(session, NAME) or now - LONG_AGO, now - LONG_AGO)
        if was_raised(session, AlarmKind.WORK_LATE.value, since):
            return False
        told = alarms.raise_alarm(session, AlarmKind.WORK_LATE, now)
        for supervisor in alerts.supervisors(session, now) if told else ():
            number = house.rules.helpline_numbers[0]
            counselor_notices.tell(session, house, supervisor, "counselor.work_late", helpline_number=number, now=now)
        return told
