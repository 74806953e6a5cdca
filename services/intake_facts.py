"""The whisper to an intake line: our machine reads out what the person agreed to, when the counselor says so.

Never by itself when the line picks up: a phone tree or a voicemail may be listening, and only the counselor hears that
a person is there. The consent is asked again when the words are fetched.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import directory
from models.contacts import Contact, Leg
from routing import call_flow
from routing.disclosure import SharedFor, Told
from routing.documents import Say
from routing.vocabulary import LegKind
from services import disclosure, guests, in_call, tasks
from services.house import House
from services.in_call import By, CallRefused
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony


def read_out(house: House, contact_id: uuid.UUID, by: By, now: datetime) -> CallRefused | None:
    """The counselor wants the agreed facts read to the intake line that is here."""
    with house.db.begin() as session:
        contact = in_call.conversation(session, contact_id, by)
        if isinstance(contact, CallRefused):
            return contact
        guest = guests.guest_here(session, contact)
        if guest is None or guest.kind is not LegKind.FACILITY:
            return CallRefused.NOBODY_ASKED
        if not may_be_read(session, contact, guest.listing_id, now):
            return CallRefused.NO_CONSENT
        tasks.ask(session, tasks.READ_OUT, guest.id, now)
        return None


def may_be_read(session: Session, contact: Contact, listing_id: int | None, now: datetime) -> bool:
    """Whether a live consent names the place of this listing."""
    place = _facility(session, listing_id)
    return place is not None and bool(disclosure.may_disclose(session, contact, place, SharedFor.TREATMENT, now))


def send(house: House, telephony: Telephony, leg_id: uuid.UUID) -> bool:
    """Take the line out of the conversation for as long as the words need; it fetches them and comes in again."""
    with house.db.begin() as session:
        leg = session.get_one(Leg, leg_id)
        sid = leg.provider_sid
        if sid is None or leg.ended_at is not None:
            return False
    try:
        telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path("guest-facts", leg_id))
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False  # its own end tells, or the counselor presses again
    return True


def said(session: Session, house: House, contact: Contact, leg: Leg, now: datetime) -> tuple[Say, ...]:
    """The facts, what the consent covers, and the notice of 42 CFR 2.32; nothing when the consent is gone."""
    place = _facility(session, leg.listing_id)
    if place is None:
        return ()
    told = disclosure.disclose(
        session, house, contact, place, SharedFor.TREATMENT, Told.WHISPER, now, actor_id=contact.claimed_by
    )
    if told is None:
        return ()
    facts = [Say("voice.fact", {"label": told.labels[fact], "words": words}) for fact, words in told.facts.items()]
    notice = Say("voice.facts_notice", {"notice": told.short_notice, "scope": told.scope})
    return (Say("voice.facts"), *facts, notice)


def _facility(session: Session, listing_id: int | None) -> int | None:
    found = directory.listings_by_id(session, [listing_id]).get(listing_id) if listing_id is not None else None
    return found.facility_id if found is not None else None
