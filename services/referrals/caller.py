"""What a caller answers to our texts about a referral: did they take you, the next place, are you still waiting."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.referrals import Referral, referral_after, referrals_of
from routing.follow_up import Outcome
from routing.referrals import AT_THE_PLACE, UNANSWERED
from routing.vocabulary import FollowUpKind, ReferralStatus, ReferralWork, SaidBy
from services import follow_ups
from services.house import House
from services.referrals import asking, changes, work

S = ReferralStatus


def answered(
    session: Session, house: House, contact: Contact, row: FollowUp, outcome: Outcome, now: datetime
) -> str | None:
    """Do what the answer means (contact locked); the phrase to answer with, None when thanks are enough."""
    if outcome not in (Outcome.YES, Outcome.NO):
        return None
    match row.kind:
        case FollowUpKind.DID_THEY_TAKE_YOU:
            return _arrived_or_not(session, house, contact, row, outcome, now)
        case FollowUpKind.NEXT_PLACE:
            return _next_place(session, house, contact, row, outcome, now)
        case FollowUpKind.WAITING_LIST if outcome is Outcome.NO:
            follow_ups.leave_off(session, row, outcome, now)
        case FollowUpKind.WAITING_LIST:
            work.ask_counselor(session, house, contact, ReferralWork.STILL_WAITING, now, _of(session, row))
            return "referral.said_still_waiting"
    return None


def _of(session: Session, row: FollowUp) -> Referral | None:
    about = row.plan.get("referral")
    return session.get(Referral, about) if about else None


def _meant(session: Session, contact: Contact, row: FollowUp) -> Referral | None:
    """The referral that they were asked about; else the one that stands best, if any stands."""
    asked = _of(session, row)
    if asked is not None:
        return asked
    standing = [one for one in referrals_of(session, contact.id) if one.status in UNANSWERED | {S.ACCEPTED}]
    accepted = [one for one in standing if one.status is S.ACCEPTED]
    chosen = [one for one in standing if one.status is not S.OFFERED]
    return next(reversed(accepted or chosen), None)


def _arrived_or_not(
    session: Session, house: House, contact: Contact, row: FollowUp, outcome: Outcome, now: datetime
) -> str:
    referral = _meant(session, contact, row)
    status = S.ARRIVED if outcome is Outcome.YES else S.NOT_ARRIVED
    noted = referral is not None and changes.note(session, house, contact, referral, status, SaidBy.CALLER, now)
    if outcome is Outcome.YES:
        return "referral.said_arrived"
    if not noted:  # nothing was written down, or it was settled before: a NO still reaches a person
        work.ask_counselor(session, house, contact, ReferralWork.DID_NOT_WORK_OUT, now)
    return "referral.said_not_arrived"


def _next_place(
    session: Session, house: House, contact: Contact, row: FollowUp, outcome: Outcome, now: datetime
) -> str | None:
    declined = _of(session, row)
    offered = referral_after(session, declined.id) if declined is not None else None
    if declined is None or offered is None:
        work.ask_counselor(session, house, contact, ReferralWork.DECLINED, now, declined)
        return None
    wanted = S.CHOSEN if outcome is Outcome.YES else S.WITHDRAWN
    noted = changes.note(session, house, contact, offered, wanted, SaidBy.CALLER, now)
    if noted and wanted is S.CHOSEN:
        work.done(session, contact.id, now, declined.id)
        offered.counselor_id = declined.counselor_id
        if not asking.ask_place(session, house, contact, offered, now):
            work.ask_counselor(session, house, contact, ReferralWork.ASK_THE_PLACE, now, offered)
    said_before = offered.status is wanted or (wanted is S.CHOSEN and offered.status in AT_THE_PLACE)
    if not noted and not said_before:  # it stands otherwise by now: nothing is promised, and a person looks
        looks = ReferralWork.ASK_THE_PLACE if wanted is S.CHOSEN else ReferralWork.DID_NOT_WORK_OUT
        work.ask_counselor(session, house, contact, looks, now, offered)
        return None
    return "referral.said_next_yes" if wanted is S.CHOSEN else "referral.said_next_no"
