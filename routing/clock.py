"""Time where the person is: IANA zones, the hours in which we may reach out, and days that are 23 or 25 hours long."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonenumbers import NumberParseException, parse
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

DAYS_AHEAD = 4  # a zone may skip a whole calendar day, as Samoa did in 2011
ROUNDS = 6


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def guessed_zones(number: str) -> tuple[str, ...]:
    """Where a number's area code lies, as IANA names; empty when it lies nowhere. Movers keep numbers: a guess."""
    try:
        zones = time_zones_for_number(parse(number))
    except NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE and is_zone(zone))


def local_instant(day: date, hour: int, zone: str) -> datetime:
    """The instant (UTC) of a local hour (0 to 24). One that a gap skips is moved on by the gap; of two, the first."""
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return (midnight + timedelta(hours=hour)).astimezone(UTC)  # wall clock arithmetic, then converted


def instant(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) at which a zone's clock shows `wall` (naive): the first of two, the gap's end for one skipped.

    Later wall times never come earlier, so what ends at one and begins at the same meet without a gap.
    """
    here = ZoneInfo(zone)
    first = wall.replace(tzinfo=here, fold=0).astimezone(UTC)
    if first.astimezone(here).replace(tzinfo=None) == wall:
        return first
    before = wall.replace(tzinfo=here, fold=1).astimezone(UTC)  # in a gap fold 1 lies before the change, fold 0 after
    old = before.astimezone(here).utcoffset()
    minutes = range(int((first - before) / timedelta(minutes=1)) + 1)
    after = bisect_left(
        minutes, True, key=lambda n: (before + timedelta(minutes=n)).astimezone(here).utcoffset() != old
    )
    return before.replace(second=0, microsecond=0) + timedelta(minutes=after)


def is_open(now: datetime, zone: str, start_hour: int, end_hour: int) -> bool:
    """Whether it is between the two full hours on that zone's clock, the end not included."""
    return start_hour <= now.astimezone(ZoneInfo(zone)).hour < end_hour


def next_open(now: datetime, zone: str, start_hour: int, end_hour: int) -> datetime:
    """The first instant, now or later, inside the hours of one zone (0 <= start < end <= 24)."""
    if is_open(now, zone, start_hour, end_hour):
        return now
    today = now.astimezone(ZoneInfo(zone)).date()
    starts = (local_instant(today + timedelta(days=n), start_hour, zone) for n in range(DAYS_AHEAD))
    return next(start for start in starts if start > now and is_open(start, zone, start_hour, end_hour))


def next_open_everywhere(now: datetime, zones: Sequence[str], start_hour: int, end_hour: int) -> datetime:
    """The first instant that suits every zone; the first zone decides when no hour suits them all."""
    moment = now
    for _ in range(ROUNDS):
        later = max(next_open(moment, zone, start_hour, end_hour) for zone in zones)
        if later == moment:
            return moment
        moment = later
    return next_open(now, zones[0], start_hour, end_hour)
