"""Written consents: prepared by a counselor, asked for by a link that is texted, withdrawn or taken back."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from models import disclosures, outbox
from models.contacts import Contact, lock_contact, record
from models.crypto import lookup_hash
from models.disclosures import DisclosureConsent
from routing.disclosure import CONSENTABLE, LONGEST_CONSENT, SharedFor, SignsAs
from routing.links import link
from routing.sending import Purpose
from services import audit, consent, consent_words, disclosure, safe_contact, text_contacts
from services.directory.sheets import sheets
from services.house import House

LINK_LASTS: Final = timedelta(hours=24)
KEY_BYTES: Final = 24  # of randomness in a link: 192 bits
LASTING: Final = (7, 30, 90, LONGEST_CONSENT.days)  # days that a counselor may choose
SIGN, COPY = "/consent/sign", "/consent/copy"


class Unprepared(StrEnum):
    """Why nothing was prepared."""

    NO_CONTACT = "no_contact"
    NOT_SURE = "not_sure"  # whether they may sign for the person
    FOR_ANOTHER = "for_another"  # what is known is about somebody else, who has to sign themselves
    NO_PLACE = "no_place"
    NOTHING = "nothing"  # no kind of fact, or no purpose
    DAYS = "days"
    NO_TEXTING = "no_texting"  # texts are stopped, not safe, or nobody has agreed to one


class Revoked(StrEnum):
    """How a consent came to its end before its time."""

    BY_COUNSELOR = "by_counselor"  # who was told so
    BY_PERSON = "by_person"  # on the page of their copy
    BY_TEXT = "by_text"  # in their own words
    WITHDRAWN = "withdrawn"  # a request that nobody had signed yet


@dataclass(frozen=True)
class Wish:
    """What a counselor prepares. `agreed`: they have just said that a text to this phone is safe."""

    listing_id: int
    facts: Sequence[str]
    purposes: Sequence[str]
    days: int
    agreed: bool = False
    signs_as: SignsAs | None = None  # None: the person signs
    made_sure: bool = False  # the counselor knows that they may sign for the person


def prepare(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, wish: Wish, now: datetime
) -> Unprepared | None:
    """Keep what the person is asked to sign and text them the link; None when that is done."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=wish.agreed)
        if contact is None:
            return Unprepared.NO_CONTACT
        found = sheets(session, [wish.listing_id]).get(wish.listing_id)
        refused = _problem(contact, wish)
        if refused or found is None:
            return refused or Unprepared.NO_PLACE
        if not safe_contact.may_text(session, contact, counselor_id, wish.agreed, now):
            return Unprepared.NO_TEXTING
        for earlier in disclosures.consents_of_contact(session, contact.id):
            if earlier.facility_id == found.facility_id and earlier.signed_at is None:
                _withdraw(session, earlier.id, counselor_id, now)
        key = secrets.token_urlsafe(KEY_BYTES)
        made = DisclosureConsent(
            id=uuid.uuid4(),
            contact_id=contact.id,
            facility_id=found.facility_id,
            recipient=f"{found.name1}, {found.city} {found.state}",
            purposes=[purpose.value for purpose in SharedFor if purpose.value in wish.purposes],
            facts=[fact.value for fact in CONSENTABLE if fact.value in wish.facts],
            signs_as=wish.signs_as,
            expires_at=consent_words.end_of_day(house, now, wish.days),
            prepared_at=now,
            prepared_by=counselor_id,
            link_hash=lookup_hash(key),
            link_until=now + LINK_LASTS,
        )
        session.add(made)
        purpose = text_contacts.purpose_of_late_words(contact, now)
        text_link(session, house, contact, "text.consent_link", SIGN, key, now, purpose)
        record(session, contact.id, "consent_asked", now, by=str(counselor_id))
        audit.write(session, "consent_prepared", counselor_id, now, contact_id=contact.id, consent_id=made.id)
        outbox.touch(session, contact.id)
        return None


def _withdraw(session: Session, consent_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> None:
    asked = disclosures.lock_consent(session, consent_id)
    if asked is not None and asked.signed_at is None:  # else it was signed at this moment, and holds
        revoke_in(session, asked, Revoked.WITHDRAWN, now, counselor_id)


def _problem(contact: Contact, wish: Wish) -> Unprepared | None:
    if wish.signs_as is None and not disclosure.is_about_the_signer(contact):
        return Unprepared.FOR_ANOTHER
    if wish.signs_as is not None and not wish.made_sure:
        return Unprepared.NOT_SURE
    known_facts = {fact.value for fact in CONSENTABLE}
    if not known_facts.intersection(wish.facts) or not set(SharedFor).intersection(wish.purposes):
        return Unprepared.NOTHING
    return None if wish.days in LASTING else Unprepared.DAYS


def text_link(
    session: Session,
    house: House,
    contact: Contact,
    phrase: str,
    path: str,
    key: str,
    now: datetime,
    purpose: Purpose = Purpose.REPLY,
) -> None:
    """Text a person the address of a page of theirs, in words that say nothing about treatment."""
    who = consent.name_shown(house, contact.caller)
    address = link(house.rules.public_base_url, path, key)
    words = house.phrases.text(phrase, contact.language, organisation=who, link=address)
    text_contacts.answer(session, contact, [words], now, purpose)


def revoke(house: House, contact_id: uuid.UUID, consent_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """A counselor was told that the consent is taken back, or withdraws a request; False: no such consent."""
    with house.db.begin() as session:
        found = disclosures.lock_consent(session, consent_id)
        if found is None or found.contact_id != contact_id:
            return False
        how = Revoked.BY_COUNSELOR if found.signed_at else Revoked.WITHDRAWN
        if revoke_in(session, found, how, now, counselor_id):
            audit.write(session, "consent_revoked", counselor_id, now, contact_id=contact_id, consent_id=consent_id)
        return True


def revoke_in(
    session: Session, found: DisclosureConsent, how: Revoked, now: datetime, counselor_id: uuid.UUID | None = None
) -> bool:
    """End a consent (locked) at once: queued texts under it are cancelled. False: it had ended already."""
    if found.revoked_at is not None:
        return False
    found.revoked_at, found.revoked_how, found.revoked_by = now, how.value, counselor_id
    cancelled = disclosures.suppress_under(session, found.id)
    by = {"by": str(counselor_id)} if counselor_id else {}
    record(session, found.contact_id, "consent_ended", now, way=how.value, count=len(cancelled), **by)
    outbox.touch(session, found.contact_id)
    return True


def revoke_all_of(session: Session, contact: Contact, how: Revoked, now: datetime) -> int:
    """Everything that was agreed to from this person's number ends, whoever of its people wrote; how many."""
    live = disclosures.live_consents_of_caller(session, contact.caller_id, now)
    return sum(revoke_in(session, found, how, now) for found in live)
