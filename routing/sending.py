"""May this text go out now? Consent, safe contact and the person's own clock, asked in the one place that sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from routing import clock


class Purpose(StrEnum):
    """Why a text is written. What is not here is not sent."""

    REPLY = "reply"  # to a message that just came in: any hour
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"  # the one answer to STOP
    KEYWORD_ANSWER = "keyword_answer"  # the answer to START or HELP
    COUNSELOR_WORDS = "counselor_words"  # a counselor writes to somebody who is texting with us
    FOLLOW_UP = "follow_up"  # to see how it went: nobody asked for it just now
    LATE_WORDS = "late_words"  # what somebody asked for, long after the talk: their list, the news of their place
    SENT_AGAIN = "sent_again"  # an answer that had failed, long after it was asked for
    BED_QUESTION = "bed_question"  # to facility staff, at the hours they agreed to
    REFERRAL_QUESTION = "referral_question"  # to facility staff, on the same registered phone
    COUNSELOR_NOTICE = "counselor_notice"  # to our own people


class Refusal(StrEnum):
    """Why a text is kept back for good."""

    STOPPED = "stopped"  # STOP was said
    NOT_SAFE = "not_safe"  # the person said that texting is not safe
    NO_CHECK_INS = "no_check_ins"  # the person said that they do not want to be asked by text how it went
    NO_CONSENT = "no_consent"  # nobody asked whether we may text later, to see how it went
    SAFETY_UNKNOWN = "safety_unknown"  # nobody asked whether a text is safe
    NO_NUMBER = "no_number"
    CONSENT_OVER = "consent_over"  # it tells something that the person no longer allows to be told


@dataclass(frozen=True)
class Person:
    """What the sender knows of whom it writes to."""

    number: str | None
    timezone: str | None = None  # told, or from the ZIP; None: unknown
    stopped: bool = False
    texting_ok: bool | None = None  # a text is safe; None: never asked
    follow_up_texts_ok: bool | None = None  # they want to be texted later; None: never asked
    wrote_to_us: bool = False
    safe_hours: tuple[int, int] | None = None  # the person's own, on their clock


@dataclass(frozen=True)
class Window:
    """The hours of the day for texts that nobody asked for, on the person's clock."""

    start_hour: int
    end_hour: int
    default_zone: str


@dataclass(frozen=True)
class Verdict:
    """Send at `send_at` (now, or when the window opens), or never, for the reason in `refusal`."""

    send_at: datetime | None
    refusal: Refusal | None = None


# These keep to the hours of the day
UNASKED = frozenset(
    {
        *(Purpose.FOLLOW_UP, Purpose.LATE_WORDS, Purpose.SENT_AGAIN),
        *(Purpose.BED_QUESTION, Purpose.REFERRAL_QUESTION),
    }
)
ANSWERS = frozenset({Purpose.REPLY, Purpose.COUNSELOR_WORDS})
ALWAYS = frozenset({Purpose.OPT_OUT_CONFIRMATION, Purpose.COUNSELOR_NOTICE})


class Rank(IntEnum):
    """Which text leaves first when not all may leave at once."""

    FIRST = 0  # danger, and notices to our own people, who may be told of danger
    ANSWER = 1  # somebody waits for it
    UNASKED = 2


def rank_of(purpose: Purpose, *, in_danger: bool) -> Rank:
    """The rank of a text; `in_danger`: it belongs to a contact with 911 or 988 before everything.

    What nobody asked for just now comes after every answer, also to somebody who was in danger then.
    """
    if purpose in UNASKED:
        return Rank.UNASKED
    return Rank.FIRST if in_danger or purpose is Purpose.COUNSELOR_NOTICE else Rank.ANSWER


def zones_of(person: Person, window: Window) -> Sequence[str]:
    """The zones whose clocks must all agree: the one that was told, or the area code's guess and the line's own."""
    if person.timezone and clock.is_zone(person.timezone):
        return (person.timezone,)
    return (*clock.guessed_zones(person.number or ""), window.default_zone)


def may_send(purpose: Purpose, person: Person, window: Window, now: datetime) -> Verdict:
    """The rule for every text (FIELD.md, Safe contact and TCPA; 9:00 to 20:00 by default in `window`)."""
    refusal = _refusal(purpose, person)
    if refusal is not None:
        return Verdict(None, refusal)
    if purpose not in UNASKED:
        return Verdict(now)
    return Verdict(clock.next_open_everywhere(now, zones_of(person, window), *hours_of(person, window)))


def hours_of(person: Person, window: Window) -> tuple[int, int]:
    """Our hours narrowed to the person's; theirs alone when the two do not meet, for they asked for them."""
    if person.safe_hours is None:
        return window.start_hour, window.end_hour
    start, end = max(window.start_hour, person.safe_hours[0]), min(window.end_hour, person.safe_hours[1])
    return (start, end) if start < end else person.safe_hours


def _refusal(purpose: Purpose, person: Person) -> Refusal | None:
    if not person.number:
        return Refusal.NO_NUMBER
    if purpose in ALWAYS:
        return None
    if person.texting_ok is False:
        return Refusal.NOT_SAFE
    if purpose is Purpose.KEYWORD_ANSWER:
        return None  # the answer to START or HELP, which somebody who said STOP may ask for
    if person.stopped:
        return Refusal.STOPPED
    if purpose is not Purpose.FOLLOW_UP:
        agreed = purpose in ANSWERS or person.texting_ok or person.wrote_to_us
        return None if agreed else Refusal.SAFETY_UNKNOWN
    if person.follow_up_texts_ok is False:
        return Refusal.NO_CHECK_INS
    return None if person.follow_up_texts_ok or person.wrote_to_us else Refusal.NO_CONSENT
