"""Read models of referrals: the block of a contact's page, and the list of what waits."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import reading
from models.bed_contacts import bed_contacts_of
from models.contacts import live_legs
from models.directory import listings_by_id
from models.follow_ups import FollowUp, open_referral_work
from models.referral_asks import asks_of
from models.referrals import Referral, asked_referrals, referrals_of
from routing.referrals import AT_THE_PLACE, UNANSWERED, may_become
from routing.vocabulary import ReferralStatus, SaidBy
from services.console import ContactRow, row_of
from services.house import House
from services.referrals import words

# What a counselor may say, in the order of the buttons
SAYABLE = (
    *(ReferralStatus.ACCEPTED, ReferralStatus.DECLINED, ReferralStatus.ARRIVED, ReferralStatus.NOT_ARRIVED),
    ReferralStatus.WITHDRAWN,
)


@dataclass(frozen=True)
class ReferralRow:
    """One referral on a contact's page. `asked`: how the place was asked; `may`: what a counselor may say of it."""

    listing_id: int
    facility_id: int
    name: str
    status: str
    reason: str | None
    said_by: str | None
    outcome: str | None
    code: str | None
    at: datetime
    answer_by: datetime | None
    asked: str | None  # text, call, line (waits for the phone), now (on the call that goes on), none
    may: tuple[str, ...]
    may_refer: bool  # offered, or taken up again
    may_link: bool


@dataclass(frozen=True)
class WorkRow:
    """Something that a counselor has to see to."""

    id: uuid.UUID
    work: str
    place: str
    due_at: datetime
    late: bool
    owner_id: uuid.UUID | None
    owner: str | None
    contact: ContactRow


@dataclass(frozen=True)
class AskedRow:
    """A place that was asked and owes an answer."""

    place: str
    status: str
    code: str | None
    asked_at: datetime
    answer_by: datetime | None
    contact: ContactRow


@dataclass(frozen=True)
class Waiting:
    """The page of referrals."""

    work: tuple[WorkRow, ...]
    asked: tuple[AskedRow, ...]
    asked_total: int


def referrals(house: House, contact_id: uuid.UUID) -> tuple[ReferralRow, ...]:
    """The places to which a contact was referred, in the order in which they were tried."""
    with house.db.begin() as session:
        rows = referrals_of(session, contact_id)
        listings = listings_by_id(session, [row.listing_id for row in rows])
        names = {id_: listing.name1 for id_, listing in listings.items()}
        return tuple(_row(session, row, names.get(row.listing_id, "")) for row in rows)


def _row(session: Session, row: Referral, name: str) -> ReferralRow:
    return ReferralRow(
        listing_id=row.listing_id,
        facility_id=row.facility_id,
        name=name,
        status=row.status.value,
        reason=row.reason.value if row.reason else None,
        said_by=row.said_by.value if row.said_by else None,
        outcome=row.outcome,
        code=row.code,
        at=row.updated_at,
        answer_by=row.answer_by,
        asked=_asked(session, row),
        may=tuple(status.value for status in SAYABLE if may_become(row.status, status, SaidBy.COUNSELOR)),
        may_refer=row.status is not ReferralStatus.CHOSEN
        and may_become(row.status, ReferralStatus.CHOSEN, SaidBy.COUNSELOR),
        may_link=row.status in UNANSWERED,
    )


def _asked(session: Session, row: Referral) -> str | None:
    """How the place is being asked while it owes an answer."""
    if row.status not in UNANSWERED or row.status is ReferralStatus.OFFERED:
        return None
    newest = next(reversed(asks_of(session, row.id)), None)
    if newest is not None:
        return "line" if newest.asked_at is None else "call" if newest.call_status else "text"
    if any(leg.listing_id == row.listing_id and leg.end_reason is None for leg in live_legs(session, row.contact_id)):
        return "now"
    return None if bed_contacts_of(session, row.facility_id) else "none"


def waiting(house: House, now: datetime) -> Waiting:
    """What counselors have to see to, late ones first, and the places that owe an answer, oldest first."""
    with house.db.begin() as session:
        rows = open_referral_work(session)
        names = reading.names_of(session, [row.owner_id for row in rows if row.owner_id])
        places = {id_: session.get(Referral, id_) for row in rows if (id_ := row.plan.get("referral"))}
        work = tuple(_work(session, row, names, places.get(row.plan.get("referral")), now) for row in rows)
        asked, total = asked_referrals(session, sorted(AT_THE_PLACE))
        return Waiting(
            work,
            tuple(
                AskedRow(
                    place=words.name_of(session, row),
                    status=row.status.value,
                    code=row.code,
                    asked_at=row.updated_at,
                    answer_by=row.answer_by,
                    contact=row_of(row.contact),
                )
                for row in asked
            ),
            total,
        )


def _work(
    session: Session, row: FollowUp, names: dict[uuid.UUID, str], referral: Referral | None, now: datetime
) -> WorkRow:
    return WorkRow(
        id=row.id,
        work=row.plan["work"],
        place=words.name_of(session, referral) if referral is not None else "",
        due_at=row.due_at,
        late=row.due_at <= now,
        owner_id=row.owner_id,
        owner=names.get(row.owner_id) if row.owner_id else None,
        contact=row_of(row.contact),
    )
