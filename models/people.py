"""The people of the line: callers, counselors and their shifts."""

import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, Select, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from models.base import Base, Id, words_of
from models.crypto import EncryptedText, lookup_hash, unreadable_shown
from models.listed import count
from models.locks import Turn, take_turn
from routing.vocabulary import Language, Presence, Role

log = logging.getLogger(__name__)


class Caller(Base):
    """Whoever a phone number belongs to. Several people may share it, so nothing here tells what was said."""

    __tablename__ = "caller"
    id: Mapped[Id]
    number: Mapped[str | None] = mapped_column(EncryptedText)  # E.164; None: withheld
    number_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    language: Mapped[Language | None] = mapped_column(words_of(Language))
    timezone: Mapped[str | None] = mapped_column(String(64))  # IANA, from the ZIP that was told
    texts_stopped_at: Mapped[datetime | None]  # STOP, until START
    texting_ok: Mapped[bool | None] = mapped_column(Boolean)  # a text to this phone is safe; None: not asked
    # wants to be texted later to see how it went; None: not asked. That a text is safe does not answer it
    follow_up_texts_ok: Mapped[bool | None] = mapped_column(Boolean)
    calling_ok: Mapped[bool | None] = mapped_column(Boolean)  # None: not asked, so nobody calls unasked
    voicemail_ok: Mapped[bool | None] = mapped_column(Boolean)
    relay: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))  # TTY, or an operator
    safe_from_hour: Mapped[int | None] = mapped_column(Integer)  # on their own clock; both or neither
    safe_until_hour: Mapped[int | None] = mapped_column(Integer)
    neutral_name: Mapped[str | None] = mapped_column(EncryptedText)  # whom unasked texts say they are from
    created_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]  # number and wishes were taken out: nothing tells whose contacts these were


class Counselor(Base):
    """Somebody who answers, or who works at the desk (role tells)."""

    __tablename__ = "counselor"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(EncryptedText)
    email: Mapped[str] = mapped_column(EncryptedText)
    email_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    role: Mapped[Role] = mapped_column(words_of(Role))
    languages: Mapped[list[str]] = mapped_column(JSONB, default=lambda: [Language.ENGLISH.value])
    skills: Mapped[list[str]] = mapped_column(JSONB, default=list)
    timezone: Mapped[str] = mapped_column(String(64))
    presence: Mapped[Presence] = mapped_column(words_of(Presence), default=Presence.AVAILABLE)
    presence_until: Mapped[datetime | None]  # wrap-up ends by itself
    # takes calls in a browser until then, unless it says again that it is there; None: only on the phone
    browser_until: Mapped[datetime | None]
    reminder_minutes: Mapped[int | None] = mapped_column(Integer)  # a text so long before a shift; None: no consent
    missed_rings: Mapped[int] = mapped_column(Integer, default=0)
    last_contact_ended_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime]
    shifts: Mapped[list["Shift"]] = relationship(  # those that hold
        back_populates="counselor",
        cascade="all, delete-orphan",
        primaryjoin="and_(Counselor.id == Shift.counselor_id, Shift.ended_at.is_(None))",
    )


class Shift(Base):
    """A shift in the counselor's own zone; `routing.shifts.ShiftPattern` says what the fields mean.

    The roster of the past is what reports count, so a row that is over stays, with the role and the zone under which
    it was worked. Those who left keep rows that hold: nobody counts them until they are back.
    """

    __tablename__ = "shift"
    id: Mapped[Id]
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"))
    weekday: Mapped[int] = mapped_column(Integer)  # 0 is Monday, the day on which it starts
    start_minute: Mapped[int] = mapped_column(Integer)
    end_minute: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    every_weeks: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))
    nth: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime | None]  # it counts from then on; None: since ever
    ended_at: Mapped[datetime | None]  # and until then; None: it holds
    role: Mapped[Role | None] = mapped_column(words_of(Role))  # None, like the zone: the person's own, as it holds
    timezone: Mapped[str | None] = mapped_column(String(64))
    counselor: Mapped[Counselor] = relationship(back_populates="shifts")
    __table_args__ = (Index(None, "counselor_id"),)


class AuditEvent(Base):
    """Who read or changed what. Kinds and their keys are declared in services.audit."""

    __tablename__ = "audit_event"
    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    __table_args__ = (
        Index(None, "at"),
        Index(None, "actor_id", "at"),
        Index("ix_audit_event_contact", text("(data ->> 'contact_id')"), "at"),
    )


def counselor_by_phone(session: Session, number: str) -> Counselor | None:
    """The active counselor whose phone this is."""
    query = select(Counselor).where(Counselor.phone_hash == lookup_hash(number), Counselor.active)
    return session.scalar(query)


def counselor_by_email(session: Session, email: str) -> Counselor | None:
    """The active counselor with this address, whatever its case."""
    query = select(Counselor).where(Counselor.email_hash == lookup_hash(email.strip().lower()), Counselor.active)
    return session.scalar(query)


def counselor_with_address(session: Session, email: str) -> Counselor | None:
    """Whoever has this address, also somebody who left."""
    return session.scalar(select(Counselor).where(Counselor.email_hash == lookup_hash(email.strip().lower())))


def counselor_with_phone(session: Session, number: str) -> Counselor | None:
    """Whoever has this phone, also somebody who left."""
    return session.scalar(select(Counselor).where(Counselor.phone_hash == lookup_hash(number)))


def lock_roster(session: Session) -> Sequence[Counselor]:
    """Everybody with their shifts, also those who left; no other import of the roster runs until we commit."""
    take_turn(session, Turn.ROSTER)
    return everybody_with_shifts(session)


def everybody_with_shifts(session: Session) -> Sequence[Counselor]:
    """Everybody with their shifts, also those who left, with words in place of what cannot be read of them."""
    with unreadable_shown():
        return session.scalars(select(Counselor).options(selectinload(Counselor.shifts))).all()


def caller_by_number(session: Session, number: str) -> Caller | None:
    """The caller with this E.164 number, if they ever reached us."""
    return session.scalar(select(Caller).where(Caller.number_hash == lookup_hash(number)))


def lock_caller(session: Session, caller_id: uuid.UUID) -> Caller:
    """The caller, locked until this transaction ends, so that two quick texts take turns."""
    return session.get_one(Caller, caller_id, with_for_update={"key_share": True}, populate_existing=True)


def staff_with_phones(session: Session) -> Sequence[Counselor]:
    """Active counselors and supervisors who can be texted, with their shifts."""
    return _with_phones(session, Role.COUNSELOR, Role.SUPERVISOR)


def count_staff_with_phones(session: Session) -> int:
    """How many these are in truth, with those whose row cannot be read."""
    return count(session, _phones_of(Role.COUNSELOR, Role.SUPERVISOR))


def leaders_with_phones(session: Session) -> Sequence[Counselor]:
    """Active supervisors who can be texted, with their shifts; where there is none, the admins, so that somebody is."""
    return _with_phones(session, Role.SUPERVISOR) or _with_phones(session, Role.ADMIN)


def _with_phones(session: Session, *roles: Role) -> Sequence[Counselor]:
    return readable(session, _phones_of(*roles).options(selectinload(Counselor.shifts)).order_by(Counselor.created_at))


def _phones_of(*roles: Role) -> Select[Counselor]:
    return select(Counselor).where(Counselor.active, Counselor.phone.is_not(None), Counselor.role.in_(roles))


def readable(session: Session, query: Select[Counselor]) -> Sequence[Counselor]:
    """Those whom a query finds, without whoever's row cannot be decrypted: all others are still rung and told."""
    try:
        return session.scalars(query).all()
    except InvalidToken:
        log.exception("roster_row_unreadable")
    found = []
    where = [query.whereclause] if query.whereclause is not None else []
    for counselor_id in session.scalars(select(Counselor.id).where(*where).order_by(Counselor.created_at)).all():
        with suppress(InvalidToken):
            found.append(session.scalars(query.where(Counselor.id == counselor_id)).one())
    return found
