"""Charts as plain geometry, drawn by templates as SVG. Length, number and pattern tell, never colour alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from routing.reports.figures import ServiceFigures
from routing.reports.week import HourOfWeek

DAY_WIDTH, DAYS_HEIGHT = 26, 160
CELL = 30


class Part(StrEnum):
    """What a piece of a bar stands for, from the bottom up."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True)
class Piece:
    """A rectangle of a bar, in the chart's units."""

    part: Part
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """One day: its pieces, its label below, its total above."""

    day: date
    x: float
    top: float
    total: int
    pieces: tuple[Piece, ...]
    labelled: bool


@dataclass(frozen=True)
class Days:
    """Bars of calls a day. `lines` are height and number of the scale."""

    width: float
    height: float
    columns: tuple[Column, ...]
    lines: tuple[tuple[float, int], ...]


def days_chart(days: Sequence[tuple[date, ServiceFigures]]) -> Days:
    """Each day's calls: answered within the first standard's time, answered later, not answered."""
    most = max((figures.offered for _, figures in days), default=0)
    top = _round_up(most)
    every = max(1, math.ceil(len(days) / 31) * 7 if len(days) > 31 else 1)
    columns = tuple(_column(n, day, figures, top, labelled=n % every == 0) for n, (day, figures) in enumerate(days))
    lines = tuple((DAYS_HEIGHT * (1 - part / 2), top * part // 2) for part in range(3))
    return Days(len(days) * DAY_WIDTH, DAYS_HEIGHT, columns, lines)


def _column(number: int, day: date, figures: ServiceFigures, top: int, *, labelled: bool) -> Column:
    in_time = round((figures.within[0] or 0) * figures.offered)
    counts = {
        Part.IN_TIME: in_time,
        Part.LATE: figures.answered - in_time,
        Part.NOT_ANSWERED: figures.offered - figures.answered,
    }
    x, y = number * DAY_WIDTH + 3.0, float(DAYS_HEIGHT)
    pieces = []
    for part, count in counts.items():
        height = DAYS_HEIGHT * count / top
        y -= height
        if count:
            pieces.append(Piece(part, x, y, DAY_WIDTH - 6, height))
    return Column(day, x, y, figures.offered, tuple(pieces), labelled)


def _round_up(most: int) -> int:
    """The next even 1, 2 or 5 times a power of ten, so that the scale has whole numbers."""
    power: int = 10 ** max(len(str(most)) - 1, 0)
    return max(next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= most), 2)


@dataclass(frozen=True)
class Cell:
    """One hour of the week: a square whose area is its share of the busiest hour's calls."""

    hour: HourOfWeek
    x: float
    y: float
    side: float

    @property
    def centre(self) -> tuple[float, float]:
        """Where its number stands."""
        return self.x * CELL + CELL / 2, self.y * CELL + CELL / 2


def week_chart(hours: Sequence[HourOfWeek]) -> tuple[Cell, ...]:
    """A square for each hour of the week, Monday's in the first row."""
    most = max((hour.per_hour for hour in hours), default=0.0)
    return tuple(
        Cell(hour, hour.hour, hour.weekday, (CELL - 4) * math.sqrt(hour.per_hour / most) if most else 0.0)
        for hour in hours
    )
