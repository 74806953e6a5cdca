"""The one place where a referral comes to stand otherwise, and what follows: the next place, the caller, the plans."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import follow_ups, outbox, referral_asks
from models.contacts import Contact, record
from models.matches import matches_of
from models.referrals import Referral, referral_after, referral_to_facility, referrals_of
from routing.follow_up import NEWS
from routing.referrals import ANSWER_WITHIN, AT_THE_PLACE, FACILITY, UNANSWERED, may_become
from routing.vocabulary import (
    ContactStatus,
    DeclineReason,
    Disposition,
    FollowUpKind,
    ReferralStatus,
    ReferralWork,
    SaidBy,
)
from services import follow_up_plans
from services.directory.sheets import sheets
from services.house import House
from services.referrals import choosing, words, work

WITH_US = (ContactStatus.CLAIMED, ContactStatus.CONNECTED)
S = ReferralStatus
OUTCOMES = frozenset({S.ACCEPTED, S.DECLINED, S.ARRIVED, S.NOT_ARRIVED})


def add(
    session: Session,
    contact: Contact,
    facility_id: int,
    listing_id: int,
    status: ReferralStatus,
    now: datetime,
    *,
    counselor_id: uuid.UUID | None,
    after_id: int | None = None,
) -> Referral:
    """A place for this contact (locked); the referral that is there already, if any, is given back unchanged."""
    found = referral_to_facility(session, contact.id, facility_id)
    if found is not None:
        return found
    referral = Referral(
        contact_id=contact.id,
        facility_id=facility_id,
        listing_id=listing_id,
        counselor_id=counselor_id,
        status=status,
        said_by=SaidBy.COUNSELOR if counselor_id else SaidBy.SERVICE,
        code=words.new_code(),
        after_id=after_id,
        created_at=now,
        updated_at=now,
    )
    session.add(referral)
    session.flush()
    _tell(session, referral, now)
    more_than_a_list(session, contact, counselor_id, now)
    return referral


def more_than_a_list(session: Session, contact: Contact, counselor_id: uuid.UUID | None, now: datetime) -> None:
    """Who had only got a list by text and is referred by one of us after it: the ending says so, in the reports too.

    The same is owed to both. While the contact (locked) is open nothing changes: whoever has it writes how it ended.
    """
    if counselor_id and contact.disposition is Disposition.PLACES_TEXTED and contact.status is ContactStatus.CLOSED:
        contact.disposition, contact.disposition_by = Disposition.REFERRED, counselor_id
        ended = {"disposition": contact.disposition.value, "by": str(counselor_id)}
        record(session, contact.id, "disposition", now, **ended)


def note(
    session: Session,
    house: House,
    contact: Contact,
    referral: Referral,
    status: ReferralStatus,
    by: SaidBy,
    now: datetime,
    *,
    reason: DeclineReason | None = None,
) -> bool:
    """Somebody says how a referral stands (contact locked). False, and nothing changed, when it came too late."""
    if not may_become(referral.status, status, by):
        return False
    had_said_yes = referral.status is S.ACCEPTED
    referral.status, referral.said_by, referral.updated_at = status, by, now
    referral.reason = reason if status is S.DECLINED else None
    referral.answer_by = now + ANSWER_WITHIN if status in AT_THE_PLACE else None
    _tell(session, referral, now)
    if status not in UNANSWERED:
        referral_asks.close_asks(session, referral.id, now)
        work.done(session, contact.id, now, referral.id)
        _follow(session, house, contact, referral, now, had_said_yes=had_said_yes)
    if had_said_yes and status is S.WITHDRAWN:
        choosing.no_longer_needed(session, house, contact, referral, now)
    outbox.touch(session, contact.id)
    return True


def note_reason(
    session: Session, house: House, contact: Contact, referral: Referral, reason: DeclineReason, now: datetime
) -> bool:
    """Why a place cannot, said after the no; False when the referral is not declined (any more)."""
    if referral.status is not S.DECLINED:
        return False
    if referral.reason is not reason:
        referral.reason, referral.updated_at = reason, now
        record(session, contact.id, "referral_reason", now, decline=reason.value)
        follow_up_plans.plan_for_reason(session, house, contact, referral, now)
        outbox.touch(session, contact.id)
    return True


def _tell(session: Session, referral: Referral, now: datetime) -> None:
    """On the timeline: what was said of a place is an outcome, which the reports count."""
    kind = "referral_outcome" if referral.status in OUTCOMES else "referral"
    told = {
        "referral": referral.status.value,
        "said_by": referral.said_by.value if referral.said_by else "",
        "listing": referral.listing_id,
        "place": words.name_of(session, referral),
        **({"decline": referral.reason.value} if referral.reason else {}),
    }
    record(session, referral.contact_id, kind, now, **told)


def _follow(
    session: Session, house: House, contact: Contact, referral: Referral, now: datetime, *, had_said_yes: bool
) -> None:
    others = [other for other in referrals_of(session, contact.id) if other.id != referral.id]
    if referral.status is S.ARRIVED:
        work.all_done(session, contact.id, now)
    if referral.status in (S.ACCEPTED, S.ARRIVED):
        overtaken = UNANSWERED | {S.ACCEPTED} if referral.status is S.ARRIVED else {S.OFFERED}
        for other in others:
            if other.status in overtaken:
                note(session, house, contact, other, S.WITHDRAWN, SaidBy.SERVICE, now)
    if referral.status is S.DECLINED:
        offer_next(session, contact, referral, now)
        if referral.said_by in FACILITY:
            work.ask_counselor(session, house, contact, ReferralWork.DECLINED, now, referral)
    if referral.status is S.NOT_ARRIVED:
        work.ask_counselor(session, house, contact, ReferralWork.NOT_ARRIVED, now, referral)
    accepted = [other for other in others if other.status is S.ACCEPTED]
    if referral.status is S.ACCEPTED and accepted:  # the person is told and asked nothing until one is chosen
        work.ask_counselor(session, house, contact, ReferralWork.TWO_ACCEPTED, now)
        follow_up_plans.put_aside(session, contact, [referral.id, *(other.id for other in accepted)], now)
        return
    _plan(session, house, contact, referral, now)
    if had_said_yes and len(accepted) == 1:  # the one that is left is chosen, whoever saw to the two before
        work.done_of(session, contact.id, ReferralWork.TWO_ACCEPTED, now)
        told = follow_ups.last_news(session, contact.id, accepted[0].id, NEWS) is FollowUpKind.PLACE_ACCEPTED
        _plan(session, house, contact, accepted[0], now, told=told)


def _plan(
    session: Session, house: House, contact: Contact, referral: Referral, now: datetime, *, told: bool = False
) -> None:
    """`told`: the person has heard the news of this place already."""
    here = contact.status in WITH_US and contact.claimed_by is not None  # a counselor is speaking with them
    follow_up_plans.plan_for_referral(session, house, contact, referral, now, texts_too=not here and not told)


def offer_next(session: Session, contact: Contact, declined: Referral, now: datetime) -> Referral | None:
    """The next place of the stored match that was not tried yet; None at the end of the list, or while another is open.

    The order is the match's own: nothing but the need of the person decides who comes next (MATCHING.md).
    """
    tried = referrals_of(session, contact.id)
    if referral_after(session, declined.id) or any(other.status in UNANSWERED | {S.ACCEPTED} for other in tried):
        return None
    facilities = {other.facility_id for other in tried}
    newest = next(iter(matches_of(session, contact.id)), None)
    order = newest.listing_order if newest is not None else []
    found = sheets(session, order)
    for listing in order:
        sheet = found.get(listing)
        if sheet is not None and sheet.facility_id not in facilities:
            return add(
                session, contact, sheet.facility_id, listing, S.OFFERED, now, counselor_id=None, after_id=declined.id
            )
    return None
