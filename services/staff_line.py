"""Our own people call the helpline from the phone of the roster: a menu to say whether they take calls."""

from datetime import datetime

from models.people import Counselor, counselor_by_phone
from routing.documents import Ask, Document, GoTo, HangUp, Say
from routing.spans import Span
from routing.vocabulary import Presence
from services import audit, counselor_notices, counselors, shift_times
from services.house import House

ASKS = 2  # then whoever stays silent is a caller (FIELD.md: silence never ends a call)
_CHOICES = {"1": Presence.AVAILABLE, "2": Presence.AWAY}
_NEXT_SHIFT = "3"


def menu(house: House, number: str, now: datetime) -> Document:
    """The menu, with what holds now said before it."""
    with house.db.begin() as session:
        person = counselor_by_phone(session, number)
        if person is None:
            raise LookupError("nobody has this phone")  # left in this very moment: the way out is the caller's
        return _ask(person, Say(f"voice.staff_{counselors.presence_word(person, now)}"))


def pressed(house: House, number: str, digit: str, asked: int, now: datetime) -> Document | None:
    """What a key does; None: they come as callers, by any other key or by silence. Texted too, if it changes calls.

    The text goes to the phone of the roster: whoever only pretends to call from it is found out.
    """
    with house.db.begin() as session:
        person = counselor_by_phone(session, number)
        if person is None or (not digit and asked + 1 >= ASKS):
            return None
        if not digit:
            return _ask(person, asked=asked + 1)
        if digit == _NEXT_SHIFT:
            return _go_on(person, _shift(house, person, shift_times.next_shifts(session, person, now), now))
        if digit not in _CHOICES:
            return None
        word = counselors.say_presence(person, _CHOICES[digit], now)
        line = house.rules.helpline_numbers[0]
        counselor_notices.tell(session, house, person, f"counselor.{word}", helpline_number=line, now=now)
        audit.write(session, "presence_set", person.id, now, presence=person.presence.value)
        return _go_on(person, Say(f"voice.staff_{word}"))


def _ask(person: Counselor, *says: Say, asked: int = 0) -> Document:
    """The menu for whoever has chosen nothing yet: silence leads on to a person."""
    question = _question(asked, *says)
    return Document(counselor_notices.language_of(person), (question, GoTo(question.then)))


def _go_on(person: Counselor, *says: Say) -> Document:
    """The menu again after a choice: silence is the end."""
    return Document(counselor_notices.language_of(person), (_question(0, *says), Say("voice.goodbye"), HangUp()))


def _question(asked: int, *says: Say) -> Ask:
    return Ask((*says, Say("voice.staff_menu")), f"/voice/staff/{asked}", digits=1, seconds=5)


def _shift(house: House, person: Counselor, shifts: list[Span], now: datetime) -> Say:
    if not shifts:
        return Say("voice.staff_no_shift")
    words = shift_times.in_words(house.phrases, counselor_notices.language_of(person), shifts[0], person.timezone)
    return Say("voice.staff_now" if shifts[0].start <= now else "voice.staff_next_shift", {"shift": words})
