"""Work on many rows, each in a transaction of its own: one that breaks is logged and told of, and holds up no other."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.alarms import was_raised
from services import alarms
from services.alarms import AlarmKind
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure

T = TypeVar("T")
OF_ITSELF = (OperationalError, ProviderRefused, ProviderUnsure)  # not the row's fault, and told of elsewhere
log = logging.getLogger(__name__)


def each(
    rows: Iterable[T], act: Callable[[T], bool | None], broke: Callable[[T, Exception], object] = lambda *_: None
) -> int:
    """How many of `rows` `act` says were done. After one that breaks `broke` may put it off or tell people."""
    done = 0
    for row in rows:
        try:
            done += bool(act(row))
        except Exception as error:
            log.exception("row_failed")
            broke(row, error)
    return done


def those(rows: Iterable[T], wanted: Callable[[T], bool], broke: Callable[[T, Exception], object]) -> list[T]:
    """Those of `rows` that are wanted, in their order, without the ones that broke."""
    found: list[T] = []

    def look(row: T) -> None:
        if wanted(row):
            found.append(row)

    each(rows, look, broke)
    return found


def contact_broke(house: House, now: datetime) -> Callable[[object, Exception], None]:
    """For `broke`: an alarm about what is broken and waits on, once in a quarter of an hour for each contact.

    The function takes the contact's id, or nothing when it is not known.
    """

    def told(contact_id: object, error: Exception) -> None:
        if not isinstance(error, OF_ITSELF):
            with house.db.begin() as session:
                tell_broken(session, now, str(contact_id))

    return told


def tell_broken(session: Session, now: datetime, subject: str = "") -> None:
    """Raise that alarm, unless it was raised within a quarter of an hour: what breaks does so every two seconds."""
    if not was_raised(session, AlarmKind.ROW_BROKEN.value, now - alarms.SAME, subject):
        alarms.raise_alarm(session, AlarmKind.ROW_BROKEN, now, subject=subject)


def row_broke(house: House, now: datetime) -> Callable[[object, Exception], None]:
    """The same for rows that are no contacts."""
    return lambda _, error: contact_broke(house, now)("", error)
