"""Named queries for pages: what is read together is loaded together."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from models.contacts import LIVE, Contact, Leg, queue_place
from models.crypto import unreadable_shown
from models.follow_ups import FollowUp
from models.listed import Listed, count, first
from models.owed_endings import UNWRITTEN
from models.people import Counselor, readable
from routing.vocabulary import DANGER, ContactStatus, FollowUpStatus, Whose

_WITH_PEOPLE = (joinedload(Contact.caller), joinedload(Contact.counselor), joinedload(Contact.claim_leg))
# somebody is on the line with us, though with the last two no counselor's step is due
GOING_ON = (*LIVE, ContactStatus.WITH_CRISIS_LINE, ContactStatus.HANDED_OVER)
OPEN_FOLLOW_UPS = (FollowUpStatus.PENDING, FollowUpStatus.STARTED)
_NAMES = select(Counselor.id, Counselor.name)


def live_contacts(session: Session, limit: int = 200) -> Listed[Contact]:
    """Contacts that go on now: danger first, then whoever waits longest."""
    query = (
        select(Contact)
        .options(*_WITH_PEOPLE)
        .where(Contact.status.in_(GOING_ON))
        .order_by(queue_place, func.coalesce(Contact.waiting_since, Contact.opened_at))
    )
    return first(session, query, limit)


def waits(contact: Contact) -> bool:
    """Whether somebody waits for a person: on the phone, or in a text conversation that a counselor should take."""
    wanted = contact.status is ContactStatus.CONVERSING and contact.waiting_since is not None
    return contact.status is ContactStatus.WAITING or (wanted and contact.claimed_by is None)


def count_waiting(session: Session, live: Listed[Contact]) -> int:
    """How many wait, also of those for whom the list of live contacts is too short."""
    if live.total == len(live.rows):
        return sum(waits(contact) for contact in live.rows)
    wanted = (Contact.status == ContactStatus.CONVERSING) & Contact.waiting_since.is_not(None)
    in_texts = wanted & Contact.claimed_by.is_(None)
    return count(session, select(Contact.id).where(or_(Contact.status == ContactStatus.WAITING, in_texts)))


def contacts_in_danger(session: Session, since: datetime, limit: int = 50) -> Listed[Contact]:
    """Contacts opened since then whose danger stands, on the line or gone, the most urgent and the newest first."""
    query = (
        select(Contact)
        .options(*_WITH_PEOPLE)
        .where(Contact.urgency.in_(DANGER), Contact.opened_at >= since, Contact.status != ContactStatus.CLOSED)
        .order_by(queue_place, Contact.opened_at.desc())
    )
    return first(session, query, limit)


def contacts_to_wrap_up(session: Session, limit: int = 50) -> Listed[Contact]:
    """Contacts that are over after somebody of ours talked with them, and nobody wrote how they ended; oldest first."""
    query = select(Contact).options(*_WITH_PEOPLE).where(UNWRITTEN).order_by(Contact.ended_at)
    return first(session, query, limit)


def past_contacts(session: Session, *, limit: int, before: datetime | None = None) -> Sequence[Contact]:
    """Contacts that are over, newest first; `before` pages on."""
    over = or_(
        Contact.status.in_([ContactStatus.CLOSED, ContactStatus.ABANDONED]),
        (Contact.status == ContactStatus.ENDED) & not_(UNWRITTEN),
    )
    query = select(Contact).options(*_WITH_PEOPLE).where(over).order_by(Contact.opened_at.desc()).limit(limit)
    if before is not None:
        query = query.where(Contact.opened_at < before)
    return session.scalars(query).all()


def contact_with_all(session: Session, contact_id: uuid.UUID) -> Contact | None:
    """One contact with its people and legs, for its page."""
    query = select(Contact).options(*_WITH_PEOPLE, selectinload(Contact.legs)).where(Contact.id == contact_id)
    return session.scalar(query)


def connected_with(session: Session, key: str, value: str) -> Sequence[Contact]:
    """The conversations on the phone that have this in their flow, with their people."""
    query = select(Contact).options(*_WITH_PEOPLE).where(Contact.status == ContactStatus.CONNECTED)
    return session.scalars(query.where(Contact.flow[key].astext == value)).all()


def contacts_by_id(session: Session, contact_ids: Collection[uuid.UUID]) -> Sequence[Contact]:
    """These contacts, with their people."""
    if not contact_ids:
        return ()
    return session.scalars(select(Contact).options(*_WITH_PEOPLE).where(Contact.id.in_(contact_ids))).all()


def earlier_contacts(session: Session, contact: Contact, limit: int = 10) -> Listed[Contact]:
    """What this number reached out for before, newest first; several people may share the number."""
    query = (
        select(Contact)
        .options(*_WITH_PEOPLE)
        .where(Contact.caller_id == contact.caller_id, Contact.opened_at < contact.opened_at)
        .order_by(Contact.opened_at.desc())
    )
    return first(session, query, limit)


def follow_ups_of(session: Session, contact_id: uuid.UUID) -> Sequence[FollowUp]:
    """Everything planned or done after a contact, in order of time."""
    return session.scalars(select(FollowUp).where(FollowUp.contact_id == contact_id).order_by(FollowUp.due_at)).all()


def due_follow_ups(
    session: Session, until: datetime, reader_id: uuid.UUID, whose: Whose, limit: int = 100
) -> Sequence[FollowUp]:
    """Open follow-ups that are due before `until`: the reader's own first, then those that nobody has, oldest first."""
    query = (
        select(FollowUp)
        .options(joinedload(FollowUp.contact).options(*_WITH_PEOPLE))
        .where(FollowUp.status.in_(OPEN_FOLLOW_UPS), FollowUp.due_at < until, _of(whose, reader_id))
        .order_by(
            FollowUp.owner_id.is_not_distinct_from(reader_id).desc(),
            FollowUp.owner_id.is_(None).desc(),
            FollowUp.due_at,
        )
        .limit(limit)
    )
    return session.scalars(query).all()


def _of(whose: Whose, reader_id: uuid.UUID) -> ColumnElement[bool]:
    if whose is Whose.MINE:
        return FollowUp.owner_id == reader_id
    return FollowUp.owner_id.is_(None) if whose is Whose.NOBODYS else true()


def count_due_follow_ups(session: Session, until: datetime, reader_id: uuid.UUID) -> dict[Whose, int]:
    """How many open follow-ups are due before `until`, by whose they are."""
    query = select(*(func.count().filter(_of(whose, reader_id)) for whose in Whose)).where(
        FollowUp.status.in_(OPEN_FOLLOW_UPS), FollowUp.due_at < until
    )
    return dict(zip(Whose, session.execute(query).one(), strict=True))


def people_of_the_line(session: Session) -> Sequence[Counselor]:
    """Everybody active, with their shifts."""
    query = select(Counselor).options(selectinload(Counselor.shifts)).where(Counselor.active)
    return readable(session, query)


def names_of(session: Session, counselor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id, for those who are still on record; words in place of one that cannot be read."""
    if not counselor_ids:
        return {}
    with unreadable_shown():
        return dict(session.execute(_NAMES.where(Counselor.id.in_(set(counselor_ids)))).all())


def legs_going_on(session: Session) -> Sequence[Leg]:
    """Every leg that has not ended, of all contacts."""
    return session.scalars(select(Leg).where(Leg.ended_at.is_(None))).all()


def on_a_leg(session: Session) -> set[uuid.UUID]:
    """Counselors who are rung or talk now."""
    return set(session.scalars(select(Leg.counselor_id).where(Leg.ended_at.is_(None), Leg.counselor_id.is_not(None))))


def leg_of(session: Session, counselor_id: uuid.UUID) -> Leg | None:
    """The one leg on which a counselor is rung or talks now, with its contact."""
    query = (
        select(Leg)
        .options(joinedload(Leg.contact).options(*_WITH_PEOPLE))
        .where(Leg.counselor_id == counselor_id, Leg.ended_at.is_(None))
    )
    return session.scalar(query)


def everybody_by_name(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Id and name of everybody who works or worked here, by name (names are encrypted, so sorted here)."""
    with unreadable_shown():
        return sorted(session.execute(_NAMES), key=lambda row: row[1].casefold())


def contacts_of_caller(session: Session, caller_id: uuid.UUID) -> Sequence[Contact]:
    """Every contact of a person, newest first."""
    query = select(Contact).where(Contact.caller_id == caller_id).order_by(Contact.opened_at.desc())
    return session.scalars(query).all()
