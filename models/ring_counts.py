"""How rings and talks went lately and who talks now: for how many phones ring at once, and the wait that is told."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.contacts import Contact, Leg
from routing.vocabulary import ContactStatus, LegKind

LATELY = timedelta(days=7)
ENOUGH = 200  # rings: more would only slow down what is learnt
IN_VAIN = ("no-answer", "busy", "passed", "completed")  # completed without a 1: a voicemail, or nobody pressed
RANG_LONG = timedelta(seconds=10)  # unanswered: hardly anybody picks up later


def ring_counts(session: Session, now: datetime) -> tuple[int, int]:
    """Of the newest rings of counselors that tell something: how many were accepted, and how many there were.

    A phone that was let go (somebody else had pressed 1, the caller had left) had rung in vain only when it had rung
    for long. Left out altogether, such phones would make the rate read too high: the slower one of two is let go.
    """
    let_go_late = and_(
        Leg.end_reason == "released", Leg.answered_at.is_(None), Leg.ended_at - Leg.placed_at >= RANG_LONG
    )
    told = or_(Leg.accepted_at.is_not(None), Leg.end_reason.in_(IN_VAIN), let_go_late)
    newest = (
        select(Leg.accepted_at)
        .where(Leg.kind == LegKind.COUNSELOR, Leg.planned_at > now - LATELY, told)
        .order_by(Leg.planned_at.desc())
        .limit(ENOUGH)
        .subquery()
    )
    row = session.execute(select(func.count(newest.c.accepted_at), func.count()).select_from(newest)).one()
    return int(row[0]), int(row[1])


def callers_waiting(session: Session) -> int:
    """Callers on the line whom no counselor has yet."""
    query = select(func.count()).where(Contact.status == ContactStatus.WAITING, Contact.calling_back.is_(False))
    return session.scalar(query) or 0


def talking_since(session: Session) -> dict[uuid.UUID, datetime]:
    """Counselors who talk with somebody now, and since when their phone rang for it."""
    query = select(Leg.counselor_id, Leg.planned_at).where(
        Leg.ended_at.is_(None), Leg.accepted_at.is_not(None), Leg.counselor_id.is_not(None)
    )
    return {who: at for who, at in session.execute(query) if who is not None}


def handle_seconds(session: Session, now: datetime) -> list[float]:
    """How long the lately finished contacts kept their counselor's phone, in seconds."""
    query = (
        select(func.extract("epoch", Leg.ended_at - Leg.planned_at))
        .where(Leg.kind == LegKind.COUNSELOR, Leg.planned_at > now - LATELY)
        .where(Leg.accepted_at.is_not(None), Leg.ended_at.is_not(None))
        .order_by(Leg.planned_at.desc())
        .limit(ENOUGH)
    )
    return [float(seconds) for seconds in session.scalars(query)]
