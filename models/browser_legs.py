"""Counselors who take calls in a browser, and the legs that ring there."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.contacts import Leg
from models.people import Counselor
from routing.vocabulary import LegStatus

_RINGS = (Leg.ended_at.is_(None), Leg.end_reason.is_(None), Leg.in_browser, Leg.answered_at.is_(None))


def takes_calls_in_browser(session: Session, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Whether a browser of theirs said lately that it is there."""
    query = select(Counselor.id).where(Counselor.id == counselor_id, Counselor.browser_until > now)
    return session.scalar(query) is not None


def set_browser(session: Session, counselor_id: uuid.UUID, until: datetime | None) -> None:
    """Calls go to their browser until then; None: to their phone."""
    session.execute(update(Counselor).where(Counselor.id == counselor_id).values(browser_until=until))


def renew_browser(session: Session, counselor_id: uuid.UUID, until: datetime) -> bool:
    """The same for somebody who takes calls there already; False when they do not (any more)."""
    theirs = (Counselor.id == counselor_id, Counselor.active, Counselor.browser_until.is_not(None))
    statement = update(Counselor).where(*theirs).values(browser_until=until).returning(Counselor.id)
    return session.scalar(statement) is not None


def ringing_in_browser(session: Session, counselor_id: uuid.UUID) -> Leg | None:
    """The leg that rings in this counselor's browser, unanswered; somebody is on one live leg at most."""
    return session.scalar(select(Leg).where(*_RINGS, Leg.counselor_id == counselor_id))


def talking_in_browser(session: Session, counselor_id: uuid.UUID) -> Leg | None:
    """The leg that this counselor has answered in a browser and that goes on."""
    answered = (Leg.ended_at.is_(None), Leg.end_reason.is_(None), Leg.in_browser, Leg.answered_at.is_not(None))
    return session.scalar(select(Leg).where(*answered, Leg.counselor_id == counselor_id))


def note_heard(session: Session, counselor_id: uuid.UUID, now: datetime) -> None:
    """Their browser rings."""
    session.execute(update(Leg).where(*_RINGS, Leg.counselor_id == counselor_id).values(heard_at=now))


def silent_browsers(session: Session, placed_before: datetime, given_up: str) -> Sequence[uuid.UUID]:
    """Legs that were dialled to a browser before then, of which it has not said that it rings.

    Also those that were given up for it, and still ring: a request to the provider failed.
    """
    query = select(Leg.id).where(
        Leg.ended_at.is_(None),
        Leg.in_browser,
        Leg.answered_at.is_(None),
        Leg.status == LegStatus.RINGING,
        Leg.heard_at.is_(None),
        Leg.placed_at < placed_before,
        Leg.end_reason.is_(None) | (Leg.end_reason == given_up),
    )
    return session.scalars(query).all()
