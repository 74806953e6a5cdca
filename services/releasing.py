"""Legs end: the provider says so, we let go, or the sweep finds out; whoever depended on one gets a next step."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, conversation_over, leg_by_sid, live_legs, lock_contact, record
from models.locks import Turn, take_turn
from models.people import Counselor
from models.rooms import TALKING
from routing import call_flow
from routing.vocabulary import GUESTS, LINES, ContactStatus, LegKind, LegStatus, Presence
from services import (
    browser_legs,
    counselor_notices,
    direct_calls,
    guest_calls,
    owed_callbacks,
    rings,
    tasks,
    wait_again,
    waiting,
)
from services.each import each, row_broke
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

MISSED_RINGS_TO_AWAY = 2
WRAP_UP = timedelta(seconds=60)
LEG_GRACE = timedelta(seconds=30)  # Twilio adds 5 s to every ring, callbacks take a moment
ENDED_WORDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def leg_ended(house: House, leg_id: uuid.UUID | None, sid: str | None, reason: str, now: datetime) -> None:
    """A leg is over (callback, refusal or sweep); whoever depended on it gets a next step. Idempotent."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id) if leg_id else leg_by_sid(session, sid or "")
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None:
            return
        session.refresh(leg, with_for_update={"key_share": True})
        again = leg.ended_at is not None  # told twice: only a live caller's end may still have been missed
        if again and (leg.kind is not LegKind.CALLER or contact.ended_at is not None or contact.calling_back):
            return
        rang = leg.provider_sid is not None and leg.answered_at is None and leg.kind is LegKind.COUNSELOR
        reason = browser_legs.true_reason(leg, reason)
        rings.end_leg(leg, reason, now)
        record(session, contact.id, "leg_ended", now, kind=leg.kind.value, reason=reason, leg=str(leg.id))
        outbox.touch(session, contact.id)
        if leg.kind is LegKind.CALLER:
            _caller_leg_ended(session, house, contact, now)
        elif not browser_legs.to_the_phone(session, contact, leg, now):
            _counselor_leg_ended(session, house, contact, leg, now, missed=rang and reason == "no-answer")


def _caller_leg_ended(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """The caller's phone is down."""
    if any(other.kind is LegKind.CALLER for other in live_legs(session, contact.id)):
        return
    if direct_calls.is_out(contact):
        direct_calls.put_back(session, contact, now)
    elif contact.calling_back:
        owed_callbacks.not_reached(session, house, contact, now)
    else:
        waiting.caller_gone(session, house, contact, now)


def _counselor_leg_ended(
    session: Session, house: House, contact: Contact, leg: Leg, now: datetime, *, missed: bool
) -> None:
    if leg.kind in GUESTS:
        if leg.end_reason != "passed":  # what follows from that was done when they said so
            guest_calls.gone(session, contact, leg, now)
        return
    counselor = session.get(Counselor, leg.counselor_id) if leg.counselor_id else None
    if counselor is not None and missed:
        _missed(session, house, counselor, contact, now)
    if contact.claim_leg_id == leg.id:
        if counselor is not None:
            _wrap_up(counselor, now)
        _claimant_gone(session, contact, now)
    elif leg.end_reason == "handed_over" and counselor is not None:
        counselor.last_contact_ended_at = now
    elif contact.status is ContactStatus.WAITING and leg.answered_at is not None:
        tasks.ask(session, tasks.RING, contact.id, now)  # the others are left to the sweep: no loop without a pause


def _wrap_up(counselor: Counselor, now: datetime) -> None:
    """Time for the disposition; writing it, or the time running out, ends it."""
    counselor.last_contact_ended_at = now
    if rings.presence_now(counselor, now) is Presence.AVAILABLE:  # also when an earlier wrap-up ran out
        counselor.presence, counselor.presence_until = Presence.WRAP_UP, now + WRAP_UP


def _missed(session: Session, house: House, counselor: Counselor, contact: Contact, now: datetime) -> None:
    """Two missed rings in a row put a counselor away, who is told so, but never the last one who is there."""
    counselor.missed_rings += 1
    if counselor.presence is Presence.AWAY or counselor.missed_rings < MISSED_RINGS_TO_AWAY:
        return
    take_turn(session, Turn.GOING_AWAY)  # of two at once each would take the other for there
    if rings.others_available(session, counselor, now):
        counselor.presence, counselor.presence_until = Presence.AWAY, None
        record(session, contact.id, "put_away", now, counselor=str(counselor.id))
        line = contact.helpline_number
        counselor_notices.tell(session, house, counselor, "counselor.put_away", helpline_number=line, now=now)


def _claimant_gone(session: Session, contact: Contact, now: datetime) -> None:
    """The winner's phone is down: before the caller joined the claim is given back, after it the talk is over."""
    if contact.status is ContactStatus.CLAIMED:
        record(session, contact.id, "gave_back", now, by=str(contact.claimed_by or ""))
        wait_again.give_back(session, contact, now)
    elif contact.status is ContactStatus.CONNECTED:
        conversation_over(contact, now)
        record(session, contact.id, "conversation_ended", now, by="counselor")


def release(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """End every leg of a contact that has no business any more (losers, rings for a caller who left)."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.status is ContactStatus.WAITING:
            return 0
        joined = contact.status in (ContactStatus.CLAIMED, *TALKING)
        over = [
            leg.id
            for leg in contact.legs
            if not (joined and (leg.kind in GUESTS or leg.id == contact.claim_leg_id)) and _still_rings(leg, contact)
        ]
    each(over, lambda leg_id: let_go(house, telephony, leg_id, "released", now), row_broke(house, now))
    return len(over)


def _still_rings(leg: Leg, contact: Contact) -> bool:
    if leg.ended_at is not None or leg.kind in (LegKind.CALLER, LegKind.CALL_OUT):
        return False
    never_met = contact.connected_at is None  # pressed 1, and the caller was gone or did not pick up
    return leg.end_reason is None and (leg.status not in (LegStatus.ACCEPTED, LegStatus.JOINED) or never_met)


def let_go(house: House, telephony: Telephony, leg_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Hang a leg up at the provider and write down that it is over. Whoever pressed 1 is told why, not cut off."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id, with_for_update={"of": Leg, "key_share": True})
        silent, sid = reason == rings.BROWSER_GONE, leg.provider_sid
        if silent and (leg.answered_at or leg.heard_at):
            return  # it was late, and is there
        if silent:
            rings.dismiss(leg, reason)  # which a click takes back (browser_legs.is_there)
        if sid is None and _may_be_ringing(house, leg, now):
            rings.dismiss(leg, reason)
            return  # busy until its own end is reported, or its ring time is over
        guest = leg.kind in GUESTS
        is_told = leg.status in (LegStatus.ACCEPTED, LegStatus.JOINED) and leg.end_reason is None
        if is_told:
            rings.dismiss(leg, reason)
    try:
        if sid is not None and is_told:
            after = "guest-after" if guest else "leg-after"
            telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path(after, leg_id))
            return  # busy until the end of what it hears
        if sid is not None:
            telephony.end_call(sid, unless_answered=silent)
    except CallGone:
        pass
    except (ProviderRefused, ProviderUnsure):
        return  # its own callback or the next sweep ends it
    if silent and sid is not None and final_word(telephony, sid) is None:
        return  # somebody clicked on Answer in this moment; else its own callback or the next sweep ends it
    leg_ended(house, leg_id, None, reason, now)


def _may_be_ringing(house: House, leg: Leg, now: datetime) -> bool:
    """A leg that somebody is dialling, or was when a worker died: it may ring though no id was written down."""
    return leg.placed_at is not None and now < leg.placed_at + ring_time(house, intake=leg.kind in LINES)


def ring_time(house: House, *, intake: bool = False) -> timedelta:
    """How long a dialled phone may ring, with the provider's own delay; a facility's intake line rings longer."""
    seconds = house.rules.intake_ring_seconds if intake else house.rules.ring_seconds
    return timedelta(seconds=seconds) + LEG_GRACE


def final_word(telephony: Telephony, sid: str) -> str | None:
    """The provider's word for how a call ended; None while it lives, or when nobody can say."""
    try:
        word = telephony.call_status(sid)
    except CallGone:
        return "completed"
    except (ProviderRefused, ProviderUnsure):
        return None
    return word if word in ENDED_WORDS else None


def check(house: House, telephony: Telephony, leg_id: uuid.UUID, now: datetime) -> None:
    """A leg whose ring time is over without a word from the provider: ask, then end it."""
    let_go(house, telephony, leg_id, "no-answer", now)
