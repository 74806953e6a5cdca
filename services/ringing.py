"""Ringing counselors: legs are planned, placed, answered, accepted by one of them, and always ended."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, leg_by_sid, live_legs, lock_contact, record
from models.people import Counselor
from routing import call_flow
from routing.documents import Document, Say
from routing.lifecycle import leg_may_become
from routing.vocabulary import ContactStatus, Language, LegKind, LegStatus, Presence
from services import callbacks, escalation, knowing, rings, tasks, waiting
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

MISSED_RINGS_TO_AWAY = 2
MAX_PROMPTS = 2
CALLBACK_RING_PAUSE = timedelta(seconds=45)
WRAP_UP = timedelta(seconds=60)
ENDED_WORDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def ring(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """Plan the next legs of a waiting contact and place them; the number of phones that now ring."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.status is not ContactStatus.WAITING or _too_soon(contact, now):
            return 0
        planned = [leg.id for leg in rings.plan(session, house, contact, now)]
        outbox.touch(session, contact_id)
    return sum(place(house, telephony, leg_id, now) for leg_id in planned)


def _too_soon(contact: Contact, now: datetime) -> bool:
    """For a callback nobody waits on the line: the same few counselors are not rung without a pause."""
    if not contact.calling_back:
        return False
    begun = contact.waiting_since or now
    rung = [leg.planned_at for leg in contact.legs if leg.kind is not LegKind.CALLER and leg.planned_at >= begun]
    return bool(rung) and now - max(rung) < CALLBACK_RING_PAUSE


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
        leg_ended(house, leg_id, None, f"refused_{refusal.code}", now)
        return False
    except ProviderUnsure:
        return False  # it may be ringing: its own callbacks tell, or the sweep ends it when its ring time is over
    return _placed(house, telephony, leg_id, sid, now)


def _placed(house: House, telephony: Telephony, leg_id: uuid.UUID, sid: str, now: datetime) -> bool:
    """Write the provider's id down; a leg that was let go while it was being dialled is hung up at once."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id, with_for_update={"of": Leg})
        leg.provider_sid = leg.provider_sid or sid
        _move(leg, LegStatus.RINGING)
        over = leg.ended_at is not None
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


def _move(leg: Leg, status: LegStatus) -> None:
    if leg_may_become(leg.status, status):
        leg.status = status


def answered(house: House, leg_id: uuid.UUID, sid: str, now: datetime, *, bridged: bool = False) -> Document:
    """A counselor's phone was picked up: ask for 1 without a word about the caller."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id, with_for_update=True)
        if leg is None or leg.ended_at is not None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.already_answered"))
        leg.provider_sid = leg.provider_sid or sid
        leg.answered_at = leg.answered_at or now
        if leg.contact.status is not ContactStatus.WAITING:
            gone = leg.contact.status is ContactStatus.ABANDONED
            return call_flow.farewell(Language.ENGLISH, Say("voice.caller_left" if gone else "voice.already_answered"))
        _move(leg, LegStatus.ANSWERED)
        leg.prompts += 1
        return _press_one(house, leg, again=False, bridged=bridged)


def _press_one(house: House, leg: Leg, *, again: bool, bridged: bool) -> Document:
    return call_flow.whisper(
        leg.id, leg.contact.language, again=again, bridged=bridged, press_seconds=house.rules.press_seconds
    )


def pressed(house: House, leg_id: uuid.UUID, digits: str, now: datetime, *, bridged: bool = False) -> Document:
    """A counselor's key at the press-1 question. Exactly one counselor of a contact hears the caller."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.already_answered"))
        if digits[:1] == "1":
            return _accept(session, house, contact, leg, now, bridged=bridged)
        if digits[:1] != "2" and leg.prompts < MAX_PROMPTS:
            leg.prompts += 1
            return _press_one(house, leg, again=True, bridged=bridged)
        rings.dismiss(leg, "passed")
        record(session, contact.id, "passed", now, leg=str(leg.id))
        tasks.ask(session, tasks.RING, contact.id, now)
        outbox.touch(session, contact.id)
        return call_flow.farewell(Language.ENGLISH, Say("voice.passed"))


def _accept(session: Session, house: House, contact: Contact, leg: Leg, now: datetime, *, bridged: bool) -> Document:
    if contact.claim_leg_id != leg.id and not _claim(session, house, contact, leg, now):
        gone = contact.status is ContactStatus.ABANDONED or contact.ended_at is not None
        rings.dismiss(leg, "too_late")
        record(session, contact.id, "already_answered", now, leg=str(leg.id))
        return call_flow.farewell(Language.ENGLISH, Say("voice.caller_left" if gone else "voice.already_answered"))
    if bridged:
        contact.status = ContactStatus.CONNECTED
        contact.connected_at, contact.claim_expires_at, contact.counselor_joined_at = now, None, now
        leg.status = LegStatus.JOINED
        record(session, contact.id, "connected", now, bridged=True)
        return Document(Language.ENGLISH, ())
    return call_flow.counselor_joins(leg.id, Language.ENGLISH, _facts(contact, now))


def _claim(session: Session, house: House, contact: Contact, leg: Leg, now: datetime) -> bool:
    """The one conditional update that decides who answers; leased until both have joined."""
    if leg.ended_at is not None or leg.end_reason is not None:
        return False
    won = session.scalar(
        update(Contact)
        .where(Contact.id == contact.id, Contact.status == ContactStatus.WAITING, Contact.claimed_by.is_(None))
        .values(
            status=ContactStatus.CLAIMED,
            claimed_by=leg.counselor_id,
            claim_leg_id=leg.id,
            claimed_at=now,
            claim_expires_at=now + timedelta(seconds=house.rules.claim_lease_seconds),
            counselor_joined_at=None,
        )
        .returning(Contact.id)
        .execution_options(synchronize_session=False)
    )
    if won is None:
        return False
    session.refresh(contact)
    leg.status, leg.accepted_at = LegStatus.ACCEPTED, now
    _reset_missed(session, leg)
    who = {"counselor": str(leg.counselor_id)} if leg.counselor_id else {"kind": leg.kind.value}
    record(session, contact.id, "accepted", now, leg=str(leg.id), **who)
    tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)
    return True


def _reset_missed(session: Session, leg: Leg) -> None:
    counselor = session.get(Counselor, leg.counselor_id) if leg.counselor_id else None
    if counselor is not None:
        counselor.missed_rings = 0


def _facts(contact: Contact, now: datetime) -> tuple[Say, ...]:
    """Said to the winner only, after press 1: danger first, then place, language and waiting time."""
    waited = int((now - (contact.waiting_since or now)).total_seconds())
    says = [Say(f"voice.fact_{contact.urgency.value}")] if waiting.is_danger(contact) else []
    zip_code = knowing.value_of(contact, "zip")
    if zip_code:
        says.append(Say("voice.fact_zip", {"zip": " ".join(zip_code)}))
    key = "voice.fact_callback" if contact.calling_back else "voice.fact_waited"
    return (*says, Say(key, {"seconds": waited}))


def leg_ended(house: House, leg_id: uuid.UUID | None, sid: str | None, reason: str, now: datetime) -> None:
    """A leg is over (callback, refusal or sweep); whoever depended on it gets a next step. Idempotent."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id) if leg_id else leg_by_sid(session, sid or "")
        contact = lock_contact(session, leg.contact_id) if leg else None
        if leg is None or contact is None:
            return
        session.refresh(leg, with_for_update=True)
        if leg.ended_at is not None and not (leg.kind is LegKind.CALLER and contact.ended_at is None):
            return
        never_answered = leg.answered_at is None and leg.kind is LegKind.COUNSELOR
        rings.end_leg(leg, reason, now)
        record(session, contact.id, "leg_ended", now, kind=leg.kind.value, reason=reason, leg=str(leg.id))
        outbox.touch(session, contact.id)
        if leg.kind is LegKind.CALLER:
            _caller_leg_ended(session, contact, now)
        else:
            _counselor_leg_ended(session, house, contact, leg, now, missed=never_answered and reason == "no-answer")


def _caller_leg_ended(session: Session, contact: Contact, now: datetime) -> None:
    """The caller's phone is down."""
    if any(other.kind is LegKind.CALLER for other in live_legs(session, contact.id)):
        return
    if contact.calling_back and contact.status is not ContactStatus.CONNECTED:
        callbacks.not_reached(session, contact, now)
    else:
        waiting.caller_gone(session, contact, now)


def _counselor_leg_ended(
    session: Session, house: House, contact: Contact, leg: Leg, now: datetime, *, missed: bool
) -> None:
    counselor = session.get(Counselor, leg.counselor_id) if leg.counselor_id else None
    if counselor is not None and missed:
        _missed(session, counselor, contact, now)
    if contact.claim_leg_id == leg.id:
        if counselor is not None:
            _wrap_up(counselor, now)
        _claimant_gone(session, house, contact, now)
    elif contact.status is ContactStatus.WAITING and leg.answered_at is not None:
        tasks.ask(session, tasks.RING, contact.id, now)  # the others are left to the sweep: no loop without a pause


def _wrap_up(counselor: Counselor, now: datetime) -> None:
    """Time for the disposition; writing it, or the time running out, ends it."""
    counselor.last_contact_ended_at = now
    if counselor.presence is Presence.AVAILABLE:
        counselor.presence, counselor.presence_until = Presence.WRAP_UP, now + WRAP_UP


def _missed(session: Session, counselor: Counselor, contact: Contact, now: datetime) -> None:
    """Two missed rings in a row put a counselor away, but never the last one who is there."""
    counselor.missed_rings += 1
    if counselor.missed_rings >= MISSED_RINGS_TO_AWAY and rings.others_available(session, counselor, now):
        counselor.presence, counselor.presence_until = Presence.AWAY, None
        record(session, contact.id, "put_away", now, counselor=str(counselor.id))


def _claimant_gone(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """The winner's phone is down: before the caller joined the claim is given back, after it the talk is over."""
    if contact.status is ContactStatus.CLAIMED:
        record(session, contact.id, "gave_back", now)
        escalation.back_to_waiting(session, house, contact, now)
    elif contact.status is ContactStatus.CONNECTED:
        contact.status = ContactStatus.ENDED
        contact.ended_at = now
        record(session, contact.id, "conversation_ended", now, by="counselor")


def release(house: House, telephony: Telephony, contact_id: uuid.UUID, now: datetime) -> int:
    """End every leg of a contact that has no business any more (losers, rings for a caller who left)."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.status is ContactStatus.WAITING:
            return 0
        joined = contact.status in (ContactStatus.CLAIMED, ContactStatus.CONNECTED)
        keep = {contact.claim_leg_id} if joined else set()
        over = [leg.id for leg in contact.legs if leg.id not in keep and _still_rings(leg, contact)]
    for leg_id in over:
        let_go(house, telephony, leg_id, "released", now)
    return len(over)


def _still_rings(leg: Leg, contact: Contact) -> bool:
    if leg.ended_at is not None or leg.kind is LegKind.CALLER:
        return False
    never_met = contact.connected_at is None  # pressed 1, and the caller was gone or did not pick up
    return leg.end_reason is None and (leg.status not in (LegStatus.ACCEPTED, LegStatus.JOINED) or never_met)


def let_go(house: House, telephony: Telephony, leg_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Hang a leg up at the provider and write down that it is over. Whoever pressed 1 is told why, not cut off."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        sid = leg.provider_sid
        is_told = leg.status in (LegStatus.ACCEPTED, LegStatus.JOINED) and leg.end_reason is None
        if is_told:
            rings.dismiss(leg, reason)
    try:
        if sid is not None and is_told:
            telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("leg-after", leg_id))
            return  # busy until the end of what it hears
        if sid is not None:
            telephony.end_call(sid)
    except CallGone:
        pass
    except (ProviderRefused, ProviderUnsure):
        return  # its own callback or the next sweep ends it
    leg_ended(house, leg_id, None, reason, now)


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
