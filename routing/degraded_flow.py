"""A call while the database is gone: helpful words in both languages, phones that ring, and a named next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from routing.documents import Ask, Document, HangUp, Ring, Say, Step, Target
from routing.vocabulary import Language, Presence

RING_SECONDS = 25  # as long as a phone rings before its voicemail takes over, or a little less
PRESS_SECONDS = 10
MOST_PHONES = 10  # Twilio's limit of one Dial (TWILIO.md 4.5)
ROUNDS = 3
STEP = timedelta(minutes=15)  # shifts begin and end at such times
STEPS = 48
TOO_OLD = STEP * STEPS  # a snapshot knows nobody's shift beyond


@dataclass(frozen=True)
class OnShift:
    """Somebody of the snapshot. `hours` tells for each of its `moments` whether they are on shift."""

    id: str
    phone: str
    presence: Presence
    hours: tuple[bool, ...]


@dataclass(frozen=True)
class Phone:
    """A phone to ring; `person` is a counselor's id, empty for the on-call numbers and the backup centre."""

    number: str
    person: str = ""


def moments(taken_at: datetime) -> list[datetime]:
    """The moment of a snapshot, and every quarter of an hour that follows for twelve hours."""
    return [taken_at, *(_quarter(taken_at) + STEP * step for step in range(1, STEPS))]


def _quarter(moment: datetime) -> datetime:
    return moment - (moment - datetime(2000, 1, 1, tzinfo=UTC)) % STEP


def on_shift_at(people: Sequence[OnShift], taken_at: datetime, now: datetime) -> list[OnShift]:
    """Who of a snapshot is on shift now and has not put themselves away; nobody when it is too old to know."""
    step = (now - _quarter(taken_at)) // STEP
    if not 0 <= step < STEPS:
        return []
    there = [person for person in people if person.hours[step : step + 1] == (True,)]
    return [person for person in there if person.presence is not Presence.AWAY]


def phones_of_round(
    here: Sequence[OnShift], on_call: Sequence[str], backup: str, number: int, turn: int
) -> list[Phone]:
    """Whose phones ring in this round (from 0), at most ten: people on shift, and the on-call numbers always.

    `turn` rotates the list, so that callers who come at once begin with different people. From the second round on
    the backup centre rings too, and people whom the first round had no room for.
    """
    always = [Phone(each) for each in (*on_call, *([backup] if backup and number else []))][:MOST_PHONES]
    twice = {phone.number for phone in always}
    free = sorted(
        (person for person in here if person.phone not in twice),
        key=lambda person: (person.presence is not Presence.AVAILABLE, person.id),
    )
    room = MOST_PHONES - len(always)
    begin = (turn + number * room) % len(free) if len(free) > room else 0
    chosen = [*free[begin:], *free[:begin]][:room]
    return [*(Phone(person.phone, person.id) for person in chosen), *always]


def both(key: str) -> tuple[Say, ...]:
    """A sentence in every language: nobody knows here which one the caller speaks."""
    return tuple(Say(key, language=language) for language in Language)


def ring(targets: Sequence[Target], then: str, *, first: bool) -> Document:
    """The helpful words, then phones; `then` receives what came of it."""
    says = both("voice.fallback" if first else "voice.degraded_again")
    return _document(*says, Ring(tuple(targets), RING_SECONDS, then))


def whisper(then: str) -> Document:
    """What a picked-up phone hears: nothing about the caller; a voicemail never presses 1."""
    ask = Ask((Say("voice.degraded_press_one"),), then, digits=1, seconds=PRESS_SECONDS)
    return _document(ask, HangUp())


def decided(accepted: bool) -> Document:
    """An empty document connects the two, a hang-up declines."""
    return _document() if accepted else _document(HangUp())


def nobody(*, can_be_called: bool) -> Document:
    """Every round was in vain: a callback where the number is known, and lines that always answer."""
    last = "voice.degraded_callback" if can_be_called else "voice.fallback_sorry"
    return _document(*both(last), HangUp())


def blocked() -> Document:
    """A blocked number is told where help in danger is, and rings nobody."""
    return _document(*both("voice.blocked"), *both("voice.blocked_danger"), HangUp())


def thanks() -> Document:
    """After a conversation."""
    return _document(*both("voice.goodbye"), HangUp())


def _document(*steps: Step) -> Document:
    return Document(Language.ENGLISH, steps)
