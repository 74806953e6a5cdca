"""A counselor tells a place what the person agreed to: by mouth, on paper, or by text to the place's own phone."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models.bed_contacts import BedContact, bed_contacts_of
from models.contacts import Contact, lock_contact
from models.disclosures import DisclosureConsent
from routing.disclosure import SharedFor, Told
from routing.sending import Purpose
from routing.vocabulary import Language
from services import disclosure
from services.directory import staff_texts
from services.directory.bed_questions import within_hours
from services.disclosure import Disclosed
from services.house import House


class NotTold(StrEnum):
    """Why nothing was told."""

    NO_CONSENT = "no_consent"
    NO_PHONE = "no_phone"  # no registered phone of the place reads texts
    NIGHT = "night"  # there: a text would lie about, and the consent might be taken back meanwhile


def tell_now(
    house: House,
    contact_id: uuid.UUID,
    consent_id: uuid.UUID,
    counselor_id: uuid.UUID,
    purpose: SharedFor,
    how: Told,
    now: datetime,
) -> Disclosed | NotTold:
    """What may be told now, with the notice that goes with it; on record at once. A text is on its way then."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        found = session.get(DisclosureConsent, consent_id)
        if contact is None or found is None or found.contact_id != contact_id:
            return NotTold.NO_CONSENT
        phone = _phone(session, found.facility_id) if how is Told.TEXT else None
        if how is Told.TEXT and phone is None:
            return NotTold.NO_PHONE
        if phone is not None and not within_hours(house, phone, now):
            return NotTold.NIGHT
        place = found.facility_id
        language = phone.language if phone is not None else Language.ENGLISH
        told = disclosure.disclose(
            session, house, contact, place, purpose, how, now, actor_id=counselor_id, language=language
        )
        if told is not None and phone is not None:
            _text(session, house, contact, phone, told, now)
        return told or NotTold.NO_CONSENT


def _phone(session: Session, facility_id: int) -> BedContact | None:
    phones = bed_contacts_of(session, facility_id)
    return next((one for one in phones if one.stopped_at is None and not one.voice_only), None)


def _text(session: Session, house: House, contact: Contact, phone: BedContact, told: Disclosed, now: datetime) -> None:
    """The facts and what has to be told with them (42 CFR 2.32); it is cancelled when the consent is taken back."""
    facts = "; ".join(f"{told.labels[fact]}: {words}" for fact, words in told.facts.items())
    who = {"organisation": house.rules.organisation_name, "recipient": told.recipient}
    body = house.phrases.text("disclosure.text", phone.language, **who, facts=facts, notice=told.short_notice)
    staff_texts.write(
        session,
        phone,
        f"{body} {told.scope}",
        contact.helpline_number,
        now,
        Purpose.REFERRAL_QUESTION,
        disclosure_id=told.id,
    )
