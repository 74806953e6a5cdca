"""A contact: one time that somebody reached out, its telephone legs and its timeline."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    and_,
    case,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Id, words_of
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Caller, Counselor, lock_caller
from routing.vocabulary import Channel, ContactStatus, Disposition, Language, LegKind, LegStatus, Part, Urgency


class Contact(Base):
    """One call or one text conversation. Live ones always have a `deadline_at` and a `next_step`."""

    __tablename__ = "contact"
    id: Mapped[Id]
    caller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("caller.id"))
    channel: Mapped[Channel] = mapped_column(words_of(Channel))
    helpline_number: Mapped[str] = mapped_column(String(20))  # ours, which was dialled
    status: Mapped[ContactStatus] = mapped_column(words_of(ContactStatus))
    language: Mapped[Language] = mapped_column(words_of(Language), default=Language.ENGLISH)
    urgency: Mapped[Urgency] = mapped_column(words_of(Urgency), default=Urgency.NONE)
    triage: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)  # what is known, each answer with its source
    flow: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # which questions were asked, nothing said
    opened_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    next_step: Mapped[str | None] = mapped_column(String(32))
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    claim_leg_id: Mapped[uuid.UUID | None]
    claimed_at: Mapped[datetime | None]
    claim_expires_at: Mapped[datetime | None]  # None while both have joined
    counselor_joined_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    disposition: Mapped[Disposition | None] = mapped_column(words_of(Disposition))
    disposition_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    notes: Mapped[str | None] = mapped_column(EncryptedText)
    calling_back: Mapped[bool] = mapped_column(Boolean, default=False)  # counselor first, then we dial the caller
    stir: Mapped[str | None] = mapped_column(String(40))  # the network's verdict on the caller's number (StirVerstat)
    place_at: Mapped[datetime | None]  # of a callback: its place in line among those who wait since then
    room: Mapped[str | None] = mapped_column(String(32))  # name of the conference; None: no conference was needed
    room_sid: Mapped[str | None] = mapped_column(String(64))  # the provider's id of it, once known
    held_since: Mapped[datetime | None]  # the caller is on hold
    tuned_until: Mapped[datetime | None]  # a worker is telling the provider who sits how; a lease
    emptied_at: Mapped[datetime | None]  # its words outlived their period, or its person was forgotten
    cut_off_ok: Mapped[bool | None] = mapped_column(Boolean)  # may we call right back when cut off? None: not asked
    caller: Mapped[Caller] = relationship()
    counselor: Mapped[Counselor | None] = relationship(foreign_keys=[claimed_by])
    legs: Mapped[list["Leg"]] = relationship(back_populates="contact", order_by="Leg.planned_at")
    claim_leg: Mapped["Leg | None"] = relationship(  # the phone that has or had the call
        primaryjoin="foreign(Contact.claim_leg_id) == Leg.id", viewonly=True
    )
    __table_args__ = (
        Index(None, "caller_id", "opened_at"),
        Index(None, "opened_at"),
        Index("ix_contact_kept", "opened_at", postgresql_where=text("emptied_at is null")),
        Index(
            "ix_contact_unwritten",
            "claimed_by",
            "ended_at",
            postgresql_where=text(
                "status = 'ended' and (disposition is null or disposition = 'places_texted' and disposition_by is null)"
            ),
        ),
        Index(
            "ix_contact_live",
            "status",
            postgresql_where=text("status in ('waiting', 'claimed', 'connected', 'conversing')"),
        ),
    )


class Leg(Base):
    """One telephone leg of a contact. A counselor is on at most one live leg, kept by a unique index."""

    __tablename__ = "leg"
    id: Mapped[Id]
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    kind: Mapped[LegKind] = mapped_column(words_of(LegKind))
    number: Mapped[str | None] = mapped_column(EncryptedText)
    status: Mapped[LegStatus] = mapped_column(words_of(LegStatus))
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    planned_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))
    bridged: Mapped[bool] = mapped_column(Boolean, default=False)  # rung from the caller's own call, not by REST
    in_browser: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))  # dialled there
    heard_at: Mapped[datetime | None]  # that browser says that it rings
    prompts: Mapped[int] = mapped_column(Integer, default=0)  # how often press-1 was asked
    part: Mapped[Part | None] = mapped_column(words_of(Part))  # of an added phone
    # how it should sit in the conference, and what the provider was told of that (services.rooms)
    seat: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    seated: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    digits: Mapped[str | None] = mapped_column(EncryptedText)  # keys for a phone tree: an extension, then those pressed
    listing_id: Mapped[int | None] = mapped_column(BigInteger)  # of a facility's intake line
    contact: Mapped[Contact] = relationship(back_populates="legs")
    __table_args__ = (
        Index(None, "contact_id"),
        Index(
            "uq_leg_live_counselor",
            "counselor_id",
            unique=True,
            postgresql_where=text("ended_at is null and counselor_id is not null"),
        ),
        Index("ix_leg_rung", "planned_at", postgresql_where=text("kind = 'counselor'")),
        Index("ix_leg_live", "status", postgresql_where=text("ended_at is null")),
        Index("ix_leg_unseated", "contact_id", postgresql_where=text("ended_at is null and seat <> seated")),
    )


class ContactEvent(Base):
    """The timeline: everything that happened to a contact, in order, without words or numbers of the caller."""

    __tablename__ = "contact_event"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(48))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    __table_args__ = (Index(None, "contact_id", "id"), Index(None, "at"))


class Receipt(Base):
    """A provider's event that was taken; the same one again changes nothing."""

    __tablename__ = "receipt"
    provider_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    at: Mapped[datetime]


# Where a contact stands in every queue: 0 is the most urgent (the order of the vocabulary)
queue_place: ColumnElement[int] = case(
    {urgency.value: place for place, urgency in enumerate(Urgency)}, value=Contact.urgency
)
# Since when a contact stands in line: whoever asked to be called back keeps the place
place_in_line: ColumnElement[datetime] = func.coalesce(Contact.place_at, Contact.waiting_since)
LIVE = (ContactStatus.WAITING, ContactStatus.CLAIMED, ContactStatus.CONNECTED, ContactStatus.CONVERSING)


def record(session: Session, contact_id: uuid.UUID, kind: str, now: datetime, /, **data: Any) -> None:
    """Add one event to a contact's timeline. `data` holds ids, words of the vocabulary and counts only."""
    session.add(ContactEvent(contact_id=contact_id, at=now, kind=kind, data=data))


def lock_contact(session: Session, contact_id: uuid.UUID, *, caller: bool = False) -> Contact | None:
    """The contact, locked until this transaction ends, so that crossing events take turns.

    `caller`: for whoever may write of the person too. They are locked first everywhere, as a text of theirs does
    that has yet to find its contact, so that no two transactions wait for each other.
    """
    if caller:
        caller_id = session.scalar(select(Contact.caller_id).where(Contact.id == contact_id))
        if caller_id is not None:
            lock_caller(session, caller_id)
    return session.get(Contact, contact_id, with_for_update={"of": Contact, "key_share": True}, populate_existing=True)


def conversation_over(contact: Contact, now: datetime) -> None:
    """Nobody talks any more (locked): closed when a counselor has written meanwhile how it ended, else that is owed."""
    written = contact.disposition is not None and contact.disposition_by is not None
    contact.status = ContactStatus.CLOSED if written else ContactStatus.ENDED
    contact.ended_at = now


def live_legs(session: Session, contact_id: uuid.UUID) -> Sequence[Leg]:
    """The contact's legs that have not ended."""
    return session.scalars(select(Leg).where(Leg.contact_id == contact_id, Leg.ended_at.is_(None))).all()


def leg_by_sid(session: Session, sid: str) -> Leg | None:
    """The leg that the provider knows by this id."""
    return session.scalar(select(Leg).where(Leg.provider_sid == sid))


def name_leg(session: Session, leg_id: uuid.UUID, sid: str) -> None:
    """Keep the provider's id of a leg that has none yet."""
    session.execute(update(Leg).where(Leg.id == leg_id, Leg.provider_sid.is_(None)).values(provider_sid=sid))


def waiting_contacts(session: Session) -> Sequence[uuid.UUID]:
    """Ids of contacts that wait for a counselor: danger first, then by their place in line."""
    query = select(Contact.id).where(Contact.status == ContactStatus.WAITING).order_by(queue_place, place_in_line)
    return session.scalars(query).all()


def live_caller_waits(session: Session, callback: Contact) -> bool:
    """Whether somebody on the line goes before this callback: in more danger, or as urgent and in line for longer."""
    on_the_line = and_(Contact.status == ContactStatus.WAITING, Contact.calling_back.is_(False))
    return session.scalar(select(Contact.id).where(on_the_line, _before(callback)).limit(1)) is not None


def _before(contact: Contact) -> ColumnElement[bool]:
    place = list(Urgency).index(contact.urgency)
    since = contact.place_at or contact.waiting_since
    return or_(queue_place < place, and_(queue_place == place, place_in_line < since))


def callback_rings(session: Session, caller: Contact) -> Sequence[uuid.UUID]:
    """Legs that ring, not yet answered, for callbacks that stand behind this caller on the line."""
    unanswered = (LegStatus.PLANNED, LegStatus.PLACING, LegStatus.RINGING)
    query = (
        select(Leg.id)
        .join(Contact, Leg.contact_id == Contact.id)
        .where(Leg.ended_at.is_(None), Leg.end_reason.is_(None), Leg.status.in_(unanswered))
        .where(Leg.kind != LegKind.CALLER, Contact.calling_back, Contact.status == ContactStatus.WAITING)
        .where(~_before(caller))
    )
    return session.scalars(query).all()


def events_of(session: Session, contact_id: uuid.UUID) -> Sequence[ContactEvent]:
    """A contact's timeline in order."""
    query = select(ContactEvent).where(ContactEvent.contact_id == contact_id).order_by(ContactEvent.id)
    return session.scalars(query).all()


def recent_contacts(session: Session, *, limit: int = 50, before: datetime | None = None) -> Sequence[Contact]:
    """The newest contacts, for the console's list; `before` pages on."""
    query = select(Contact).order_by(Contact.opened_at.desc()).limit(limit)
    if before is not None:
        query = query.where(Contact.opened_at < before)
    return session.scalars(query).all()


def waiting_ahead(session: Session, contact: Contact) -> int:
    """How many go before this caller: all in more danger, and all as urgent who are in line for longer."""
    query = select(func.count()).where(Contact.status == ContactStatus.WAITING, _before(contact))
    return session.scalar(query) or 0


def take_receipt(session: Session, provider_id: str, now: datetime) -> bool:
    """Note a provider's event in this transaction; False when it was taken before."""
    statement = insert(Receipt).values(provider_id=provider_id, at=now).on_conflict_do_nothing()
    return session.scalar(statement.returning(Receipt.provider_id)) is not None


def known_receipts(session: Session, provider_ids: Sequence[str]) -> frozenset[str]:
    """Which of these events were taken already."""
    return frozenset(session.scalars(select(Receipt.provider_id).where(Receipt.provider_id.in_(provider_ids))))


def going_on_elsewhere(session: Session, contact: Contact) -> Contact | None:
    """The newest contact of the same number that goes on in another channel and of which something is known."""
    query = (
        select(Contact)
        .where(
            Contact.caller_id == contact.caller_id,
            Contact.channel != contact.channel,
            Contact.status.in_(LIVE),
            Contact.triage.is_not(None),
        )
        .order_by(Contact.opened_at.desc())
        .limit(1)
    )
    return session.scalar(query)
