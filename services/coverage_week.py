"""The week as supervisors see it: who works when, and where nobody does."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.people import Counselor, staff_with_phones
from models.schedules import ShiftChange, changes_ahead
from routing import clock
from routing.gaps import ANYONE, gaps
from routing.spans import Span, common, union
from services import coverage_alarm, shift_moves, shift_times
from services.house import House
from services.shift_moves import PlacedShift

DAYS = 7


@dataclass(frozen=True)
class Lane:
    """One need on one day, and the stretches in which nobody meets it.

    `watched`: supervisors are told of its gaps; the others are there to be looked at.
    """

    need: str
    gaps: tuple[Span, ...]
    watched: bool


@dataclass(frozen=True)
class OnDuty:
    """What a day has of somebody's shift. `shift` is the whole of it; None: it is over, or changed in part."""

    counselor_id: uuid.UUID
    name: str
    span: Span
    shift: PlacedShift | None = None
    leads: bool = False  # whether it is the first piece of its shift that the week shows


@dataclass(frozen=True)
class Day:
    """One day of the reader's calendar; `span` is 23 or 25 hours long when the clocks change."""

    date: date
    span: Span
    lanes: tuple[Lane, ...]
    people: tuple[OnDuty, ...]

    @property
    def gap_count(self) -> int:
        """How many stretches without somebody for a watched need, those without anybody once."""
        return len({gap for lane in self.lanes if lane.watched for gap in lane.gaps})


@dataclass(frozen=True)
class ChangeRow:
    """Time off, or a shift that is offered or has changed hands."""

    id: uuid.UUID
    kind: str
    status: str
    counselor_id: uuid.UUID
    name: str
    taker: str | None
    offered_to: uuid.UUID | None
    span: Span


@dataclass(frozen=True)
class Week:
    """Seven days; `unmet` are needs that nobody on the roster meets."""

    first: date
    days: tuple[Day, ...]
    unmet: tuple[str, ...]
    changes: tuple[ChangeRow, ...]


def week(house: House, first: date, timezone: str, now: datetime) -> Week:
    """Seven days from `first` on the reader's calendar (IANA zone), with every need that somebody meets."""
    days = [first + timedelta(days=n) for n in range(DAYS)]
    spans = [Span(clock.local_instant(day, 0, timezone), clock.local_instant(day, 24, timezone)) for day in days]
    start, end = spans[0].start, spans[-1].end
    with house.db.begin() as session:
        staff = staff_with_phones(session)
        everybody = coverage_alarm.coverers(session, staff, start, end)
        met = frozenset[str]().union(*(coverer.offers for coverer in everybody))
        asked = list(house.rules.coverage_needs)
        needs = [need for need in asked if need in met] + sorted(met.difference(asked))
        found = gaps(everybody, needs, start, end)
        shifts = shift_times.of_everybody(session, list(staff), start, end)
        movable = {
            (person.id, shift.span): shift
            for person in staff
            for shift in shift_moves.placed_between(person, max(start, now), end)
        }
        changes = tuple(change_row(change) for change in changes_ahead(session, now))
    nobody = [gap.span for gap in found if gap.need == ANYONE]
    holes = {need: union([*nobody, *(gap.span for gap in found if gap.need == need)]) for need in needs}
    return Week(
        first=first,
        days=tuple(
            Day(
                date=day,
                span=span,
                lanes=tuple(
                    Lane(need, tuple(common([span], holes.get(need, nobody))), need in (ANYONE, *asked))
                    for need in (ANYONE, *needs)
                ),
                people=_on_duty(staff, shifts, movable, span, start),
            )
            for day, span in zip(days, spans, strict=True)
        ),
        unmet=tuple(need for need in asked if need not in met),
        changes=changes,
    )


def change_row(change: ShiftChange) -> ChangeRow:
    """A change of a schedule as pages show it."""
    return ChangeRow(
        id=change.id,
        kind=change.kind.value,
        status=change.status.value,
        counselor_id=change.counselor_id,
        name=change.counselor.name,
        taker=change.taker.name if change.taker else None,
        offered_to=change.offered_to,
        span=Span(change.starts_at, change.ends_at),
    )


def _on_duty(
    staff: Sequence[Counselor],
    shifts: dict[uuid.UUID, list[Span]],
    movable: dict[tuple[uuid.UUID, Span], PlacedShift],
    day: Span,
    first: datetime,
) -> tuple[OnDuty, ...]:
    here = [
        OnDuty(person.id, person.name, piece, movable.get((person.id, span)), piece.start == max(span.start, first))
        for person in staff
        for span in shifts[person.id]
        for piece in common([span], [day])
    ]
    return tuple(sorted(here, key=lambda duty: (duty.span, duty.name)))
