"""Planning legs: which phones ring for a contact, as rows before anything is dialled."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer, selectinload

from models import outbox
from models.contacts import Contact, Leg, callback_rings, live_legs, record
from models.people import Counselor, readable
from models.ring_counts import callers_waiting, ring_counts
from routing import coverage
from routing.coverage import Candidate, Circle, CircleTimes, PastRing, circle, nobody_can_answer, ring_order
from routing.vocabulary import DANGER, LegKind, LegStatus, Presence, Role
from services import knowing, schedules
from services.house import House

ON_CALL_AGAIN = timedelta(seconds=60)
ANSWER = (Role.COUNSELOR, Role.SUPERVISOR)  # roles whose phones ring
BROWSER_GONE = "browser_gone"  # end of a leg: nobody can have heard it, so it counts as no ring


def plan(
    session: Session, house: House, contact: Contact, now: datetime, *, even_supervisors: bool = False
) -> list[Leg]:
    """Add legs for the counselors to ring now; the contact is locked by the caller of this function."""
    rules = house.rules
    waited = (now - (contact.waiting_since or now)).total_seconds()
    times = CircleTimes(rules.wider_after_seconds, rules.backup_after_seconds, rules.supervisors_after_seconds)
    rate = coverage.answer_rate(*ring_counts(session, now))
    waited = max(waited, rules.supervisors_after_seconds) if even_supervisors else waited
    reach = circle(waited, contact.urgency, times, rate)
    ringing = [leg for leg in live_legs(session, contact.id) if leg.kind is not LegKind.CALLER and not leg.end_reason]
    planned: list[Leg] = []
    nobody = False
    if rules.live and len(ringing) < reach.width:
        wish = knowing.counselor_wish(contact) if waited < rules.gender_wish_seconds else None
        planned, nobody = _ring_counselors(session, contact, reach, len(ringing), wish, now)
    if reach.supervisors or nobody or not rules.live:
        planned += _on_call(session, house, contact, now)
    return planned + _backup(session, house, contact, reach, now)


def _ring_counselors(
    session: Session, contact: Contact, reach: Circle, ringing: int, wish: str | None, now: datetime
) -> tuple[list[Leg], bool]:
    """Legs for the best counselors of the circle, and whether nobody is there at all."""
    counselors = counselors_of_the_line(session)
    candidates = _candidates(session, counselors, contact, now)
    wanted = knowing.skills_wanted(contact)
    callers = 1 if contact.urgency in DANGER else callers_waiting(session)
    order = ring_order(candidates, contact.language, reach, ringing, wanted=wanted, wish=wish, callers=callers)
    phones = {c.id: c.phone for c in counselors}
    chosen = sorted(choice.id for choice in order)  # one order for all, so that two contacts cannot deadlock
    legs = [_try_leg(session, contact, counselor_id, phones[counselor_id] or "", now) for counselor_id in chosen]
    return [leg for leg in legs if leg is not None], nobody_can_answer(candidates)


def counselors_of_the_line(session: Session) -> list[Counselor]:
    """Active counselors and supervisors with a phone, with their shifts."""
    query = (
        select(Counselor)
        .where(Counselor.active, Counselor.phone.is_not(None), Counselor.role.in_(ANSWER))
        .options(selectinload(Counselor.shifts), defer(Counselor.name), defer(Counselor.email))  # no need to decrypt
    )
    return list(readable(session, query))


def _candidates(session: Session, counselors: list[Counselor], contact: Contact, now: datetime) -> list[Candidate]:
    busy, phones = _in_use(session)
    theirs = session.scalars(select(Leg).where(Leg.contact_id == contact.id, Leg.counselor_id.is_not(None)))
    legs = [leg for leg in theirs if leg.end_reason != BROWSER_GONE]
    here = schedules.on_shift(session, counselors, now)
    resting = coverage.resting(_past(legs, contact, now), now)
    return [
        Candidate(
            id=counselor.id,
            role=counselor.role,
            languages=frozenset(counselor.languages),
            on_shift=counselor.id in here,
            presence=presence_now(counselor, now),
            on_a_leg=counselor.id in busy or counselor.id in resting or counselor.phone in phones,
            times_rung=sum(1 for leg in legs if leg.counselor_id == counselor.id),
            passed=any(leg.counselor_id == counselor.id and leg.end_reason == "passed" for leg in legs),
            idle_since=counselor.last_contact_ended_at,
            skills=frozenset(counselor.skills),
        )
        for counselor in counselors
    ]


def _in_use(session: Session) -> tuple[set[uuid.UUID], set[str]]:
    """Counselors on any leg, and our people's phones on any: an on-call number may be somebody's of the roster."""
    query = select(Leg.counselor_id, Leg.number).where(
        Leg.ended_at.is_(None), Leg.counselor_id.is_not(None) | (Leg.kind == LegKind.ON_CALL)
    )
    legs = session.execute(query).all()
    return {who for who, _ in legs if who is not None}, {number for _, number in legs if number}


def _past(legs: Iterable[Leg], contact: Contact, now: datetime) -> list[PastRing]:
    since = contact.waiting_since or now
    return [
        PastRing(leg.counselor_id, leg.ended_at, leg.end_reason or "")
        for leg in legs
        if leg.counselor_id is not None and leg.ended_at is not None and leg.planned_at >= since
    ]


def presence_now(counselor: Counselor, now: datetime) -> Presence:
    """What a counselor said, with wrap-up over when its time is."""
    over = counselor.presence_until is not None and counselor.presence_until <= now
    return Presence.AVAILABLE if counselor.presence is Presence.WRAP_UP and over else counselor.presence


def waits_for_the_phone(session: Session, counselor: Counselor, now: datetime) -> bool:
    """Whether somebody who can be rung is on shift and has not said that they are away."""
    may_ring = counselor.phone is not None and counselor.role in ANSWER
    there = may_ring and presence_now(counselor, now) is not Presence.AWAY
    return there and bool(schedules.on_shift(session, [counselor], now))


def others_available(session: Session, counselor: Counselor, now: datetime) -> bool:
    """Whether anybody else on shift would answer, so that this one may be put away."""
    others = [person for person in counselors_of_the_line(session) if person.id != counselor.id]
    here = schedules.on_shift(session, others, now)
    return any(other.id in here and presence_now(other, now) is Presence.AVAILABLE for other in others)


def _try_leg(session: Session, contact: Contact, counselor_id: uuid.UUID, number: str, now: datetime) -> Leg | None:
    """A leg for a counselor, or None when another contact took them in this very moment (the unique index says)."""
    try:
        with session.begin_nested():
            return add_leg(session, contact, LegKind.COUNSELOR, number, counselor_id, now)
    except IntegrityError:
        return None


def add_leg(
    session: Session, contact: Contact, kind: LegKind, number: str, counselor_id: uuid.UUID | None, now: datetime
) -> Leg:
    """One planned leg, written down before anything is dialled."""
    leg = Leg(
        contact_id=contact.id,
        counselor_id=counselor_id,
        kind=kind,
        number=number,
        status=LegStatus.PLANNED,
        planned_at=now,
    )
    session.add(leg)
    session.flush()
    who = {"counselor": str(counselor_id)} if counselor_id else {}
    record(session, contact.id, "ring_planned", now, kind=kind.value, leg=str(leg.id), **who)
    if counselor_id:
        outbox.touch(session, counselor_id)  # their own page alone asks what rings
    return leg


def _on_call(session: Session, house: House, contact: Contact, now: datetime) -> list[Leg]:
    """The on-call numbers, each at most once a minute for a contact and never while it is on any leg."""
    rung = Leg.contact_id == contact.id, Leg.kind == LegKind.ON_CALL, Leg.planned_at > now - ON_CALL_AGAIN
    busy = _in_use(session)[1].union(session.scalars(select(Leg.number).where(*rung)))
    numbers = [number for number in house.rules.on_call_numbers if number not in busy]
    return [add_leg(session, contact, LegKind.ON_CALL, number, None, now) for number in numbers]


def _backup(session: Session, house: House, contact: Contact, reach: Circle, now: datetime) -> list[Leg]:
    """The backup centre, once a wait."""
    number = house.rules.backup_number
    if not (reach.backup and number) or contact.calling_back:
        return []
    query = select(Leg.id).where(
        Leg.contact_id == contact.id, Leg.kind == LegKind.BACKUP, Leg.planned_at >= contact.waiting_since
    )
    if session.scalar(query.limit(1)) is not None:
        return []
    return [add_leg(session, contact, LegKind.BACKUP, number, None, now)]


def in_the_way(session: Session, contact: Contact) -> Sequence[uuid.UUID]:
    """Phones that ring for callbacks while this caller is on the line, in danger or with nothing ringing for them."""
    if contact.calling_back:
        return ()
    rings = any(leg.kind is not LegKind.CALLER and not leg.end_reason for leg in live_legs(session, contact.id))
    return () if rings and contact.urgency not in DANGER else callback_rings(session, contact)


def end_leg(leg: Leg, reason: str, now: datetime) -> None:
    """A leg is over; the first reason stands."""
    if leg.ended_at is None:
        leg.status = LegStatus.ENDED
        leg.ended_at = now
        leg.end_reason = leg.end_reason or reason


def dismiss(leg: Leg, reason: str) -> None:
    """No business with this phone any more, but it still hears why: busy until its own end is reported."""
    if leg.ended_at is None:
        leg.end_reason = leg.end_reason or reason
