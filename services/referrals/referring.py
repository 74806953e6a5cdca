"""What counselors do with referrals: refer to a place of the list, say how it stands, take back; and late answers."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models.contacts import Contact, lock_contact, record
from models.referrals import Referral, referral_to, unanswered_since
from routing.referrals import ANSWER_WITHIN, AT_THE_PLACE, UNANSWERED
from routing.vocabulary import DeclineReason, ReferralStatus, ReferralWork, SaidBy
from services import match_replay
from services.directory.sheets import sheets
from services.each import contact_broke, each
from services.house import House
from services.referrals import asking, changes, links, work

S = ReferralStatus
BROKEN_PAUSE = timedelta(minutes=5)


class ReferralRefused(StrEnum):
    """An expected refusal: nothing was changed."""

    NOT_ON_THE_LIST = "not_on_the_list"  # of this contact's match, as it was shown
    ALREADY = "already"  # they are referred there
    TOO_LATE = "too_late"  # it stands otherwise by now


def refer(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, listing_id: int, now: datetime
) -> ReferralRefused | None:
    """Refer the caller to a place of the list that they were shown, and ask it on its registered phone, if any."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        sheet = sheets(session, [listing_id]).get(listing_id)
        if contact is None or sheet is None:
            return ReferralRefused.NOT_ON_THE_LIST
        found = referral_to(session, contact_id, listing_id)
        if found is not None and not changes.note(session, house, contact, found, S.CHOSEN, SaidBy.COUNSELOR, now):
            return ReferralRefused.ALREADY
        on_the_list = match_replay.note_choice(session, contact_id, listing_id, now, counselor_id)
        if found is None and not on_the_list:
            return ReferralRefused.NOT_ON_THE_LIST
        referral = found or changes.add(
            session, contact, sheet.facility_id, listing_id, S.CHOSEN, now, counselor_id=counselor_id
        )
        if referral.status is not S.CHOSEN:
            return ReferralRefused.ALREADY
        referral.counselor_id = counselor_id
        changes.more_than_a_list(session, contact, counselor_id, now)  # also to a place that the line had offered
        _seen_to(session, contact, referral, now)
        asking.ask_place(session, house, contact, referral, now)
        referral.answer_by = now + ANSWER_WITHIN  # also of a place that has yet to be called: nobody is forgotten
        return None


def _seen_to(session: Session, contact: Contact, referral: Referral, now: datetime) -> None:
    """Whoever refers on has seen to the place before, and to this one."""
    work.done(session, contact.id, now, referral.id)
    if referral.after_id is not None:
        work.done(session, contact.id, now, referral.after_id)


def say(
    house: House,
    contact_id: uuid.UUID,
    counselor_id: uuid.UUID,
    listing_id: int,
    status: ReferralStatus,
    now: datetime,
    reason: DeclineReason | None = None,
) -> ReferralRefused | None:
    """A counselor says how a referral stands, as the place or the caller told them."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        referral = referral_to(session, contact_id, listing_id)
        if contact is None or referral is None:
            return ReferralRefused.NOT_ON_THE_LIST
        referral.counselor_id = referral.counselor_id or counselor_id
        if not changes.note(session, house, contact, referral, status, SaidBy.COUNSELOR, now, reason=reason):
            return ReferralRefused.TOO_LATE
        return None


def link_for(
    house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, listing_id: int, now: datetime
) -> str | ReferralRefused:
    """A link that the counselor passes on to the place; it can be read this once. The place counts as asked."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        referral = referral_to(session, contact_id, listing_id)
        if contact is None or referral is None:
            return ReferralRefused.NOT_ON_THE_LIST
        if referral.status not in UNANSWERED:
            return ReferralRefused.TOO_LATE
        referral.counselor_id = referral.counselor_id or counselor_id
        token = links.make(session, referral, now)
        record(session, contact.id, "referral_link_made", now, by=str(counselor_id))
        if referral.status not in AT_THE_PLACE:
            changes.note(session, house, contact, referral, S.SENT, SaidBy.COUNSELOR, now)
        return links.address(house, token)


def late_answers(house: House, now: datetime) -> int:
    """Places that did not answer in time: a counselor sees to it; how many."""
    with house.db.begin() as session:
        late = [(referral.id, referral.contact_id) for referral in unanswered_since(session, now)]
    return each(late, lambda one: _late(house, *one, now), lambda one, error: _later(house, *one, error, now))


def _late(house: House, referral_id: int, contact_id: uuid.UUID, now: datetime) -> bool:
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        referral = session.get_one(Referral, referral_id)
        if contact is None or referral.answer_by is None or referral.answer_by > now:
            return False
        referral.answer_by = None
        work.ask_counselor(session, house, contact, ReferralWork.NO_ANSWER, now, referral)
        return True


def _later(house: House, referral_id: int, contact_id: uuid.UUID, error: Exception, now: datetime) -> None:
    """What broke stands in nobody's way until it is tried again."""
    contact_broke(house, now)(contact_id, error)
    with house.db.begin() as session:
        session.get_one(Referral, referral_id).answer_by = now + BROKEN_PAUSE
