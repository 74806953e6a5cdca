"""Bringing the caller and the one counselor together, and undoing it when one of them does not come."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from models.contacts import Contact, Leg, leg_by_sid, live_legs, lock_contact, record, waiting_contacts
from models.rooms import TALKING
from routing import call_flow
from routing.vocabulary import GUESTS, LINES, ContactStatus, LegKind, LegStatus
from services import browser_legs, fetching, owed_callbacks, releasing, ringing, rings, tasks, transfers, wait_again
from services.each import contact_broke, each, row_broke
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

AFTERWARDS = timedelta(minutes=2)  # for the disposition after a conversation


def joined(house: House, conference: str, sid: str, now: datetime, room_sid: str = "") -> None:
    """A phone entered a conference (named after the leg that first won). The counselor first, then the caller.

    `room_sid` is the provider's id of the conference.
    """
    with house.db.begin() as session:
        winner = session.get(Leg, uuid.UUID(conference)) if _is_id(conference) else None
        contact = lock_contact(session, winner.contact_id) if winner else None
        if winner is None or contact is None or contact.room != winner.id.hex:
            return
        contact.room_sid = room_sid or contact.room_sid
        leg = leg_by_sid(session, sid)
        if leg is None:
            return
        if leg.ended_at is None:
            leg.status = LegStatus.JOINED
        if leg.seat != leg.seated:
            tasks.ask(session, tasks.SEAT, contact.id, now)
        if leg.kind in GUESTS and contact.status is ContactStatus.CONNECTED:
            transfers.arrived(session, contact, leg, now)
        if leg.id == contact.claim_leg_id:
            _counselor_in(session, house, contact, now)


def _is_id(name: str) -> bool:
    try:
        uuid.UUID(name)
    except ValueError:
        return False
    return True


def _counselor_in(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """The winner is there: the lease begins anew, for what they heard first has used up part of it."""
    if contact.counselor_joined_at is None:
        contact.counselor_joined_at = now
        if contact.claim_expires_at is not None:
            lease = timedelta(seconds=house.rules.claim_lease_seconds)
            contact.claim_expires_at = max(contact.claim_expires_at, now + lease)
        record(session, contact.id, "counselor_joined", now, leg=str(contact.claim_leg_id))
        tasks.ask(session, tasks.CONNECT, contact.id, now)


def waits_alone(house: House, sid: str, now: datetime) -> None:
    """A phone is alone in a conference: nobody stays there to whom nobody will come.

    For the winner this says the same as the join event, should that be lost. A caller whose counselor was gone before
    the way in was taken is fetched out.
    """
    with house.db.begin() as session:
        leg = leg_by_sid(session, sid)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None or leg.ended_at is not None:
            return
        goes_on = contact.status in (ContactStatus.CLAIMED, *TALKING)
        if leg.kind is LegKind.CALLER:
            _caller_alone(session, contact, now)
        elif goes_on and contact.claim_leg_id == leg.id:
            _counselor_in(session, house, contact, now)
        elif not (goes_on and leg.kind in GUESTS):
            tasks.ask(session, tasks.DROP, leg.id, now)  # the caller left in the very moment, or has another counselor


def _caller_alone(session: Session, contact: Contact, now: datetime) -> None:
    """Whoever has talked goes on to what follows a conversation, whoever has met nobody waits again at once."""
    if not _left_alone(session, contact):
        return
    connected = contact.connected_at
    if contact.status is ContactStatus.ENDED and (connected is None or now - connected < owed_callbacks.MET):
        record(session, contact.id, "waits_again", now)
        wait_again.back_to_waiting(session, contact, now)
    tasks.ask(session, tasks.LEFT_ALONE, contact.id, now)


def _left_alone(session: Session, contact: Contact) -> bool:
    """Whether the conversation is over, and its caller sits in a conference into which nobody comes any more."""
    over = contact.status in (ContactStatus.WAITING, ContactStatus.ENDED, ContactStatus.CLOSED)
    return over and not any(leg.id == contact.claim_leg_id for leg in live_legs(session, contact.id))


def fetch_out(house: House, telephony: Telephony, contact_id: uuid.UUID) -> bool:
    """A caller who is alone in a conference is brought out of it; True when they were fetched."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        caller = next((leg for leg in live_legs(session, contact_id) if leg.kind is LegKind.CALLER), None)
        if contact is None or caller is None or caller.provider_sid is None or not _left_alone(session, contact):
            return False
        sid, way = caller.provider_sid, "join" if contact.status is ContactStatus.WAITING else "after"
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path(way, contact_id))
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False  # its own end tells, or the next turn of its silence asks again
    return True


def connect(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> bool:
    """Fetch the caller into the conference: redirect the live call, or ring the phone that asked for a callback."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.CLAIMED:
            return False
        calls = [leg for leg in live_legs(session, contact_id) if leg.kind is LegKind.CALLER]
        sid = next((leg.provider_sid for leg in calls if leg.provider_sid), None)
        if contact.calling_back and calls:
            return False  # being dialled, or at the check: that phone goes in by its own key
        if not calls:
            contact.claim_expires_at = now + releasing.ring_time(house)
            rings.add_leg(session, contact, LegKind.CALLER, contact.caller.number or "", None, now)
        elif sid is None or not fetching.fetch(contact, now):
            return False  # the callback is being dialled already, or the call has gone in by itself
    if sid is None:
        return ringing.dial(house, telephony, now) > 0
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("join", contact_id))
    except (CallGone, ProviderRefused):
        word = releasing.final_word(telephony, sid)  # not in progress may also mean: not yet
        if word is not None:
            releasing.leg_ended(house, None, sid, word, now)
            return False
        with house.db.begin() as session:
            fetching.fetch_refused(
                session.get_one(Contact, contact_id, with_for_update={"of": Contact, "key_share": True})
            )
        return False
    except ProviderUnsure:
        return False  # it may be on its way; if not, the wait loop goes in by itself a little later
    return True


def sweep(house: House, telephony: Telephony, now: datetime) -> int:
    """Find what no callback told: expired claims, legs whose time is over, callers for whom too few phones ring."""
    with house.db.begin() as session:
        expired = list(
            session.scalars(
                select(Contact.id).where(Contact.status == ContactStatus.CLAIMED, Contact.claim_expires_at < now)
            )
        )
        stale = [*session.scalars(_stale_legs(house, now)), *session.scalars(_left_over_legs(now))]
        silent = browser_legs.silent(session, now)
        waiting = waiting_contacts(session)  # each gets as many ringing phones as its circle has by now
    each(expired, lambda contact_id: _give_back(house, telephony, contact_id, now), contact_broke(house, now))
    told = row_broke(house, now)
    each(silent, lambda leg_id: releasing.let_go(house, telephony, leg_id, rings.BROWSER_GONE, now), told)
    each(stale, lambda leg_id: releasing.check(house, telephony, leg_id, now), told)
    each(waiting, lambda contact_id: ringing.plan(house, telephony, contact_id, now), contact_broke(house, now))
    return len(silent) + len(expired) + len(stale) + ringing.dial(house, telephony, now)


def _stale_legs(house: House, now: datetime) -> Select[uuid.UUID]:
    ring_over = case(
        (Leg.kind.in_(LINES), now - releasing.ring_time(house, intake=True)), else_=now - releasing.ring_time(house)
    )
    unanswered = (LegStatus.PLANNED, LegStatus.PLACING, LegStatus.RINGING)
    undecided = Leg.status.in_(unanswered) | ((Leg.status == LegStatus.ANSWERED) & (Leg.kind != LegKind.CALLER))
    return select(Leg.id).where(
        Leg.ended_at.is_(None), undecided, func.coalesce(Leg.answered_at, Leg.placed_at, Leg.planned_at) < ring_over
    )


def _left_over_legs(now: datetime) -> Select[uuid.UUID]:
    """Phones that were in a conversation which is over, and of which no end was reported."""
    has_none = (Contact.claim_leg_id != Leg.id) & Leg.kind.not_in(GUESTS)
    over = Contact.status.not_in((ContactStatus.CLAIMED, *TALKING)) | has_none
    accepted = Leg.status.in_((LegStatus.ACCEPTED, LegStatus.JOINED)) & Leg.kind.not_in(
        (LegKind.CALLER, LegKind.CALL_OUT)
    )
    long_over = func.coalesce(Contact.ended_at, Leg.accepted_at) < now - AFTERWARDS
    old = Leg.accepted_at < now - AFTERWARDS
    return select(Leg.id).join(Contact).where(Leg.ended_at.is_(None), accepted, over, old, long_over)


def _give_back(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> None:
    """A claim whose two sides did not meet in time: the caller waits again, the counselor's phone is let go."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        held = contact.claim_leg_id if contact else None
        expired = contact is not None and wait_again.give_back_if_expired(session, contact, now)
    if expired and held is not None:
        releasing.let_go(house, telephony, held, "claim_expired", now)
