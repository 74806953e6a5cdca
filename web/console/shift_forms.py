"""Days, times and stretches as forms give them, on the clock of whoever they are about."""

import uuid
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import request

from routing.clock import instant
from routing.spans import Span
from services.roster_page import ShiftWish

YEARS = range(2000, 2101)  # further away some calendar ends


def moment(name: str, timezone: str) -> datetime | None:
    """A day and time (`2026-11-27T08:00`) of the form or address, on that zone's clock; None: it cannot be read."""
    try:
        wall = datetime.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return None
    if wall.year not in YEARS:
        return None
    return instant(wall.replace(tzinfo=None), timezone)


def clock_value(timezone: str, moment: datetime) -> str:
    """A moment as such a form takes it, on that zone's clock."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M}"


def day(words: str) -> date | None:
    """A day (`2026-11-27`); None: it cannot be read."""
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def stretch(timezone: str, shown: Span | None = None) -> Span | None:
    """From `starts` until `ends`; None: one of them cannot be read.

    What stands as it was `shown` is that moment: a clock that is put back has its hour twice.
    """
    start, end = moment("starts", timezone), moment("ends", timezone)
    if shown is not None and request.values.get("starts") == clock_value(timezone, shown.start):
        start = shown.start
    if shown is not None and request.values.get("ends") == clock_value(timezone, shown.end):
        end = shown.end
    return Span(start, end) if start and end else None


def whom(name: str) -> uuid.UUID | None:
    """A person's id; None: anyone, or nothing that can be read."""
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        return None


def shift_wish() -> ShiftWish:
    """The shift that the form describes; what cannot be read is missing, and refused by name further in."""
    form = request.form
    return ShiftWish(
        days=tuple(int(word) for word in form.getlist("days") if word in set("0123456")),
        start_minute=_minute(form.get("start", "")),
        end_minute=_minute(form.get("end", "")),
        repeats=form.get("repeats", ""),
        first=day(form.get("from", "")),
        last=day(form.get("until", "")),
    )


def _minute(words: str) -> int | None:
    try:
        clock = time.fromisoformat(words)
    except ValueError:
        return None
    return clock.hour * 60 + clock.minute
