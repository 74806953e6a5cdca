"""An intake line's own answer at the end of the counselor's talk: 1 takes the person, 2 and a key for the reason."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact, Leg, lock_contact
from models.referrals import Referral, referral_to
from routing import call_flow
from routing.documents import Ask, Document, HangUp, Say
from routing.referrals import UNANSWERED, read_answer, read_reason
from routing.vocabulary import Language, LegKind, ReferralStatus, SaidBy
from services import tasks
from services.house import House
from services.referrals import changes
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony

PRESS_SECONDS = 8
QUESTION = "intake-answer"
LANGUAGE = Language.ENGLISH  # of intake lines, of which we know no other


def owed(session: Session, contact: Contact, leg: Leg) -> Referral | None:
    """The referral about which this line spoke with us and said neither yes nor no."""
    spoke = leg.kind is LegKind.FACILITY and leg.accepted_at is not None
    referral = referral_to(session, contact.id, leg.listing_id or 0) if spoke else None
    return referral if referral is not None and referral.status in UNANSWERED else None


def asked(session: Session, contact: Contact, leg: Leg) -> Document | None:
    """The question, for a line whose talk with us is over; None when there is nothing to ask."""
    if owed(session, contact, leg) is None:
        return None
    return Document(LANGUAGE, (_ask(leg.id, "referral.call_after"), Say("referral.call_thanks"), HangUp()))


def _ask(leg_id: uuid.UUID, key: str) -> Ask:
    return Ask((Say(key),), call_flow.path(QUESTION, leg_id), digits=1, seconds=PRESS_SECONDS)


def fetch(session: Session, contact: Contact, leg: Leg, now: datetime) -> bool:
    """Have a line that is let go asked before it goes; False when there is nothing to ask it."""
    if owed(session, contact, leg) is None:
        return False
    tasks.ask(session, tasks.ASK_INTAKE, leg.id, now)
    return True


def send_to_question(house: House, telephony: Telephony, leg_id: uuid.UUID) -> bool:
    """Take the line's call out of the conversation and to the question; False when the call is gone."""
    with house.db.begin() as session:
        sid = session.get_one(Leg, leg_id).provider_sid
    try:
        if sid is not None:
            telephony.redirect_call(sid, house.rules.public_base_url + call_flow.path(QUESTION, leg_id))
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False
    return sid is not None


def pressed(house: House, leg_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """The question again when nothing was pressed yet; then the key's meaning, and thanks."""
    with house.db.begin() as session:
        leg = session.get(Leg, leg_id)
        contact = lock_contact(session, leg.contact_id) if leg is not None else None
        referral = referral_to(session, contact.id, leg.listing_id or 0) if contact is not None and leg else None
        if leg is None or contact is None or referral is None or leg.kind is not LegKind.FACILITY:
            return Document(LANGUAGE, (HangUp(),))
        if not digits:
            return asked(session, contact, leg) or _goodbye()
        if referral.status is ReferralStatus.DECLINED and referral.reason is None:
            reason = read_reason(digits)
            if reason is not None:
                changes.note_reason(session, house, contact, referral, reason, now)
            return _goodbye()
        answer = read_answer(digits)
        if answer is not None:
            changes.note(session, house, contact, referral, answer, SaidBy.FACILITY_KEY, now)
        if referral.status is ReferralStatus.DECLINED:
            return Document(LANGUAGE, (_ask(leg.id, "referral.call_why"), *_goodbye().steps))
        if referral.status is ReferralStatus.ACCEPTED:
            spelt = Say("referral.call_accepted", {"spelt": ", ".join(referral.code or "")})
            return Document(LANGUAGE, (spelt, HangUp()))
        return _goodbye()


def _goodbye() -> Document:
    return Document(LANGUAGE, (Say("referral.call_thanks"), HangUp()))
