"""Two places that would both take one person: a counselor chooses with them, and the other is told in neutral words."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models.bed_contacts import BedContact, bed_contacts_of
from models.contacts import Contact, lock_contact
from models.referral_asks import asks_of
from models.referrals import Referral, referral_to, referrals_of
from routing.sending import Purpose
from routing.vocabulary import ReferralStatus, ReferralWork, SaidBy
from services.directory import staff_texts
from services.house import House
from services.referrals import changes, words, work

S = ReferralStatus


def choose(house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, listing_id: int, now: datetime) -> bool:
    """The person goes to this place that said yes, and to no other; False when it did not say yes (any more)."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        chosen = referral_to(session, contact_id, listing_id)
        if contact is None or chosen is None or chosen.status is not S.ACCEPTED:
            return False
        chosen.counselor_id = chosen.counselor_id or counselor_id
        for other in referrals_of(session, contact_id):
            if other.id != chosen.id and other.status is S.ACCEPTED:
                changes.note(session, house, contact, other, S.WITHDRAWN, SaidBy.COUNSELOR, now)
        return True


def no_longer_needed(session: Session, house: House, contact: Contact, referral: Referral, now: datetime) -> None:
    """A place that had said yes is told that the person goes elsewhere: by text, or by a counselor."""
    phone = _phone(session, referral)
    if phone is None:
        work.ask_counselor(session, house, contact, ReferralWork.TELL_THE_PLACE, now, referral)
        return
    body = house.phrases.text(
        "referral.no_longer_needed",
        phone.language,
        organisation=house.rules.organisation_name,
        facility=words.name_of(session, referral),
        code=referral.code or "",
    )
    staff_texts.write(session, phone, body, house.rules.helpline_numbers[0], now, Purpose.REFERRAL_QUESTION)


def _phone(session: Session, referral: Referral) -> BedContact | None:
    """The phone that was asked, which has the code; else another of the place that reads texts."""
    asked = [ask.phone for ask in reversed(asks_of(session, referral.id))]
    phones = (*asked, *bed_contacts_of(session, referral.facility_id))
    return next((one for one in phones if one.active and one.stopped_at is None and not one.voice_only), None)
