"""Where nobody works who could help: gaps in coverage, for anyone at all, for a language, for a skill."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.schedule import Schedule, working
from routing.spans import Span, minus

ANYONE = "anyone"  # the need that every counselor meets


@dataclass(frozen=True)
class Coverer:
    """Somebody who works by a schedule, with the languages and skills that they offer."""

    schedule: Schedule
    offers: frozenset[str]


@dataclass(frozen=True)
class Gap:
    """A stretch in which nobody meets a need: a language, a skill, or ANYONE."""

    need: str
    span: Span


def gaps(coverers: Collection[Coverer], needs: Iterable[str], start: datetime, end: datetime) -> list[Gap]:
    """Every gap between two aware times, in order of time.

    While nobody at all works, that is the one gap: it is not told again for each language and skill.
    """
    worked = [(coverer.offers, working(coverer.schedule, start, end)) for coverer in coverers]
    nobody = minus([Span(start, end)], [span for _, spans in worked for span in spans])
    found = [Gap(ANYONE, span) for span in nobody]
    for need in needs:
        able = [span for offers, spans in worked if need in offers for span in spans]
        found += [Gap(need, span) for span in minus([Span(start, end)], [*able, *nobody])]
    return sorted(found, key=lambda gap: (gap.span, gap.need != ANYONE, gap.need))
