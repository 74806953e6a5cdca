"""Supervisors are told ahead of hours in which nobody works for a language or a skill: of each gap once."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.alarms import was_raised
from models.people import Counselor, count_staff_with_phones, leaders_with_phones, staff_with_phones
from models.schedules import CoverageGap, lock_told_gaps
from routing import clock
from routing.gaps import ANYONE, Coverer, Gap, gaps
from routing.spans import Span, minus
from routing.vocabulary import Language
from services import alarms, counselor_notices, schedules, shift_times
from services.alarms import AlarmKind
from services.each import each
from services.house import House

DAYS_AHEAD = 7
URGENT = timedelta(hours=24)  # a gap this near is told at any hour, others at the hours of unasked texts
SHORTEST = timedelta(minutes=5)  # between two shifts on hand-written times
TOLD_AT_ONCE = 4  # gaps named in one text; the page has them all


def coverers(session: Session, staff: Sequence[Counselor], start: datetime, end: datetime) -> list[Coverer]:
    """Those who can be rung, by schedule, with what they offer."""
    known = schedules.schedules(session, staff, start, end)
    return [Coverer(known[person.id], frozenset([*person.languages, *person.skills])) for person in staff]


def tell_gaps(house: House, now: datetime) -> int:
    """Text supervisors the gaps of the next seven days that they do not know of; how many gaps.

    A need that nobody on the roster meets is no gap of the week: the coverage page says so instead. Somebody whose row
    cannot be read, or whose time zone is unknown here, works in no hour, and is told of by an alarm.
    """
    zone = house.rules.default_timezone
    end = clock.local_instant(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=DAYS_AHEAD), 24, zone)
    with house.db.begin() as session:
        told = lock_told_gaps(session, now)
        staff = staff_with_phones(session)
        if len(staff) < count_staff_with_phones(session) or not all(clock.is_zone(one.timezone) for one in staff):
            _tell_broken(session, now)
        everybody = coverers(session, staff, now, end)
        met = frozenset[str]().union(*(coverer.offers for coverer in everybody))
        needs = [need for need in house.rules.coverage_needs if need in met]
        found = gaps(everybody, needs, now, end)
        _forget_covered(session, told, found, now)
        new = [gap for gap in _untold(found, told) if _may_tell(house, gap, now)]
        if not new:
            return 0
        session.add_all(CoverageGap(need=g.need, starts_at=g.span.start, ends_at=g.span.end, told_at=now) for g in new)
        alarms.raise_alarm(session, AlarmKind.COVERAGE_GAP, now, count=len(new))
        leaders = [person.id for person in leaders_with_phones(session)]
        each(
            leaders, lambda leader_id: _tell(session, house, leader_id, new, now), lambda *_: _tell_broken(session, now)
        )
        return len(new)


def _tell_broken(session: Session, now: datetime) -> None:
    """Once a day: such a row stays as it is until somebody gives it anew."""
    if not was_raised(session, AlarmKind.ROSTER_BROKEN.value, now - timedelta(days=1)):
        alarms.raise_alarm(session, AlarmKind.ROSTER_BROKEN, now)


def _forget_covered(session: Session, told: Sequence[CoverageGap], found: list[Gap], now: datetime) -> None:
    """What somebody covers by now is told anew should it open again."""
    for row in told:
        still = [gap.span for gap in found if gap.need in (row.need, ANYONE)]
        covered = minus([Span(max(row.starts_at, now), row.ends_at)], still)
        if not covered:
            continue
        for left in minus([Span(row.starts_at, row.ends_at)], covered):
            session.add(CoverageGap(need=row.need, starts_at=left.start, ends_at=left.end, told_at=row.told_at))
        session.delete(row)
    session.flush()


def _untold(found: list[Gap], told: Sequence[CoverageGap]) -> list[Gap]:
    return [
        Gap(gap.need, piece)
        for gap in found
        for piece in minus([gap.span], [Span(row.starts_at, row.ends_at) for row in told if row.need == gap.need])
        if piece.end - piece.start >= SHORTEST
    ]


def _may_tell(house: House, gap: Gap, now: datetime) -> bool:
    rules = house.rules
    daytime = clock.is_open(now, rules.default_timezone, rules.text_window_start_hour, rules.text_window_end_hour)
    return daytime or gap.span.start < now + URGENT


def _tell(session: Session, house: House, leader_id: uuid.UUID, new: list[Gap], now: datetime) -> None:
    with session.begin_nested():  # one leader who cannot be told keeps no other from it
        person = session.get_one(Counselor, leader_id)
        language = counselor_notices.language_of(person)
        zone = person.timezone if clock.is_zone(person.timezone) else house.rules.default_timezone
        parts = [_in_words(house, language, gap, zone) for gap in new[:TOLD_AT_ONCE]]
        if len(new) > TOLD_AT_ONCE:
            parts.append(house.phrases.text("coverage.more", language, count=len(new) - TOLD_AT_ONCE))
        counselor_notices.tell(
            session,
            house,
            person,
            "coverage.gaps",
            helpline_number=house.rules.helpline_numbers[0],
            now=now,
            gaps="; ".join(parts),
            link=f"{house.rules.public_base_url}/coverage",
        )


def _in_words(house: House, language: Language, gap: Gap, timezone: str) -> str:
    key = f"coverage.need.{gap.need}"
    known = key in house.phrases.table
    who = house.phrases.text(key if known else "coverage.need.other", language, need=gap.need.replace("_", " "))
    return f"{who} {shift_times.in_words(house.phrases, language, gap.span, timezone)}"
