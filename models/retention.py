"""Records that go: whole rows, or the words, sounds and numbers in them, and the copies that the provider still has."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.care import Block, CarePlan
from models.contacts import Contact, Leg
from models.disclosures import Disclosure
from models.follow_ups import FollowUp
from models.forms import FilledForm, FormVersion
from models.line_setup import TestCall
from models.matches import MatchRecord
from models.outlived import WHOLE_ROWS, outlived
from models.people import Caller
from models.reading import GOING_ON
from models.texts import TextMessage
from models.voicemails import Voicemail
from routing.forms import FieldKind
from routing.vocabulary import FollowUpStatus, TextStatus

FORGOTTEN = "forgotten"  # how a follow-up ends whose person is no longer known


class ProviderCopy(Base):
    """Something that the provider still has of a person and is to remove: `kind` is text, call, recording or words."""

    __tablename__ = "provider_copy"
    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (Index(None, "due_at"),)


def remove_outlived(session: Session, kind: str, before: datetime, now: datetime, limit: int) -> int:
    """Let some of what has outlived its period go, the oldest first; how many went."""
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
    else:
        key = WHOLE_ROWS[kind]
        if kind == "test_calls":
            _note_copies(session, "call", select(TestCall.sid).where(key.in_(ids), TestCall.sid.is_not(None)), now)
        session.execute(delete(key.class_).where(key.in_(ids)))
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
    number = select(Caller.number_hash).where(Caller.id == caller_id).scalar_subquery()
    session.execute(delete(Block).where(Block.number_hash == number, Block.until <= now))
    nothing = {"number": None, "number_hash": None, "timezone": None, "neutral_name": None}
    safe = {"texting_ok": None, "follow_up_texts_ok": None, "calling_ok": None, "voicemail_ok": None, "relay": False}
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
