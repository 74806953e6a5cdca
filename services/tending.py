"""Whether workers look after a waiting call: only when none can, its call leaves the wait loop to ring by itself."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.contacts import Contact, Leg
from routing.vocabulary import LegKind, LegStatus

LOOKED_AT = "looked_at"  # in the flow: when a worker last rang for this contact, or found nobody to ring
LOOKS_NOTED_EVERY = 3  # seconds
CONGESTED = timedelta(seconds=5)  # planned and not dialled for so long: the provider's calls a second are used up
WORKER_GONE_SECONDS = 12  # a worker looks every two seconds; this long without a look means there is none


def looked(contact: Contact, now: datetime) -> None:
    """A worker looks after this waiting contact: its call need not ring anybody by itself."""
    if now.timestamp() - contact.flow.get(LOOKED_AT, 0) >= LOOKS_NOTED_EVERY:
        contact.flow = {**contact.flow, LOOKED_AT: int(now.timestamp())}


def tended(session: Session, contact: Contact, now: datetime) -> bool:
    """Whether workers ring for this contact, so that its call stays in the wait loop, where keys are heard.

    They do while one has looked lately and the provider takes its requests, or while a phone rings that one dialled.
    A `<Dial>` from the call itself is exempt from the calls a second: whose phones stand in line helps itself.
    """
    query = select(Leg).where(
        Leg.contact_id == contact.id,
        Leg.kind != LegKind.CALLER,
        Leg.bridged.is_(False),
        Leg.planned_at >= contact.waiting_since,
    )
    legs = session.scalars(query).all()
    dialled = [leg for leg in legs if leg.placed_at is not None]
    if any(leg.ended_at is None and leg.provider_sid for leg in dialled):
        return True
    if any(leg.status is LegStatus.PLANNED and leg.planned_at <= now - CONGESTED for leg in legs):
        return False
    gone = timedelta(seconds=WORKER_GONE_SECONDS)
    tried = [leg for leg in dialled if leg.placed_at and leg.placed_at <= now - gone]
    in_vain = bool(tried) and not any(leg.provider_sid or _bad_number(leg) for leg in tried)
    return now.timestamp() - contact.flow.get(LOOKED_AT, 0) < WORKER_GONE_SECONDS and not in_vain


def _bad_number(leg: Leg) -> bool:
    """Refused because of the number (21xxx in Twilio's list of errors), which a Dial could not ring either."""
    return (leg.end_reason or "").startswith("refused_21")
