"""The wait that a caller is told, from the counselors of this minute and how long contacts lately kept them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.ring_counts import handle_seconds, talking_since
from routing.vocabulary import Presence
from routing.wait_estimate import Expected, Staff, expected_wait
from services import releasing, rings, schedules
from services.house import House


def forecast(session: Session, house: House, contact: Contact, ahead: int, now: datetime) -> Expected | None:
    """What to tell this waiting caller; None when there is nothing worth telling, or counselors are not rung yet."""
    if not house.rules.live:
        return None
    waited = (now - (contact.waiting_since or now)).total_seconds()
    return expected_wait(_staff(session, now), ahead, house.rules.hard_limit_seconds - waited)


def _staff(session: Session, now: datetime) -> Staff:
    counselors = rings.counselors_of_the_line(session)
    here = schedules.on_shift(session, counselors, now)
    since = talking_since(session)
    talking = tuple((now - at).total_seconds() for at in since.values())
    free_in = []
    for person in counselors:
        if person.id not in here or person.id in since:
            continue
        presence = rings.presence_now(person, now)
        if presence is Presence.AVAILABLE:
            free_in.append(0.0)
        elif presence is Presence.WRAP_UP:
            free_in.append(((person.presence_until or now) - now).total_seconds())
    wrap_up = releasing.WRAP_UP / timedelta(seconds=1)
    return Staff(tuple(free_in), talking, tuple(seconds + wrap_up for seconds in handle_seconds(session, now)))
