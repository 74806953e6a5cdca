"""Ringing counselors: legs are planned, claimed and dialled."""

import uuid
from contextlib import suppress
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Leg, live_caller_waits, lock_contact, name_leg
from routing import call_flow
from routing.lifecycle import leg_may_become
from routing.vocabulary import ContactStatus, LegKind, LegStatus
from services import owed_callbacks, releasing, rings, tasks, tending
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony


def ring(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """Plan the next legs of a waiting contact and place them; the number of phones that now ring."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.WAITING:
            return 0
        if contact.calling_back and (
            live_caller_waits(session, contact) or not owed_callbacks.may_ring(session, house, contact, now)
        ):
            return 0
        tending.looked(contact, now)
        planned = [leg.id for leg in rings.plan(session, house, contact, now)]
        in_the_way = rings.in_the_way(session, contact)
        outbox.touch(session, contact_id)
    for leg_id in in_the_way:
        releasing.let_go(house, telephony, leg_id, "released", now)  # free for this caller at the next sweep
    return sum(place(house, telephony, leg_id, now) for leg_id in planned)


def place(house: House, telephony: Telephony, leg_id: uuid.UUID, now: datetime) -> bool:
    """Dial one planned leg: claimed first, dialled outside any transaction, then written down."""
    with house.db.begin() as session:
        leg = _claim_planned(session, leg_id, now)
        if leg is None:
            return False
        number, sender = leg.number or "", leg.contact.helpline_number
        path = "callback" if leg.kind is LegKind.CALLER else "leg"
    try:
        sid = telephony.place_call(
            to=number,
            sender=sender,
            url=house.rules.public_base_url + call_flow.path(path, leg_id),
            status_url=f"{house.rules.public_base_url}/status/call?leg={leg_id}",
            ring_seconds=house.rules.ring_seconds,
        )
    except ProviderRefused as refusal:
        releasing.leg_ended(house, leg_id, None, f"refused_{refusal.code}", now)
        return False
    except ProviderUnsure:
        return False  # it may be ringing: its own callbacks tell, or the sweep ends it when its ring time is over
    return _placed(house, telephony, leg_id, sid, now)


def _placed(house: House, telephony: Telephony, leg_id: uuid.UUID, sid: str, now: datetime) -> bool:
    """Write the provider's id down; a leg that was let go while it was being dialled is hung up at once."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id, with_for_update={"of": Leg})
        leg.provider_sid = leg.provider_sid or sid
        if leg_may_become(leg.status, LegStatus.RINGING):
            leg.status = LegStatus.RINGING
        over = leg.ended_at is not None or leg.end_reason is not None
        if not over and leg.contact.status is not ContactStatus.WAITING:
            tasks.ask(session, tasks.RELEASE, leg.contact_id, now)
        outbox.touch(session, leg.contact_id)
    if over:
        with suppress(CallGone, ProviderRefused, ProviderUnsure):
            telephony.end_call(sid)
    return not over


def _claim_planned(session: Session, leg_id: uuid.UUID, now: datetime) -> Leg | None:
    statement = (
        update(Leg)
        .where(Leg.id == leg_id, Leg.status == LegStatus.PLANNED, Leg.ended_at.is_(None))
        .values(status=LegStatus.PLACING, placed_at=now)
        .returning(Leg)
    )
    return session.scalar(statement)


def dialling(house: House, leg_id: uuid.UUID, sid: str) -> None:
    """The provider dials a leg: its id is kept, also when the worker that asked for the call died before it knew."""
    with house.db.begin() as session:
        name_leg(session, leg_id, sid)
