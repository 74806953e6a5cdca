"""What the sender asks before a text leaves: the rows behind `routing.sending`, and opt-outs at the provider."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import texts
from models.contacts import record
from models.people import Caller, Counselor
from models.texts import TextMessage
from routing.sending import Person, Purpose, Verdict, Window, may_send
from services.house import House, Rules


def window_of(rules: Rules) -> Window:
    """The hours for texts that nobody asked for."""
    return Window(rules.text_window_start_hour, rules.text_window_end_hour, rules.default_timezone)


def person_of(session: Session, caller: Caller) -> Person:
    """What the rules need to know of a caller."""
    return Person(
        number=caller.number,
        timezone=caller.timezone,
        stopped=caller.texts_stopped_at is not None,
        texting_ok=caller.texting_ok,
        wrote_to_us=texts.wrote_to_us(session, caller.id),
    )


def ask(session: Session, house: House, message: TextMessage, now: datetime) -> tuple[str, Verdict]:
    """The number to write to ("" when there is none) and whether this message may go there now."""
    person = _addressee(session, message)
    return person.number or "", may_send(Purpose(message.purpose), person, window_of(house.rules), now)


def _addressee(session: Session, message: TextMessage) -> Person:
    if message.counselor_id is not None:
        counselor = session.get(Counselor, message.counselor_id)
        return Person(number=counselor.phone if counselor and counselor.active else None)
    caller = session.get(Caller, message.caller_id) if message.caller_id is not None else None
    return person_of(session, caller) if caller else Person(number=None)


def stopped_at_the_provider(session: Session, message: TextMessage, now: datetime) -> None:
    """The provider blocks this person's number because they said STOP there: from now on we know it too."""
    caller = session.get(Caller, message.caller_id, with_for_update=True) if message.caller_id else None
    if caller is not None and caller.texts_stopped_at is None:
        caller.texts_stopped_at = now
        if message.contact_id is not None:
            record(session, message.contact_id, "texts_stopped", now, how="provider")
