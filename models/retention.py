"""What is kept for how long: legal holds, what has outlived its period, and copies that the provider still has."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.care import CarePlan
from models.contacts import Contact, Leg, Receipt
from models.crypto import EncryptedText
from models.disclosures import Disclosure
from models.follow_ups import FollowUp
from models.forms import FilledForm, FormVersion
from models.matches import MatchRecord
from models.people import AuditEvent, Caller, Counselor
from models.reading import GOING_ON
from models.sign_ins import SignIn
from models.texts import TextMessage
from models.voicemails import Voicemail
from routing.forms import FieldKind
from routing.vocabulary import FollowUpStatus, TextStatus

FORGOTTEN = "forgotten"  # how a follow-up ends whose person is no longer known


class LegalHold(Base):
    """Nothing of this person, or of one contact of theirs, goes until the hold ends. Rows are kept."""

    __tablename__ = "legal_hold"
    id: Mapped[Id]
    caller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Caller.id))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Contact.id))  # None: all of the person
    reason: Mapped[str] = mapped_column(EncryptedText)
    placed_at: Mapped[datetime]
    placed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    placer: Mapped[Counselor | None] = relationship(foreign_keys=[placed_by])
    __table_args__ = (Index(None, "caller_id"),)


class ProviderCopy(Base):
    """Something that the provider still has of a person and is to remove: `kind` is text, call, recording or words."""

    __tablename__ = "provider_copy"
    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (Index(None, "due_at"),)


def holds_of(session: Session, caller_id: uuid.UUID) -> Sequence[LegalHold]:
    """A person's holds, the newest first, also those that ended."""
    query = select(LegalHold).options(joinedload(LegalHold.placer)).where(LegalHold.caller_id == caller_id)
    return session.scalars(query.order_by(LegalHold.placed_at.desc())).all()


def holds_now(session: Session) -> Sequence[LegalHold]:
    """Every hold that stands, the newest first."""
    query = select(LegalHold).options(joinedload(LegalHold.placer)).where(LegalHold.ended_at.is_(None))
    return session.scalars(query.order_by(LegalHold.placed_at.desc())).all()


def is_held(session: Session, caller_id: uuid.UUID) -> bool:
    """Whether something of this person is held."""
    query = select(LegalHold.id).where(LegalHold.caller_id == caller_id, LegalHold.ended_at.is_(None)).limit(1)
    return session.scalar(query) is not None


def outlived(kind: str, before: datetime) -> Select[Any]:
    """Ids of what has outlived its period and is not held, the oldest first."""
    held = select(LegalHold.caller_id).where(LegalHold.ended_at.is_(None), LegalHold.contact_id.is_(None))
    held_contacts = select(LegalHold.contact_id).where(LegalHold.ended_at.is_(None), LegalHold.contact_id.is_not(None))
    free = (Contact.caller_id.not_in(held), Contact.id.not_in(held_contacts))
    free_to_go = select(Disclosure.id).join(Contact, Contact.id == Disclosure.contact_id).where(*free)
    queries: dict[str, Select[Any]] = {
        "voicemail_sound": select(Voicemail.id)
        .join(Contact, Contact.id == Voicemail.contact_id)
        .where(Voicemail.audio.is_not(None), Voicemail.received_at < before, *free)
        .order_by(Voicemail.received_at),
        "words": select(Contact.id)
        .where(Contact.emptied_at.is_(None), Contact.status.not_in(GOING_ON), Contact.opened_at < before, *free)
        .order_by(Contact.opened_at),
        "identity": select(Caller.id)
        .where(Caller.forgotten_at.is_(None), Caller.created_at < before, ~_reached_out_since(before), ~_any_hold())
        .order_by(Caller.created_at),
        "staff_texts": select(TextMessage.id)
        .where(TextMessage.emptied_at.is_(None), TextMessage.caller_id.is_(None), TextMessage.created_at < before)
        .where(TextMessage.contact_id.is_(None))
        .where(or_(TextMessage.disclosure_id.is_(None), TextMessage.disclosure_id.in_(free_to_go)))
        .order_by(TextMessage.created_at),
        "sign_ins": select(SignIn.id).where(SignIn.expires_at < before).order_by(SignIn.expires_at),
        "audit": select(AuditEvent.id).where(AuditEvent.at < before).order_by(AuditEvent.at),
    }
    return queries[kind]


def count_outlived(session: Session, kind: str, before: datetime) -> int:
    """How many have outlived their period."""
    if kind == "receipts":
        return session.scalar(select(func.count()).select_from(Receipt).where(Receipt.at < before)) or 0
    return session.scalar(select(func.count()).select_from(outlived(kind, before).order_by(None).subquery())) or 0


def remove_outlived(session: Session, kind: str, before: datetime, now: datetime, limit: int) -> int:
    """Let some of what has outlived its period go, the oldest first; how many went."""
    if kind == "receipts":
        some = select(Receipt.provider_id).where(Receipt.at < before).limit(limit)
        gone = session.scalars(
            delete(Receipt).where(Receipt.provider_id.in_(some)).returning(Receipt.provider_id)
        ).all()
        return len(gone)
    ids = list(session.scalars(outlived(kind, before).limit(limit)))
    if kind == "voicemail_sound":
        session.execute(update(Voicemail).where(Voicemail.id.in_(ids)).values(audio=None))
    elif kind == "words":
        empty_contacts(session, ids, now)
    elif kind == "identity":
        for caller_id in ids:
            forget_caller(session, caller_id, now)
    elif kind == "staff_texts":
        _empty_texts(session, TextMessage.id.in_(ids), now)
    elif kind == "sign_ins":
        session.execute(delete(SignIn).where(SignIn.id.in_(ids)))
    elif kind == "audit":
        session.execute(delete(AuditEvent).where(AuditEvent.id.in_(ids)))
    return len(ids)


def empty_contacts(session: Session, contact_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Take every word and number out of contacts; what happened when stays. The provider's copies are noted to go."""
    mine = Leg.contact_id.in_(contact_ids)
    mails = Voicemail.contact_id.in_(contact_ids)
    _note_copies(session, "call", select(Leg.provider_sid).where(mine, Leg.provider_sid.is_not(None)), now)
    _note_copies(
        session, "recording", select(Voicemail.recording_sid).where(mails, Voicemail.removed_at.is_(None)), now
    )
    written = select(Voicemail.transcription_sid).where(mails, Voicemail.transcription_sid.is_not(None))
    _note_copies(session, "words", written, now)
    _empty_texts(session, TextMessage.contact_id.in_(contact_ids), now)
    _empty_texts(session, _told(Disclosure.contact_id.in_(contact_ids)), now)
    # removed: it is not fetched once more from the provider, which is asked to remove its copy
    no_sound = {"audio": None, "transcript": None, "transcription_sid": None, "removed_at": now}
    session.execute(update(Leg).where(mine).values(number=None, digits=None))
    session.execute(update(Voicemail).where(mails).values(**no_sound))
    session.execute(update(MatchRecord).where(MatchRecord.contact_id.in_(contact_ids)).values(need={}))
    _empty_forms(session, contact_ids)
    session.execute(update(Contact).where(Contact.id.in_(contact_ids)).values(triage=None, notes=None, emptied_at=now))


def forget_caller(session: Session, caller_id: uuid.UUID, now: datetime) -> None:
    """Nothing tells any more whose contacts these were; the ledger and the timelines stay, without a person."""
    ids = list(session.scalars(select(Contact.id).where(Contact.caller_id == caller_id, Contact.emptied_at.is_(None))))
    empty_contacts(session, ids, now)
    _empty_texts(session, TextMessage.caller_id == caller_id, now)
    contacts = select(Contact.id).where(Contact.caller_id == caller_id)
    _empty_texts(session, _told(Disclosure.contact_id.in_(contacts)), now)
    open_still = FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED])
    session.execute(
        update(FollowUp)
        .where(FollowUp.contact_id.in_(contacts), open_still)
        .values(status=FollowUpStatus.STOPPED, last_outcome=FORGOTTEN, done_at=now)
    )
    session.execute(delete(CarePlan).where(CarePlan.caller_id == caller_id))
    nothing = {"number": None, "number_hash": None, "timezone": None, "neutral_name": None}
    safe = {"texting_ok": None, "calling_ok": None, "voicemail_ok": None, "relay": False}
    hours = {"safe_from_hour": None, "safe_until_hour": None}
    session.execute(update(Caller).where(Caller.id == caller_id).values(**nothing, **safe, **hours, forgotten_at=now))


def goes_on(session: Session, caller_id: uuid.UUID) -> bool:
    """Whether a contact of this person is going on."""
    query = select(Contact.id).where(Contact.caller_id == caller_id, Contact.status.in_(GOING_ON)).limit(1)
    return session.scalar(query) is not None


def copies_due(session: Session, now: datetime, limit: int) -> Sequence[ProviderCopy]:
    """What the provider is to remove now, the oldest first, locked against other sweepers."""
    query = select(ProviderCopy).where(ProviderCopy.due_at <= now).order_by(ProviderCopy.due_at).limit(limit)
    return session.scalars(query.with_for_update(key_share=True, skip_locked=True)).all()


def count_copies(session: Session) -> int:
    """How many copies the provider is still to remove."""
    return session.scalar(select(func.count()).select_from(ProviderCopy)) or 0


def copies_gone(session: Session, sids: Sequence[str]) -> None:
    """The provider has these no more."""
    session.execute(delete(ProviderCopy).where(ProviderCopy.sid.in_(sids)))


def _told(about: ColumnElement[bool]) -> ColumnElement[bool]:
    """Texts to places that tell something of a person: they name no caller."""
    return TextMessage.disclosure_id.in_(select(Disclosure.id).where(about))


def _empty_texts(session: Session, mine: ColumnElement[bool], now: datetime) -> None:
    full = (mine, TextMessage.emptied_at.is_(None))
    _note_copies(
        session, "text", select(TextMessage.provider_sid).where(*full, TextMessage.provider_sid.is_not(None)), now
    )
    waits = TextMessage.status == TextStatus.QUEUED
    session.execute(update(TextMessage).where(*full, waits).values(status=TextStatus.SUPPRESSED))
    session.execute(update(TextMessage).where(*full).values(body="", emptied_at=now))


def _empty_forms(session: Session, contact_ids: Sequence[uuid.UUID]) -> None:
    """Free words go; choices, numbers and counties stay, for the reports that count them."""
    query = select(FilledForm, FormVersion).join(FormVersion, FormVersion.id == FilledForm.version_id)
    for filled, version in session.execute(query.where(FilledForm.contact_id.in_(contact_ids))):
        free = {field["key"] for field in version.fields if field["kind"] == FieldKind.TEXT}
        filled.answers = {key: value for key, value in filled.answers.items() if key not in free}


def _note_copies(session: Session, kind: str, sids: Select[Any], now: datetime) -> None:
    rows = [{"sid": sid, "kind": kind, "due_at": now, "attempts": 0} for sid in session.scalars(sids)]
    if rows:
        session.execute(insert(ProviderCopy).on_conflict_do_nothing(), rows)


def _reached_out_since(before: datetime) -> ColumnElement[bool]:
    lately = or_(Contact.opened_at >= before, Contact.status.in_(GOING_ON))
    return select(Contact.id).where(Contact.caller_id == Caller.id, lately).exists()


def _any_hold() -> ColumnElement[bool]:
    return select(LegalHold.id).where(LegalHold.caller_id == Caller.id, LegalHold.ended_at.is_(None)).exists()
