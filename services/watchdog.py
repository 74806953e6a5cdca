"""What no callback told: calls that are over, and callers whose call has stopped asking what comes next."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from models.contacts import Contact, Leg, live_legs, lock_contact, record
from routing import call_flow
from routing.held_calls import BLOCKED, CHALLENGED
from routing.vocabulary import ContactStatus, LegKind
from services import releasing, waiting
from services.each import contact_broke, each
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

ASK_AFTER = timedelta(seconds=60)  # younger legs have their own ring time, and their callbacks may be on the way
RESCUE_AGAIN = timedelta(seconds=30)
OVER_FOR = timedelta(seconds=60)  # what follows a conversation takes twenty seconds
FETCHED_OUT = "fetched_out_at"  # in the flow, seconds since 1970


def reconcile(house: House, telephony: Telephony, now: datetime) -> int:
    """Ask the provider about every leg that has been live for a minute; how many turned out to be over.

    A lost callback must neither block a counselor, nor keep phones ringing for a caller who left, nor hold up a
    promised callback. Asking costs none of the calls a second.
    """
    query = select(Leg.id, Leg.provider_sid, Leg.contact_id).where(
        Leg.ended_at.is_(None), Leg.provider_sid.is_not(None), Leg.planned_at < now - ASK_AFTER
    )
    with house.db.begin() as session:
        legs = session.execute(query).all()
    told = contact_broke(house, now)
    return each(
        legs,
        lambda leg: _end_if_over(house, telephony, leg[0], leg[1] or "", now),
        lambda leg, error: told(leg[2], error),
    )


def _end_if_over(house: House, telephony: Telephony, leg_id: uuid.UUID, sid: str, now: datetime) -> bool:
    word = releasing.final_word(telephony, sid)
    if word is not None:
        releasing.leg_ended(house, leg_id, sid, word, now)
    return word is not None


def rescue(house: House, telephony: Telephony, now: datetime) -> int:
    """Fetch callers whose wait loop has stopped (a document that failed, silence) to their next step; how many."""
    overdue = select(Contact.id).where(
        Contact.status == ContactStatus.WAITING, Contact.calling_back.is_(False), Contact.deadline_at < now
    )
    with house.db.begin() as session:
        found = list(session.scalars(overdue))
    return each(found, lambda contact_id: _rescue(house, telephony, contact_id, now), contact_broke(house, now))


def _rescue(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.WAITING:
            return False
        contact.deadline_at = now + RESCUE_AGAIN
        calls = [leg for leg in live_legs(session, contact_id) if leg.kind is LegKind.CALLER and leg.provider_sid]
        if not calls:
            waiting.caller_gone(session, house, contact, now)
            return False
        sid = calls[0].provider_sid or ""
    try:
        if telephony.is_talking(sid):  # connected while the database was gone: the journal tells in a moment
            return False
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("join", contact_id))
    except CallGone:
        return _end_if_over(house, telephony, calls[0].id, sid, now)
    except (ProviderRefused, ProviderUnsure):
        return False  # again in half a minute
    with house.db.begin() as session:
        record(session, contact_id, "rescued", now)
    return True


def left_behind(house: House, telephony: Telephony, now: datetime) -> int:
    """Fetch callers who are still on the line with nobody though all was over a minute ago; how many.

    In a conference that has begun the last phone hears silence, and asks us for nothing.
    """
    caller, other = aliased(Leg), aliased(Leg)
    company = exists().where(other.contact_id == Contact.id, other.id != caller.id, other.ended_at.is_(None))
    query = (
        select(Contact.id, caller.provider_sid)
        .join(caller, caller.contact_id == Contact.id)
        .where(caller.kind == LegKind.CALLER, caller.ended_at.is_(None), caller.answered_at.is_not(None))
        .where(Contact.status.in_((ContactStatus.ENDED, ContactStatus.CLOSED)), Contact.ended_at < now - OVER_FOR)
        .where(caller.provider_sid.is_not(None), ~Contact.flow.has_any(array([BLOCKED, CHALLENGED])), ~company)
    )
    with house.db.begin() as session:
        found = session.execute(query).all()
    told = contact_broke(house, now)
    return each(
        found,
        lambda caller: _fetch_out(house, telephony, caller[0], caller[1] or "", now),
        lambda caller, error: told(caller[0], error),
    )


def _fetch_out(house: House, telephony: Telephony, contact_id: uuid.UUID, sid: str, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        over = contact is not None and contact.status in (ContactStatus.ENDED, ContactStatus.CLOSED)
        if contact is None or not over or now.timestamp() - contact.flow.get(FETCHED_OUT, 0) < OVER_FOR.total_seconds():
            return False
        contact.flow = {**contact.flow, FETCHED_OUT: int(now.timestamp())}
    try:
        if telephony.is_talking(sid):  # by a call of which the journal, or nobody, tells us
            return False
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("after", contact_id))
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False  # its own end tells, or the next look asks again
    return True
