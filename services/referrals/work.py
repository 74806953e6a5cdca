"""A counselor's work about referrals: due rows with an owner, so that no answer and no silence disappears."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups as rows
from models import outbox
from models.contacts import Contact, record
from models.follow_ups import FollowUp
from models.people import Counselor
from models.referrals import Referral
from routing.follow_up import By
from routing.vocabulary import FollowUpKind, FollowUpStatus, ReferralWork
from services import counselor_notices, schedules
from services.house import House

DUE_WITHIN = timedelta(minutes=15)  # then it is offered to everybody
DONE = "seen_to"


def ask_counselor(
    session: Session,
    house: House,
    contact: Contact,
    work: ReferralWork,
    now: datetime,
    referral: Referral | None = None,
) -> FollowUp:
    """Somebody has to see to this, first of all the contact's counselor; asked twice it is one piece of work."""
    about = referral.id if referral is not None else None
    for row in rows.open_of_kind(session, contact.id, FollowUpKind.REFERRAL):
        if (row.plan["work"], row.plan.get("referral")) == (work, about):
            return row
    owner = _owner(session, contact, referral)
    here = owner is not None and owner.id in schedules.on_shift(session, [owner], now)
    row = FollowUp(
        contact_id=contact.id,
        kind=FollowUpKind.REFERRAL,
        status=FollowUpStatus.STARTED,
        owner_id=owner.id if owner is not None and here else None,
        due_at=now + DUE_WITHIN if here else now,
        attempts=1,
        max_attempts=1,
        created_at=now,
        started_at=now,
        plan={
            "plan": "referral_work",
            "by": By.PERSON.value,
            "work": work.value,
            "referral": about,
        },
    )
    session.add(row)
    record(session, contact.id, "referral_work", now, work=work.value)
    if owner is not None and here:
        link = f"{house.rules.public_base_url}/contacts/{contact.id}"
        line, key = contact.helpline_number, "counselor.referral_work"
        counselor_notices.tell(session, house, owner, key, helpline_number=line, now=now, link=link)
    outbox.touch(session, contact.id)
    return row


def _owner(session: Session, contact: Contact, referral: Referral | None) -> Counselor | None:
    """Who referred the person, or else whoever had or closed the contact."""
    ids = (referral.counselor_id if referral else None, contact.claimed_by, contact.disposition_by)
    owner = next((session.get(Counselor, id_) for id_ in ids if id_ is not None), None)
    return owner if owner is not None and owner.active else None


def done(session: Session, contact_id: uuid.UUID, now: datetime, referral_id: int) -> None:
    """What was to be seen to about one referral has come about."""
    _end_those(session, contact_id, now, lambda row: row.plan.get("referral") == referral_id)


def done_of(session: Session, contact_id: uuid.UUID, kind: ReferralWork, now: datetime) -> None:
    """Work of one kind about a contact is over."""
    _end_those(session, contact_id, now, lambda row: row.plan.get("work") == kind)


def all_done(session: Session, contact_id: uuid.UUID, now: datetime) -> None:
    """The person has arrived: nothing is to be seen to any more, save a place that waits in vain."""
    _end_those(session, contact_id, now, lambda row: row.plan.get("work") != ReferralWork.TELL_THE_PLACE)


def _end_those(session: Session, contact_id: uuid.UUID, now: datetime, which: Callable[[FollowUp], bool]) -> None:
    for row in rows.open_follow_ups(session, contact_id):
        if row.kind is FollowUpKind.REFERRAL and which(row):
            end(session, row, now)


def end(session: Session, row: FollowUp, now: datetime) -> None:
    """One piece of work (locked) is over."""
    row.status, row.last_outcome, row.done_at = FollowUpStatus.DONE, DONE, now
    record(session, row.contact_id, "referral_work_done", now, work=row.plan["work"])
    outbox.touch(session, row.contact_id)


def offer_late(house: House, now: datetime) -> int:
    """What its owner has not seen to in time is everybody's from now on, and stays late; how many."""
    with house.db.begin() as session:
        late = rows.late_referral_work(session, now)
        for row in late:
            row.owner_id = None
            record(session, row.contact_id, "follow_up_overdue", now, follow_up=row.kind.value)
            outbox.touch(session, row.contact_id)
        return len(late)


def take(house: House, row_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """This is mine now; False when it is over, or somebody else has it."""
    with house.db.begin() as session:
        row = session.get(FollowUp, row_id, with_for_update={"of": FollowUp, "key_share": True})
        if row is None or row.status is not FollowUpStatus.STARTED or row.plan.get("by") != By.PERSON:
            return False
        if row.owner_id not in (None, counselor_id):
            return False
        row.owner_id, row.due_at = counselor_id, now + DUE_WITHIN
        outbox.touch(session, row.contact_id)
        return True


def finish(house: House, row_id: uuid.UUID, now: datetime) -> bool:
    """A counselor has seen to it; False when it was over already."""
    with house.db.begin() as session:
        row = session.get(FollowUp, row_id, with_for_update={"of": FollowUp, "key_share": True})
        if row is None or row.kind is not FollowUpKind.REFERRAL or row.status is not FollowUpStatus.STARTED:
            return False
        end(session, row, now)
        return True
