"""Names for referrals: the place, the code that names no person, which care it is about, and what a caller reads."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.contacts import Contact, ContactEvent
from models.referrals import Referral, referral_after
from routing import phone
from routing.vocabulary import FollowUpKind, Language, Need
from services import knowing
from services.directory.bed_phones import facility_name
from services.directory.sheets import sheets
from services.house import House

# Without vowels no code is a word; without I, O and digits none is misheard for another
LETTERS, CODE_LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 4
LONGEST_NAME = 40  # characters of a name in a text
NAMED = ("places_texted",)  # events after which names of places lie on the caller's phone


def new_code() -> str:
    """A code drawn at random: nothing of the person is in it (42 CFR 2.11)."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def name_of(session: Session, referral: Referral) -> str:
    """The place, short enough for a text."""
    sheet = sheets(session, [referral.listing_id]).get(referral.listing_id)
    name = sheet.name1 if sheet is not None else facility_name(session, referral.facility_id)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def need_of(house: House, contact: Contact, language: Language) -> str:
    """Which care a place is asked for. It names nobody."""
    asked = knowing.value_of(contact, "need")
    need = asked if asked in set(Need) else Need.TREATMENT
    return house.phrases.text(f"referral.need_{need}", language)


def names_may_be_texted(session: Session, contact: Contact) -> bool:
    """Whether the caller's phone holds names of places already; else a name could tell a stranger too much."""
    if contact.caller.neutral_name:
        return False
    if contact.flow.get("places_sent"):
        return True
    told = select(ContactEvent.id).where(ContactEvent.contact_id == contact.id, ContactEvent.kind.in_(NAMED)).limit(1)
    return session.scalar(told) is not None


def to_the_caller(session: Session, referral: Referral, kind: FollowUpKind) -> dict[str, str]:
    """The gaps of the texts that tell a caller what a place said."""
    values = {"place": name_of(session, referral), "code": referral.code or ""}
    if kind is FollowUpKind.PLACE_ACCEPTED:
        values["place"] = _with_number(session, referral)
    if kind is FollowUpKind.NEXT_PLACE:
        following = referral_after(session, referral.id)
        values["next"] = _with_number(session, following) if following is not None else ""
    return values


def _with_number(session: Session, referral: Referral) -> str:
    sheet = sheets(session, [referral.listing_id]).get(referral.listing_id)
    number = phone.dialled(sheet.intake_line) if sheet is not None else None
    parts = (name_of(session, referral), sheet.city if sheet else "", phone.spoken(number) if number else "")
    return ", ".join(part for part in parts if part)
