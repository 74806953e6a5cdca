"""Follow-ups as rules: how a contact ended -> what we owe the person; an outcome -> the next attempt or the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.vocabulary import Disposition, FollowUpKind, FollowUpStatus

PLAN_VERSION = 1


class Outcome(StrEnum):
    """What came of one attempt to reach somebody."""

    ANSWERED = "answered"
    WANTS_COUNSELOR = "wants_counselor"
    NO_ANSWER = "no_answer"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"  # consent or safe contact said no


@dataclass(frozen=True)
class Step:
    """One text that we owe: when, in which words (a phrase key), how often and how far apart."""

    kind: FollowUpKind
    after: timedelta
    words: str
    max_attempts: int = 2
    spacing: timedelta = timedelta(hours=24)


CHECK_IN = Step(FollowUpKind.CHECK_IN, timedelta(hours=24), "text.check_in")  # first within 24 to 48 h (FIELD.md)

# A callback is promised the moment somebody asks (services.promises), so it is no part of these plans; a bare hang-up
# from a phone whose safety is unknown gets nothing (FIELD.md, Safe contact).
PLANS: Mapping[Disposition, tuple[Step, ...]] = {
    Disposition.REFERRED: (CHECK_IN,),
    Disposition.CRISIS_HANDED_OVER: (CHECK_IN,),
}


def plan(disposition: Disposition) -> tuple[Step, ...]:
    """What is owed after a contact that ended so."""
    return PLANS.get(disposition, ())


def scaled(wait: timedelta, time_scale: float) -> timedelta:
    """A planned wait as this house lives it: a demonstration's days may be minutes."""
    return wait * time_scale


@dataclass(frozen=True)
class Next:
    """Where a follow-up goes after an attempt; `due_at` only while it is pending."""

    status: FollowUpStatus
    due_at: datetime | None = None


def after_attempt(outcome: Outcome, attempts: int, max_attempts: int, now: datetime) -> Next:
    """An answer ends it; silence and failed delivery are tried again until the attempts are used up."""
    if outcome in (Outcome.ANSWERED, Outcome.WANTS_COUNSELOR):
        return Next(FollowUpStatus.DONE)
    if outcome is Outcome.REFUSED or attempts >= max_attempts:
        return Next(FollowUpStatus.STOPPED)
    return Next(FollowUpStatus.PENDING, due_at=now)
