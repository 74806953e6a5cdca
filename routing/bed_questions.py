"""Asking a facility for its open beds: when a question is due, and what an answer of one digit says."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from routing.clock import local_instant
from routing.words import fold

GRACE = timedelta(hours=2)  # a line that was down asks late, but no morning question in the evening
NINE_OR_MORE = 9  # what the digit 9 means
_DIGIT = re.compile(r"([0-9])[.!\ufe0f\u20e3]*\Z")  # also the keycap that some keyboards offer
_COURTESY = frozenset(
    {
        *("ok", "okay", "k", "thanks", "thank you", "thank you so much", "thx", "ty", "you too", "sure", "done"),
        *("you re welcome", "youre welcome", "have a good day", "no problem", "np", "got it"),
        *("gracias", "muchas gracias", "de nada", "vale", "listo", "igualmente", "buen dia"),
    }
)
_NOT_LETTERS = re.compile(r"[\W_]+")


def due_since(hours: Iterable[int], zone: str, asked_at: datetime | None, now: datetime) -> datetime | None:
    """The newest hour of asking that has come on the zone's clock, less than two hours ago, and was not yet used."""
    today = now.astimezone(ZoneInfo(zone)).date()
    slots = (local_instant(day, hour, zone) for day in (today - timedelta(days=1), today) for hour in hours)
    past = max((slot for slot in slots if slot <= now), default=None)
    if past is None or now - past >= GRACE or (asked_at is not None and asked_at >= past):
        return None
    return past


def read_digit(body: str) -> int | None:
    """Open beds as one digit, 0 to 9; None for anything else."""
    found = _DIGIT.match(body.strip())
    return int(found[1]) if found else None


def is_courtesy(body: str) -> bool:
    """Whether a message is only a thank-you or a smile, which needs no answer."""
    words = _NOT_LETTERS.sub(" ", fold(body[:80])).strip()
    return words in _COURTESY or (not words and bool(body.strip()))
