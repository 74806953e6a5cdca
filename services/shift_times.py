"""Stretches of time in words, for texts and calls to our own people, on the reader's own clock."""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import schedules as past
from models.people import Counselor
from routing.phrases import Phrases
from routing.schedule import changed, shifts_between
from routing.shifts import occurrences
from routing.spans import Span, common
from routing.vocabulary import Language, Role
from services import schedules

AHEAD = timedelta(days=14)
AROUND = timedelta(days=2)  # changes that lie this near may cut a shift of the window


def in_words(phrases: Phrases, language: Language, span: Span, timezone: str) -> str:
    """`02:00 to 06:00 on Friday 27`, or with both days when it ends on another; midnight ends the day before it."""
    names = phrases.text("coverage.weekdays", language).split()
    start, end = (moment.astimezone(ZoneInfo(timezone)) for moment in span)
    ends_at = f"{end:%H:%M}"
    if end.hour == end.minute == 0:
        end, ends_at = end - timedelta(days=1), "24:00"
    first, last = (f"{names[moment.weekday()]} {moment.day}" for moment in (start, end))
    key = "coverage.within_a_day" if start.date() >= end.date() else "coverage.over_days"
    return phrases.text(key, language, start=f"{start:%H:%M}", end=ends_at, first=first, last=last)


def next_shifts(session: Session, person: Counselor, now: datetime) -> list[Span]:
    """A person's shifts of the next two weeks, the one that runs now included."""
    return of_everybody(session, [person], now, now + AHEAD)[person.id]


def on_duty(session: Session, period: Span) -> list[Span]:
    """When counselors had a shift, whoever they are now: by the roster as it was at each moment of the period."""
    shifts = [row for row in past.shifts_of_the_past(session, period.start) if row.role is Role.COUNSELOR]
    worked, gone = defaultdict[uuid.UUID, list[Span]](list), dict[uuid.UUID, datetime]()
    for shift in shifts:
        who, held = shift.row.counselor_id, Span(shift.since or period.start, shift.until or period.end)
        worked[who] += common(occurrences([schedules.pattern(shift.row)], shift.timezone, *period), [held])
        if shift.left and shift.until:
            gone[who] = max(gone.get(who, shift.until), shift.until)
    changes = schedules.changes(session, *period)
    for who in [one for one in changes if one not in worked]:  # they took a shift, and have none of their own
        taker = session.get(Counselor, who)
        if taker is not None and taker.active and taker.role is Role.COUNSELOR:
            worked[who] = []
    return [
        piece
        for who, spans in worked.items()
        for piece in common(changed(spans, changes[who]), [Span(period.start, gone.get(who, period.end))])
    ]


def of_everybody(
    session: Session, people: list[Counselor], start: datetime, end: datetime
) -> dict[uuid.UUID, list[Span]]:
    """Everybody's shifts between two times, whole, by id."""
    known = schedules.schedules(session, people, start - AROUND, end + AROUND)
    return {who: shifts_between(schedule, start, end) for who, schedule in known.items()}
