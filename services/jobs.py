"""Tasks that fail: counted on their reminder, tried again after a pause, and given up where people see it."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import outbox
from services import alarms
from services.alarms import AlarmKind
from services.house import House


def failed(session: Session, row_id: int, error: str, now: datetime) -> None:
    """A reminder could not be published, or its task raised: again after a pause, or given up. `error` is its kind."""
    if outbox.note_failure(session, row_id, error, now):
        alarms.raise_alarm(session, AlarmKind.JOB_FAILED, now)


def note_failure(house: House, row_id: int, error: str, now: datetime) -> None:
    """A task raised an error."""
    with house.db.begin() as session:
        failed(session, row_id, error, now)


def may_run_again(house: House, row_id: int, error: str, now: datetime) -> bool:
    """Whether a task runs again whose process died in the middle of it: not when that happens time and again."""
    with house.db.begin() as session:
        given_up = outbox.note_lost(session, row_id, error, now)
        if given_up:
            alarms.raise_alarm(session, AlarmKind.JOB_FAILED, now)
        return not given_up
