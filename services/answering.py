"""A counselor picks up and presses 1: exactly one of them hears the caller."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import outbox
from models.contacts import Contact, Leg, lock_contact, record
from models.people import Counselor
from routing import call_flow
from routing.documents import Document, HangUp, Say
from routing.lifecycle import leg_may_become
from routing.vocabulary import ContactStatus, Language, LegKind, LegStatus, Urgency
from services import browser_legs, counselor_notices, knowing, rings, tasks
from services.house import House
from services.matching import desk_of

MAX_PROMPTS = 2
NAMES_SAID = 3  # substances told before the counselor hears the caller; the page has all


def answered(house: House, leg_id: uuid.UUID, sid: str, now: datetime, *, bridged: bool = False) -> Document:
    """A counselor's phone was picked up: ask for 1 without a word about the caller. In a browser Answer is the 1."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id, with_for_update={"key_share": True})
        if leg is None or leg.ended_at is not None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.already_answered"))
        leg.provider_sid = leg.provider_sid or sid
        leg.answered_at = leg.answered_at or now
        browser_legs.is_there(leg)
        own_call = leg.contact.status is ContactStatus.CLAIMED and leg.contact.claim_leg_id == leg.id
        if not (own_call or leg.contact.status is ContactStatus.WAITING) or leg.end_reason is not None:
            gone = leg.contact.status is ContactStatus.ABANDONED
            return call_flow.farewell(Language.ENGLISH, Say("voice.caller_left" if gone else "voice.already_answered"))
        if leg_may_become(leg.status, LegStatus.ANSWERED):
            leg.status = LegStatus.ANSWERED
        if not leg.in_browser:
            leg.prompts += 1
            return _press_one(house, leg, again=False, bridged=bridged)
    return pressed(house, leg_id, "1", now)  # no voicemail clicks on Answer


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
    if leg.ended_at is not None:  # the key is told twice, and what it began is over
        return Document(Language.ENGLISH, (HangUp(),))
    if leg.accepted_at is None:  # a call out of their own, which nobody else could claim
        leg.status, leg.accepted_at = LegStatus.ACCEPTED, now
    if bridged:
        contact.status = ContactStatus.CONNECTED
        contact.connected_at, contact.claim_expires_at, contact.counselor_joined_at = now, None, now
        contact.room = None
        leg.status = LegStatus.JOINED
        record(session, contact.id, "connected", now, bridged=True)
        return Document(Language.ENGLISH, ())
    language = counselor_notices.language_on(session, leg)
    return call_flow.counselor_joins(leg.id, language, said_first(house, contact, leg, language, now))


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
            room=leg.id.hex,
            room_sid=None,
        )
        .returning(Contact.id)
        .execution_options(synchronize_session=False)
    )
    if won is None:
        return False
    session.refresh(contact)
    leg.status, leg.accepted_at = LegStatus.ACCEPTED, now
    if leg.kind is LegKind.COLLEAGUE:
        leg.kind, leg.part, leg.seat, leg.seated = LegKind.COUNSELOR, None, {}, {}
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


def said_first(house: House, contact: Contact, leg: Leg, language: Language, now: datetime) -> tuple[Say, ...]:
    """What our own people hear before the caller. Whoever answers at the console has it on the page, save danger."""
    says = facts(house, contact, language, now)
    if not leg.in_browser:
        return says
    return says[:1] if contact.urgency is not Urgency.NONE else ()


def facts(house: House, contact: Contact, language: Language, now: datetime) -> tuple[Say, ...]:
    """Said to the winner only, after press 1: danger first, then place, substances and a waiting time that was long.

    The caller hears nobody until it is said, so "Waited 7 seconds" would only be one second more.
    """
    waited = int((now - (contact.waiting_since or now)).total_seconds())
    says = [Say(f"voice.fact_{contact.urgency.value}")] if contact.urgency is not Urgency.NONE else []
    zip_code = knowing.value_of(contact, "zip")
    if zip_code:
        says.append(Say("voice.fact_zip", {"zip": " ".join(zip_code)}))
    named = knowing.substances_of(contact)
    if named:
        catalogue = desk_of(house).catalog.substances
        names = [
            catalogue[substance].name(language.value) for substance in named[:NAMES_SAID] if substance in catalogue
        ]
        says.append(Say("voice.fact_substances", {"names": ", ".join(names)}))
    if len(named) > 1:
        says.append(Say("voice.fact_more_than_one"))
    if contact.caller.relay:
        says.append(Say("voice.fact_relay"))
    elif not contact.triage and contact.flow.get(call_flow.Question.WHAT):
        says.append(Say("voice.fact_silent"))
    if contact.calling_back:
        says.append(Say("voice.fact_callback", {"seconds": waited}))
    elif waited >= house.rules.wider_after_seconds:
        says.append(Say("voice.fact_waited", {"seconds": waited}))
    return tuple(says)
