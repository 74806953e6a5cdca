"""Opening hours in words from HSDS schedules, which are rules of RFC 5545."""

from collections.abc import Iterable
from typing import Any

_DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
MAX_WORDS = 500


def hours_in_words(schedules: Iterable[dict[str, Any]]) -> str:
    """Such as `Mon, Tue 09:00-17:00; Sat 10:00-12:00`; the source's own words where it has no times."""
    return "; ".join(dict.fromkeys(words for schedule in schedules if (words := _one(schedule))))[:MAX_WORDS]


def _one(schedule: dict[str, Any]) -> str:
    opens, closes = (str(schedule.get(name) or "")[:5] for name in ("opens_at", "closes_at"))
    told = " ".join(str(schedule.get("description") or schedule.get("notes") or "").split())
    if not (opens and closes):
        return told
    given = str(schedule.get("byday") or "").upper().split(",")
    days = ", ".join(_DAYS[day[-2:]] for day in given if day[-2:] in _DAYS)
    monthly = " (some weeks only)" if schedule.get("freq") == "MONTHLY" else ""
    return f"{days or 'daily'} {opens}-{closes}{monthly}"
