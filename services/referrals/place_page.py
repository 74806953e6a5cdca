"""What a place sees behind a link: the question, its own answer, and at its wish what the person agreed to tell it.

Opening the page tells nothing and moves nothing, for phones and mail filters open links by themselves. The facts come
with a press, through the one disclosure function, so that each telling stands in the ledger with its notice (2.32).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models.contacts import lock_contact
from models.crypto import lookup_hash
from models.referral_asks import ReferralLink, link_with
from models.referrals import Referral
from routing.disclosure import SharedFor, Told
from routing.referrals import may_become
from routing.vocabulary import DeclineReason, Language, ReferralStatus, SaidBy
from services import disclosure
from services.disclosure import Disclosed
from services.house import House
from services.referrals import changes, words

S = ReferralStatus
SAYABLE = (S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED)


class LinkState(StrEnum):
    """Whether the page still asks."""

    OPEN = "open"
    SETTLED = "settled"  # the person is looked after, or wants another place
    EXPIRED = "expired"


@dataclass(frozen=True)
class PlacePage:
    """One place's page. `may`: what it may say now; `may_show`: the person agreed that it is told something."""

    state: LinkState
    facility: str = ""
    code: str = ""
    need: str = ""
    status: str = ""
    reason: str | None = None
    until: datetime | None = None
    may: tuple[str, ...] = ()
    may_show: bool = False
    disclosed: Disclosed | None = None


GONE = PlacePage(LinkState.EXPIRED)


def look(house: House, token: str, language: Language, now: datetime) -> PlacePage:
    """The page as it stands; an unknown token is one that has expired."""
    with house.db.begin() as session:
        link = _open(session, token, now)
        return _page(session, house, link, language, now) if link is not None else GONE


def answer(
    house: House, token: str, status: ReferralStatus, reason: DeclineReason | None, language: Language, now: datetime
) -> PlacePage:
    """The place says that it has the question, takes the person, or does not and why; said twice it is said once."""
    with house.db.begin() as session:
        link = _open(session, token, now)
        contact = lock_contact(session, link.referral.contact_id) if link is not None else None
        if link is None or contact is None or status not in SAYABLE:
            return GONE
        referral = link.referral
        session.refresh(referral)
        changed = changes.note(session, house, contact, referral, status, SaidBy.FACILITY_LINK, now, reason=reason)
        if not changed and reason is not None and status is S.DECLINED:
            changes.note_reason(session, house, contact, referral, reason, now)
        return _page(session, house, link, language, now)


def show(house: House, token: str, language: Language, now: datetime) -> PlacePage:
    """The page with what the person agreed to tell this place; without a live consent there is nothing to show."""
    with house.db.begin() as session:
        link = _open(session, token, now)
        contact = lock_contact(session, link.referral.contact_id) if link is not None else None
        if link is None or contact is None:
            return GONE
        told = None
        if _may_see(link.referral):
            place, purpose = link.referral.facility_id, SharedFor.TREATMENT
            told = disclosure.disclose(session, house, contact, place, purpose, Told.LINK, now, language=language)
        return _page(session, house, link, language, now, told)


def _open(session: Session, token: str, now: datetime) -> ReferralLink | None:
    link = link_with(session, lookup_hash(token))
    return link if link is not None and link.expires_at > now else None


def _state(referral: Referral) -> LinkState:
    facilitys = {S.CHOSEN, S.SENT, S.ACKNOWLEDGED, S.ACCEPTED, S.DECLINED}
    return LinkState.OPEN if referral.status in facilitys else LinkState.SETTLED


def _may_see(referral: Referral) -> bool:
    """Whether it still needs what the person agreed to tell it: not once it has said no."""
    return _state(referral) is LinkState.OPEN and referral.status is not S.DECLINED


def _page(
    session: Session,
    house: House,
    link: ReferralLink,
    language: Language,
    now: datetime,
    disclosed: Disclosed | None = None,
) -> PlacePage:
    referral, contact = link.referral, link.referral.contact
    state = _state(referral)
    allowed = disclosure.may_disclose(session, contact, referral.facility_id, SharedFor.TREATMENT, now)
    return PlacePage(
        state=state,
        facility=words.name_of(session, referral),
        code=referral.code or "",
        need=words.need_of(house, contact, language),
        status=referral.status.value,
        reason=referral.reason.value if referral.reason else None,
        until=link.expires_at,
        may=tuple(said.value for said in SAYABLE if may_become(referral.status, said, SaidBy.FACILITY_LINK)),
        may_show=bool(allowed) and disclosed is None and _may_see(referral),
        disclosed=disclosed,
    )
