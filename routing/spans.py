"""Stretches of time as sets: joined, taken from each other, cut to a window. Times are aware, ends not included."""

from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime


def union(spans: Iterable[Span]) -> list[Span]:
    """The same moments as few spans in order of time; empty ones vanish, those that touch become one."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def minus(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The moments of `spans` that are in none of `taken`, in order of time."""
    left = union(spans)
    for hole in union(taken):
        left = [
            piece
            for span in left
            for piece in (Span(span.start, min(span.end, hole.start)), Span(max(span.start, hole.end), span.end))
            if piece.start < piece.end
        ]
    return left


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The moments that are in both, in order of time."""
    there = union(others)
    return union(
        Span(max(span.start, other.start), min(span.end, other.end)) for span in union(spans) for other in there
    )


def most_at_once(spans: Iterable[Span]) -> int:
    """How many of these stretches hold at their fullest moment."""
    steps = sorted((moment, step) for span in spans for moment, step in ((span.start, 1), (span.end, -1)))
    return max(accumulate((step for _, step in steps), initial=0))
