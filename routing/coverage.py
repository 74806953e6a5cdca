"""Who is rung next for a waiting caller, and how wide the circle is by now."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from routing.vocabulary import DANGER, Language, Presence, Role, Urgency

FIRST_WIDTH = 2  # two phones at once: one voicemail must not cost the caller a whole ring
WIDER_WIDTH = 4
WIDEST_WIDTH = 8
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CircleTimes:
    """Seconds of waiting after which the circle grows (DESIGN.md, "Who is rung")."""

    wider: int
    backup: int
    supervisors: int


@dataclass(frozen=True)
class Circle:
    """How far out we ring by now."""

    width: int
    any_language: bool
    backup: bool
    supervisors: bool


@dataclass(frozen=True)
class Candidate:
    """A counselor as ringing sees them."""

    id: uuid.UUID
    role: Role
    languages: frozenset[str]
    on_shift: bool
    presence: Presence
    on_a_leg: bool
    times_rung: int  # for this contact, so that nobody is rung twice before everybody was once
    passed: bool  # pressed 2 for this contact
    idle_since: datetime | None


def circle(waited_seconds: float, urgency: Urgency, times: CircleTimes) -> Circle:
    """The circle after a wait. Present danger starts one step further out (danger first, DESIGN.md principle 2)."""
    urgent = urgency in DANGER
    waited = waited_seconds + (times.wider if urgent else 0)
    wide = WIDER_WIDTH if waited >= times.wider else FIRST_WIDTH
    return Circle(
        width=WIDEST_WIDTH if waited >= times.supervisors else wide,
        any_language=waited >= times.wider,
        backup=waited_seconds >= times.backup,
        supervisors=waited >= times.supervisors,
    )


def may_ring(candidate: Candidate, reach: Circle) -> bool:
    """Whether a counselor may be rung at all: there, free, and of this circle."""
    if candidate.on_a_leg or candidate.presence is not Presence.AVAILABLE:
        return False
    if candidate.role is Role.SUPERVISOR:
        return candidate.on_shift or reach.supervisors
    return candidate.on_shift and candidate.role is Role.COUNSELOR


def ring_order(candidates: Iterable[Candidate], language: Language, reach: Circle, ringing: int) -> list[Candidate]:
    """The counselors to ring now, best first: never passed, rung least often, speaks the language, idle longest.

    `ringing` is how many phones already ring for this contact; at most `reach.width` ring at once. Without anybody
    who speaks the language a wrong-language counselor (with an interpreter line) is better than nobody.
    """
    able = [c for c in candidates if may_ring(c, reach)]
    fluent = [c for c in able if language.value in c.languages]
    if not reach.any_language and fluent:
        able = fluent
    ordered = sorted(able, key=lambda c: _rank(c, language))
    return ordered[: max(0, reach.width - ringing)]


def _rank(candidate: Candidate, language: Language) -> tuple[bool, int, bool, bool, datetime, str]:
    return (
        candidate.passed,
        candidate.times_rung,
        language.value not in candidate.languages,
        candidate.role is Role.SUPERVISOR,
        candidate.idle_since or _LONG_AGO,
        candidate.id.hex,
    )


def nobody_can_answer(candidates: Sequence[Candidate]) -> bool:
    """True when no counselor is on shift and available at all, so that the on-call numbers are rung at once."""
    return not any(c.on_shift and c.presence is Presence.AVAILABLE for c in candidates)
