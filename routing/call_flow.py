"""The voice call as a state machine: what a caller hears next, and what that changes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from routing.documents import Ask, Document, Enqueue, HangUp, JoinConference, Keys, Leave, Pause, Record, Say, Step
from routing.vocabulary import DANGER, ContactStatus, Language, Urgency
from routing.wait_estimate import Expected

MAX_ASKS = 2  # every prompt re-asks once, then goes on to a person (FIELD.md, Yap #521)
ILLNESS, NAME = "illness", "name"  # in the flow: each asked once
SPOKEN_CHOICES = 3  # of what an unclear name may mean; more are not kept in mind by ear
POSITION_EVERY_SECONDS = 30
DIAL_RETRY_SECONDS = 30
_SPOKEN = {Language.ENGLISH: "English", Language.SPANISH: "Spanish"}


class NextStep(StrEnum):
    """What leaving the queue leads to; kept on the contact."""

    RING = "ring"
    JOIN = "join"
    DIAL = "dial"  # no worker lives, none can dial, or too many calls stand in line: ring from the call itself
    BACKUP = "backup"
    CRISIS_988 = "crisis_988"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"


class Question(StrEnum):
    """What is asked while waiting, in this order."""

    WHAT = "what"
    ZIP = "zip"
    PAYER = "payer"


@dataclass(frozen=True)
class Limits:
    """Seconds of waiting that matter here."""

    offer: int
    hard: int
    dial_without_worker: int


@dataclass(frozen=True)
class Reading:
    """What a caller who asked for information hears next: the question about what, or one line of a sheet."""

    ask: bool = False
    line: str = ""
    last: bool = False


@dataclass(frozen=True)
class Waiting:
    """A waiting caller as the wait loop sees it."""

    contact_id: uuid.UUID
    language: Language
    urgency: Urgency
    status: ContactStatus
    next_step: NextStep
    waited: float  # seconds
    ahead: int  # callers before this one
    expected: Expected | None = None  # the wait, when it is time to tell it and there is something to tell
    counselor_joined: bool = False
    being_fetched: bool = False  # a worker is redirecting the call this moment; two ways in would end the conference
    tended: bool = False  # a worker looks after this contact, or a phone that one has dialled rings
    can_be_called: bool = True  # the number is known and callable
    has_backup: bool = False
    reading: Reading | None = None
    unclear: Say | None = None  # the question what a name that the caller used means
    asks_illness: bool = False  # liver and breathing illness matter, are not known, and nobody has asked
    known: frozenset[str] = frozenset()
    flow: Mapping[str, int] = field(default_factory=dict)  # counters: asks per question, times of announcements

    @property
    def in_danger(self) -> bool:
        """911 or 988: never voicemail, no questions in the way."""
        return self.urgency in DANGER


@dataclass(frozen=True)
class Turn:
    """What to tell the phone, and what changes on the contact."""

    document: Document
    next_step: NextStep | None = None
    flow: Mapping[str, int] = field(default_factory=dict)
    told: Expected | None = None  # the wait that the document tells


def path(name: str, of: uuid.UUID) -> str:
    """The webhook path of a caller's contact or a counselor's leg."""
    return f"/voice/{name}/{of}"


def greeting(contact_id: uuid.UUID, *, organisation: str, funding: str, live: bool = True) -> Document:
    """The first words. The caller is already queued and counselors already ring while they are spoken.

    Where to call in an emergency and the key for Spanish are cut short by keys only, for a radio in the room would cut
    them too; whoever speaks after that is heard.
    """
    welcome = Say("voice.welcome" if live else "voice.not_live", {"organisation": organisation})
    paid = (Say("voice.funding", {"sentence": funding}),) if funding else ()
    first = Ask((Say("voice.emergency"), Say("voice.spanish_key")), path("key", contact_id), digits=1, seconds=1)
    rest = (welcome, *paid, Say("voice.confidential"), Say("voice.keys"))
    then = Ask(rest, path("key", contact_id), digits=1, speech=live, seconds=2)
    return Document(Language.ENGLISH, (first, then, enqueue(contact_id)))


def greeting_goes_on(contact_id: uuid.UUID, language: Language, first: Say) -> Document:
    """What everybody is told, for whoever spoke before it was said; `first` answers their words."""
    ask = Ask((first, Say("voice.confidential"), Say("voice.keys")), path("key", contact_id), seconds=1)
    return Document(language, (ask, enqueue(contact_id)))


def greeting_in_spanish(*, organisation: str, funding: str, live: bool = True) -> tuple[Say, ...]:
    """What an English greeting has told already, for whoever pressed 2 before or while it was told."""
    not_live = () if live else (Say("voice.not_live", {"organisation": organisation}),)
    paid = (Say("voice.funding", {"sentence": funding}),) if funding else ()
    return (Say("voice.spanish_chosen"), *not_live, *paid, Say("voice.confidential"), Say("voice.keys"))


def enqueue(contact_id: uuid.UUID) -> Enqueue:
    """Into the queue, with the contact's own wait loop and way out."""
    return Enqueue(path("wait", contact_id), path("left", contact_id))


def requeue(contact_id: uuid.UUID, language: Language, *says: Say) -> Document:
    """Back into the queue after saying something."""
    return Document(language, (*says, enqueue(contact_id)))


def wait_turn(view: Waiting, limits: Limits) -> Turn:
    """One round of the wait loop, at most about ten seconds: join, escalate, ask, or keep company."""
    if view.status in (ContactStatus.CLAIMED, ContactStatus.CONNECTED):
        if view.counselor_joined and not view.being_fetched:
            return Turn(_leave(view), next_step=NextStep.JOIN)
        return Turn(Document(view.language, (Say("voice.connecting"), Pause(2))))
    if view.next_step is not NextStep.RING:
        return Turn(_leave(view))
    if view.waited >= limits.hard:
        return Turn(_leave(view), next_step=last_resort(view))
    if _should_dial(view, limits):
        return Turn(_leave(view), next_step=NextStep.DIAL, flow={"dialed_at": int(view.waited)})
    return _offer(view, limits) or _information(view) or _question(view) or _company(view)


def last_resort(view: Waiting) -> NextStep:
    """What is *done* at the hard limit. Danger never ends in voicemail; a withheld number cannot be called back."""
    if view.has_backup and "backup_tried" not in view.flow:
        return NextStep.BACKUP
    if view.in_danger:
        return NextStep.CRISIS_988
    return NextStep.CALLBACK if view.can_be_called else NextStep.VOICEMAIL


def _should_dial(view: Waiting, limits: Limits) -> bool:
    last = view.flow.get("dialed_at", -DIAL_RETRY_SECONDS)
    return not view.tended and view.waited >= limits.dial_without_worker and view.waited - last >= DIAL_RETRY_SECONDS


def _leave(view: Waiting) -> Document:
    return Document(view.language, (Leave(),))


def _offer(view: Waiting, limits: Limits) -> Turn | None:
    due = view.flow.get("offered_at", -POSITION_EVERY_SECONDS) + POSITION_EVERY_SECONDS
    if view.waited < limits.offer or view.waited < due:
        return None
    key = "voice.offer_danger" if view.in_danger else "voice.offer" if view.can_be_called else "voice.offer_no_callback"
    return Turn(_listen(view, Say(key)), flow={"offered_at": int(view.waited)})


def _information(view: Waiting) -> Turn | None:
    """One line a turn, so that a counselor who answers is seen between two lines (a worker's redirect cuts in)."""
    reading = view.reading
    if reading is None or view.in_danger:
        return None
    if reading.ask:
        says = (Say("voice.information_ask"),)
        ask = Ask(says, path("heard/info", view.contact_id), digits=1, speech=True, seconds=5)
        return Turn(Document(view.language, (ask,)), flow={"info_asked": 1})
    end = (Say("voice.information_end"),) if reading.last else ()
    says = (Say("voice.information_line", {"line": reading.line}), *end)
    return Turn(_listen(view, *says, seconds=1), flow={"info_line": view.flow.get("info_line", 0) + 1})


def _question(view: Waiting) -> Turn | None:
    if view.in_danger:
        return None
    if view.unclear is not None and NAME not in view.flow:
        ask = Ask((view.unclear,), path(f"heard/{NAME}", view.contact_id), digits=1, speech=True, seconds=5)
        return Turn(Document(view.language, (ask,)), flow={NAME: 1})
    for question in Question:
        asked = view.flow.get(question.value, 0)
        if question.value in view.known or asked >= MAX_ASKS:
            continue
        key = f"voice.ask_{question.value}" if asked == 0 else f"voice.ask_{question.value}_again"
        ask = Ask(
            (Say(key),),
            path(f"heard/{question.value}", view.contact_id),
            digits=5 if question is Question.ZIP else 1,
            speech=True,
            seconds=5,
        )
        return Turn(Document(view.language, (ask,)), flow={question.value: asked + 1})
    if not view.asks_illness:
        return None
    ask = Ask((Say("voice.ask_illness"),), path("heard/illness", view.contact_id), digits=1, speech=True, seconds=5)
    return Turn(Document(view.language, (ask,)), flow={ILLNESS: 1})


def tells_position(flow: Mapping[str, int], waited: float, urgency: Urgency) -> bool:
    """Whether it is time to say the position again. In danger no number is said: they go first."""
    return urgency not in DANGER and waited >= flow.get("position_at", -POSITION_EVERY_SECONDS) + POSITION_EVERY_SECONDS


def _company(view: Waiting) -> Turn:
    if view.in_danger:
        return Turn(_listen(view, Say("voice.stay_danger")))
    if not tells_position(view.flow, view.waited, view.urgency):
        return Turn(_listen(view))
    position = Say("voice.position", {"position": view.ahead + 1}) if view.ahead else Say("voice.you_are_next")
    wait = () if view.expected is None else (_wait_in_words(view, view.expected),)
    return Turn(_listen(view, position, *wait), flow={"position_at": int(view.waited)}, told=view.expected)


def _wait_in_words(view: Waiting, expected: Expected) -> Say:
    if expected.beyond:
        return Say("voice.wait_long" if view.can_be_called else "voice.wait_long_no_callback")
    if expected.high == 1:
        return Say("voice.wait_under_a_minute")
    return Say("voice.wait_between" if expected.low else "voice.wait_at_most", vars(expected))


def _listen(view: Waiting, *says: Say, seconds: int = 6) -> Document:
    return Document(view.language, (Ask(says, path("queue-key", view.contact_id), digits=1, seconds=seconds),))


def join(contact_id: uuid.UUID, language: Language, conference: str) -> Document:
    """The caller into the conference with the counselor."""
    return Document(language, (_conference(conference, path("after", contact_id), "caller"),))


def counselor_joins(leg_id: uuid.UUID, language: Language, facts: tuple[Say, ...]) -> Document:
    """The winner hears place, danger and waiting time, then enters the conference."""
    return Document(language, (*facts, _conference(leg_id.hex, path("leg-after", leg_id), "counselor")))


def _conference(name: str, then: str, label: str) -> JoinConference:
    return JoinConference(name, then, status="/status/conference", silence="/voice/hold", label=label)


def send_keys(language: Language, keys: str, room: JoinConference) -> Document:
    """Keys for the phone tree of a line, which then comes into the conversation again."""
    return Document(language, ((Keys(keys),) if keys else ()) + (room,))


def whisper(leg_id: uuid.UUID, language: Language, *, again: bool, bridged: bool, press_seconds: int) -> Document:
    """What a picked-up counselor phone hears: nothing about the caller but the language (a voicemail may listen)."""
    says = Say("voice.press_one_again" if again else "voice.press_one", {"spoken": _SPOKEN[language]})
    then = path("number-key" if bridged else "leg-key", leg_id)
    return Document(Language.ENGLISH, (Ask((says,), then, digits=1, seconds=press_seconds), HangUp()))


def after_conversation(contact_id: uuid.UUID, language: Language) -> Document:
    """The counselor's side ended: the caller may come straight back."""
    ask = Ask((Say("voice.after"),), path("key", contact_id), digits=1, seconds=6)
    return Document(language, (ask, Say("voice.goodbye"), HangUp()))


def voicemail(contact_id: uuid.UUID, language: Language) -> Document:
    """Take a message; whatever happens to it, the contact stays somebody's work."""
    steps: tuple[Step, ...] = (
        Say("voice.voicemail"),
        Record(path("voicemail", contact_id), f"/status/recording/{contact_id}", f"/status/transcription/{contact_id}"),
        Say("voice.voicemail_thanks"),
        HangUp(),
    )
    return Document(language, steps)


def farewell(language: Language, *says: Say) -> Document:
    """Say something and hang up."""
    return Document(language, (*says, HangUp()))
