"""Time off, and shifts that change hands: offered by one, taken by another, seen by supervisors."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.people import Counselor, staff_with_phones
from models.schedules import ShiftChange, changes_ahead, end_change, take_offer
from routing.schedule import working
from routing.spans import Span, common, minus
from routing.vocabulary import ChangeKind, ChangeStatus
from services import audit, counselor_notices, schedules, shift_times
from services.house import House

LONGEST_TIME_OFF = timedelta(days=366)


def take_time_off(house: House, counselor_id: uuid.UUID, span: Span, by: uuid.UUID, now: datetime) -> str | None:
    """Nobody is rung in this stretch who is off then; why not, as a key for the page, or None when it is done."""
    if span.end <= span.start:
        return "order"
    if span.end <= now:
        return "past"
    if span.end - span.start > LONGEST_TIME_OFF:
        return "too_long"
    with house.db.begin() as session:
        if session.get(Counselor, counselor_id) is None:
            return "nobody"
        _add(session, ChangeKind.TIME_OFF, counselor_id, span, now, status=ChangeStatus.IN_FORCE, in_force_at=now)
        audit.write(session, "time_off_taken", by, now, counselor_id=counselor_id)
    return None


def offer(house: House, counselor_id: uuid.UUID, span: Span, offered_to: uuid.UUID | None, now: datetime) -> str | None:
    """Offer a stretch of one's own shift to a colleague, or to anyone (None); it stays one's own until it is taken.

    Why not, as a key for the page, or None when it is done.
    """
    with house.db.begin() as session:
        person = session.get_one(Counselor, counselor_id, with_for_update={"key_share": True})  # two clicks take turns
        staff = staff_with_phones(session)
        if span.end <= now:
            return "past"
        if not _is_theirs(session, person, span):
            return "not_yours"
        if offered_to == counselor_id or offered_to not in {None, *(other.id for other in staff)}:
            return "nobody"
        mine = [change for change in changes_ahead(session, now, counselor_id) if change.counselor_id == counselor_id]
        if common([span], [Span(change.starts_at, change.ends_at) for change in mine]):
            return "already"
        _add(session, ChangeKind.OFFER, counselor_id, span, now, status=ChangeStatus.OFFERED, offered_to=offered_to)
        asked = [
            other
            for other in staff
            if other.id != counselor_id
            and (other.id == offered_to or (offered_to is None and other.reminder_minutes is not None))
        ]
        for other in asked:
            _tell(session, house, other, "coverage.offered", span, now)
        audit.write(session, "shift_offered", counselor_id, now, to=offered_to or "anyone")
    return None


def take(house: House, change_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> str | None:
    """Take an offered shift; why not, as a key for the page, or None when it is theirs now."""
    with house.db.begin() as session:
        offered = session.get(ShiftChange, change_id)
        person = session.get_one(Counselor, counselor_id, with_for_update={"key_share": True})
        if offered is None:
            return "gone"
        span = Span(offered.starts_at, offered.ends_at)
        if working(schedules.schedules(session, [person], *span)[person.id], *span):
            return "you_work_then"
        change = take_offer(session, change_id, counselor_id, now)
        if change is None:
            return "gone"
        _tell(session, house, change.counselor, "coverage.taken", span, now)
        audit.write(session, "shift_taken", counselor_id, now, change_id=change_id)
    return None


def decline(house: House, change_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Say no to a shift that was offered to oneself; whoever offered it is told. False when it is not open."""
    with house.db.begin() as session:
        change = end_change(session, change_id, ChangeStatus.DECLINED, offered_to=counselor_id)
        if change is None:
            return False
        _tell(session, house, change.counselor, "coverage.declined", Span(change.starts_at, change.ends_at), now)
        audit.write(session, "shift_declined", counselor_id, now, change_id=change_id)
        return True


def withdraw(house: House, change_id: uuid.UUID, by: uuid.UUID, now: datetime, *, anybodys: bool = False) -> bool:
    """Take back one's own time off or open offer (`anybodys`: a supervisor, whoever's); False when there is none."""
    with house.db.begin() as session:
        change = end_change(session, change_id, ChangeStatus.WITHDRAWN, owner=None if anybodys else by)
        if change is None:
            return False
        audit.write(session, "shift_change_withdrawn", by, now, change_id=change_id)
        return True


def _is_theirs(session: Session, person: Counselor, span: Span) -> bool:
    known = schedules.schedules(session, [person], span.start, span.end)[person.id]
    return span.start < span.end and not minus([span], working(known, *span))


def _add(
    session: Session,
    kind: ChangeKind,
    counselor_id: uuid.UUID,
    span: Span,
    now: datetime,
    *,
    status: ChangeStatus,
    in_force_at: datetime | None = None,
    offered_to: uuid.UUID | None = None,
) -> None:
    session.add(
        ShiftChange(
            kind=kind,
            status=status,
            counselor_id=counselor_id,
            offered_to=offered_to,
            starts_at=span.start,
            ends_at=span.end,
            made_at=now,
            in_force_at=in_force_at,
        )
    )
    session.flush()


def _tell(session: Session, house: House, person: Counselor, key: str, span: Span, now: datetime) -> None:
    words = shift_times.in_words(house.phrases, counselor_notices.language_of(person), span, person.timezone)
    link = f"{house.rules.public_base_url}/shifts"
    line = house.rules.helpline_numbers[0]
    counselor_notices.tell(session, house, person, key, helpline_number=line, now=now, shift=words, link=link)
