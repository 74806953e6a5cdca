"""Who is rung next for a waiting caller, and how wide the circle is by now."""

import math
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from routing.vocabulary import DANGER, Language, Presence, Role, Urgency

# How sure it should be that one of the phones that ring is answered: surer as the deadline nears. When nobody has
# answered the first ring or two, waiting for the end of the ringing would use up the 20 s in which 95 % of callers
# should be answered (NENA-STA-020.1-2020; `make bench ONLY=human`).
SILENT = 3  # seconds: a phone has rung once and is silent (two and four in North America)
FIRST_SURE, WIDER_SURE, WIDEST_SURE = 0.9, 0.99, 0.9999
MOST_AT_ONCE = 8  # a <Dial> takes ten numbers (TWILIO.md 4.5), and the on-call and backup numbers come on top
# What is believed before anything was learnt: seven of ten rings are answered, worth as much as ten rings seen
PRIOR_ANSWERED, PRIOR_RUNG = 7, 10
# Before the same contact rings the same phone again, by how often it has said no (declined, passed, a bad number, a
# voicemail): a counselor who cannot take the call is not rung every ten seconds, yet the only one there is still asked.
RESTS = tuple(timedelta(seconds=seconds) for seconds in (8, 20, 45))
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
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PastRing:
    """A ring of this wait that is over, and why."""

    counselor: uuid.UUID
    ended_at: datetime
    reason: str


def resting(past: Iterable[PastRing], now: datetime) -> set[uuid.UUID]:
    """Counselors whose phone has just rung in vain in this wait; whoever did not answer has heard it ring for long."""
    last: dict[uuid.UUID, datetime] = {}
    noes: Counter[uuid.UUID] = Counter()
    for ring in past:
        last[ring.counselor] = max(ring.ended_at, last.get(ring.counselor, ring.ended_at))
        noes[ring.counselor] += ring.reason != "no-answer"
    return {who for who, at in last.items() if at > now - RESTS[min(max(noes[who], 1), len(RESTS)) - 1]}


def answer_rate(answered: int, rung: int) -> float:
    """How likely a phone that rings is answered with 1, from lately seen rings; few of them change little."""
    return (PRIOR_ANSWERED + answered) / (PRIOR_RUNG + rung)


def phones_for(sure: float, rate: float) -> int:
    """How many phones must ring at once so that one is answered with probability `sure`, each being so with `rate`."""
    if rate >= 1:
        return 1
    return min(MOST_AT_ONCE, max(1, math.ceil(math.log(1 - sure) / math.log(1 - rate) - 1e-9)))


def fair_share(width: int, free: int, callers: int) -> int:
    """At most this many of the `free` counselors ring for one caller while `callers` wait: each gets one first."""
    return min(width, max(1, free // max(callers, 1)))


def circle(waited_seconds: float, urgency: Urgency, times: CircleTimes, rate: float) -> Circle:
    """The circle after a wait, as wide as the answer `rate` asks for.

    Present danger starts one step further out (danger first, DESIGN.md principle 2).
    """
    urgent = urgency in DANGER
    waited = waited_seconds + (times.wider if urgent else 0)
    sure = FIRST_SURE if waited < min(SILENT, times.wider) else WIDER_SURE
    return Circle(
        width=phones_for(WIDEST_SURE if waited >= times.supervisors else sure, rate),
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


def ring_order(
    candidates: Iterable[Candidate],
    language: Language,
    reach: Circle,
    ringing: int,
    *,
    wanted: frozenset[str] = frozenset(),
    wish: str | None = None,
    callers: int = 1,
) -> list[Candidate]:
    """The counselors to ring now, best first: never passed, rung least often, language, skills, then idle longest.

    `ringing` is how many phones already ring for this contact; at most `reach.width` ring at once, fewer while several
    `callers` wait for the same counselors. Without anybody who speaks the language a wrong-language counselor (with an
    interpreter line) is better than nobody. `wish` is a skill that narrows the choice while somebody has it (a woman, a
    man); the caller of this function lets it expire.
    """
    able = [c for c in candidates if may_ring(c, reach)]
    fluent = [c for c in able if language.value in c.languages]
    if not reach.any_language and fluent:
        able = fluent
    able = [c for c in able if wish in c.skills] or able
    width = fair_share(reach.width, len(able) + ringing, callers)
    return sorted(able, key=lambda c: _rank(c, language, wanted))[: max(0, width - ringing)]


def _rank(
    candidate: Candidate, language: Language, wanted: frozenset[str]
) -> tuple[bool, int, bool, int, bool, datetime, str]:
    return (
        candidate.passed,
        candidate.times_rung,
        language.value not in candidate.languages,
        -len(wanted & candidate.skills),
        candidate.role is Role.SUPERVISOR,
        candidate.idle_since or _LONG_AGO,
        candidate.id.hex,
    )


def nobody_can_answer(candidates: Sequence[Candidate]) -> bool:
    """True when no counselor is on shift and available at all, so that the on-call numbers are rung at once."""
    return not any(c.on_shift and c.presence is Presence.AVAILABLE for c in candidates)
