"""Follow-ups as rules: how a contact ended -> what we owe the person; an outcome -> the next attempt or the end."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from routing.sending import Purpose
from routing.understanding import Understanding
from routing.vocabulary import DeclineReason, Disposition, FollowUpKind, FollowUpStatus, ReferralStatus, Urgency
from routing.words import fold

# What people write to a check-in and mean no more than that (folded, without marks), in English and Spanish
_CALL_ME = frozenset({"1", "uno", "one"})
_YES = frozenset({"yes", "yes please", "yeah", "yep", "y", "si", "si por favor", "claro"})
_BARE = frozenset(
    {"thanks", "thank you", "thx", "ty", "gracias", "muchas gracias", "ok", "okay", "ok thanks", "ok gracias"}
)
_NO = frozenset({"no", "nope", "no thanks", "no thank you", "no gracias", "not yet", "todavia no", "aun no"})
_NO_AND_WHY = re.compile(r"\s*(?:no|nope)\s*[,.;:!–-]", re.IGNORECASE)
# Whoever is asked one of these says yes or no to the question itself, and not to a call
YES_OR_NO = frozenset({FollowUpKind.DID_THEY_TAKE_YOU, FollowUpKind.WAITING_LIST, FollowUpKind.NEXT_PLACE})
NEWS = (FollowUpKind.PLACE_ACCEPTED, FollowUpKind.NEXT_PLACE)  # of a referral: what cannot be texted, a person tells
_NOT_LETTERS = re.compile(r"[\W_]+")


def purpose_of(kind: FollowUpKind) -> Purpose:
    """Why the text of such a step is written: the news of their place is what they asked for."""
    return Purpose.LATE_WORDS if kind in NEWS else Purpose.FOLLOW_UP


class By(StrEnum):
    """Who does a step."""

    TEXT = "text"  # the service writes
    PERSON = "person"  # a counselor does it and writes the outcome


class Outcome(StrEnum):
    """What came of one attempt to reach somebody."""

    ANSWERED = "answered"
    YES = "yes"  # to the question itself
    NO = "no"
    WANTS_COUNSELOR = "wants_counselor"
    NO_ANSWER = "no_answer"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"  # consent or safe contact said no


class Dropped(StrEnum):
    """Why a follow-up ends without an attempt of its own, beside the refusals of `routing.sending`."""

    REPLACED = "replaced"  # the contact's end was written anew
    STOP_RULE = "stop_rule"  # silent for so often that we leave them in peace
    ERROR = "error"  # it could not be started: people decide what becomes of it
    LET_GO = "let_go"  # people decided that it is not tried again


@dataclass(frozen=True)
class Step:
    """One thing that we owe: when after the contact, by whom, in which words (a phrase key), how often."""

    kind: FollowUpKind
    by: By
    after: timedelta
    words: str = ""
    words_unchosen: str = ""  # instead of `words` while no place is known to be chosen; empty: always `words`
    words_neutral: str = ""  # instead of `words` on a phone to which no name of a place was ever sent
    attempts: int = 1
    spacing: timedelta = timedelta(hours=24)
    place: int = 0  # in the plan; those of a step that repeats have the same


@dataclass(frozen=True)
class Ended:
    """What the plans ask of a contact that has ended: vocabulary words and ids of the content files."""

    disposition: Disposition
    urgency: Urgency = Urgency.NONE
    flags: frozenset[str] = frozenset()
    substances: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """Steps for the contacts that hold something of each list; an empty list asks nothing.

    A plan with `referrals` is not for the end of a contact but for a referral that comes to stand so.
    """

    id: str
    steps: tuple[Step, ...]
    silent_attempts: int  # stop rule: unanswered attempts after which the later steps are dropped
    dispositions: frozenset[Disposition] = frozenset()
    referrals: frozenset[ReferralStatus] = frozenset()
    reasons: frozenset[DeclineReason] = frozenset()  # of a referral that was declined
    instead_of: frozenset[FollowUpKind] = frozenset()  # planned steps that this plan makes needless
    urgencies: frozenset[Urgency] = frozenset()
    flags: frozenset[str] = frozenset()
    substances: frozenset[str] = frozenset()
    edit: int = 0  # which change of it by an admin this is; 0: as shipped

    def may_be_left_out(self, step: Step) -> bool:
        """Whether a counselor may strike this step off: not what a danger sign asks for, and not a person's work."""
        return not self.flags and step.by is By.TEXT

    def is_for(self, ended: Ended) -> bool:
        """Whether a contact that ended so is owed this plan."""
        return (
            ended.disposition in self.dispositions
            and (not self.urgencies or ended.urgency in self.urgencies)
            and (not self.flags or bool(self.flags & ended.flags))
            and (not self.substances or bool(self.substances & ended.substances))
        )


@dataclass
class Plans:
    """Every plan of the house, with the version of the file that they came from. `plans` are those that apply now.

    A change exchanges `plans` as a whole, so that threads which read it never meet half of one.
    """

    version: int = 0
    shipped: tuple[Plan, ...] = ()

    def __post_init__(self) -> None:
        self.plans = self.shipped

    def change(self, changed: Mapping[str, Plan]) -> None:
        """Go by these plans instead of the shipped ones with their ids."""
        self.plans = tuple(changed.get(plan.id, plan) for plan in self.shipped)

    def owed(self, ended: Ended) -> Iterator[tuple[Plan, Step]]:
        """The steps owed to a contact, in the order of the file."""
        return ((plan, step) for plan in self.plans if plan.is_for(ended) for step in plan.steps)

    def needless_beside(self, plan_ids: frozenset[str]) -> frozenset[FollowUpKind]:
        """The kinds of steps that these plans make needless."""
        return frozenset(kind for plan in self.plans if plan.id in plan_ids for kind in plan.instead_of)

    def owed_to_referral(self, status: ReferralStatus, reason: DeclineReason | None) -> Iterator[tuple[Plan, Step]]:
        """The steps owed because a referral now stands so, in the order of the file."""
        for plan in self.plans:
            if status in plan.referrals and (not plan.reasons or reason in plan.reasons):
                yield from ((plan, step) for step in plan.steps)


def plans_from(data: Mapping[str, Any]) -> Plans:
    """Plans from the checked content of config/content/follow_ups.toml."""
    return Plans(version=data["version"], shipped=tuple(_plan(entry) for entry in data["plan"]))


def _plan(entry: Mapping[str, Any]) -> Plan:
    return Plan(
        id=entry["id"],
        steps=tuple(step for place, written in enumerate(entry["step"]) for step in _steps(written, place)),
        silent_attempts=entry["silent_attempts"],
        dispositions=frozenset(map(Disposition, entry.get("dispositions", ()))),
        referrals=frozenset(map(ReferralStatus, entry.get("referrals", ()))),
        reasons=frozenset(map(DeclineReason, entry.get("reasons", ()))),
        instead_of=frozenset(map(FollowUpKind, entry.get("instead_of", ()))),
        urgencies=frozenset(map(Urgency, entry.get("urgencies", ()))),
        flags=frozenset(entry.get("flags", ())),
        substances=frozenset(entry.get("substances", ())),
    )


def _steps(written: Mapping[str, Any], place: int) -> Iterable[Step]:
    for number in range(written.get("repeat", 1)):
        yield Step(
            kind=FollowUpKind(written["kind"]),
            by=By(written["channel"]),
            after=timedelta(hours=written["after_hours"] + number * written.get("repeat_hours", 0)),
            words=written.get("words", ""),
            words_unchosen=written.get("words_unchosen", ""),
            words_neutral=written.get("words_neutral", ""),
            attempts=written["attempts"],
            spacing=timedelta(hours=written["spacing_hours"]),
            place=place,
        )


@dataclass(frozen=True)
class Next:
    """Where a follow-up goes after an attempt; `due_at` only while it is pending."""

    status: FollowUpStatus
    due_at: datetime | None = field(default=None)


def after_attempt(outcome: Outcome, attempts: int, max_attempts: int, now: datetime) -> Next:
    """An answer ends it; silence and failed delivery are tried again until the attempts are used up."""
    if outcome in (Outcome.ANSWERED, Outcome.YES, Outcome.NO, Outcome.WANTS_COUNSELOR):
        return Next(FollowUpStatus.DONE)
    if outcome is Outcome.REFUSED or attempts >= max_attempts:
        return Next(FollowUpStatus.STOPPED)
    return Next(FollowUpStatus.PENDING, due_at=now)


def answer_meant(kind: FollowUpKind, body: str, heard: Understanding) -> Outcome | None:
    """What a text says to this follow-up; None when it says more than an answer does.

    YES asks for the call that was offered, save where the question itself was one of yes or no.
    """
    told = (heard.flags, heard.substances, heard.zip, heard.city, heard.payer)
    plain = _NOT_LETTERS.sub(" ", fold(body[:80])).strip()
    if heard.in_danger or any(told):
        return None
    if plain in _CALL_ME or set(heard.wants) == {"callback"}:
        return Outcome.WANTS_COUNSELOR
    if kind in YES_OR_NO and (plain in _NO or (_NO_AND_WHY.match(body) and not heard.wants)):
        return Outcome.NO
    if plain in _YES:
        return Outcome.YES if kind in YES_OR_NO else Outcome.WANTS_COUNSELOR
    return Outcome.ANSWERED if plain in _BARE or plain in _NO else None
