"""Questions to a registered phone that may be put by call: what the tables of such questions share."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Boolean, ForeignKey, String, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, declared_attr, mapped_column, relationship

from models.base import Id, words_of
from models.bed_contacts import BedContact
from models.texts import TextMessage
from routing.vocabulary import LegStatus, TextStatus


class PutToAPhone:
    """A question to one registered phone, by text, or by call when a text does not help."""

    id: Mapped[Id]
    bed_contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(BedContact.id, ondelete="CASCADE"))
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(TextMessage.id, ondelete="SET NULL"))
    explained: Mapped[bool] = mapped_column(Boolean, default=False)  # a wrong answer was answered once
    closed_at: Mapped[datetime | None]  # nothing more is waited for; a later digit still corrects
    call_status: Mapped[LegStatus | None] = mapped_column(words_of(LegStatus))  # of the call that asks; None: no call
    call_sid: Mapped[str | None] = mapped_column(String(64))
    call_at: Mapped[datetime | None]  # planned, then placed

    @declared_attr
    @classmethod
    def phone(cls) -> Mapped[BedContact]:
        """Whom it is put to."""
        return relationship(BedContact)


Row = TypeVar("Row", bound=PutToAPhone)
_NOT_READ = (TextStatus.FAILED, TextStatus.UNDELIVERED, TextStatus.SUPPRESSED)


def lock_question(session: Session, rows: type[Row], id_: uuid.UUID) -> Row | None:
    """A question, locked until this transaction ends."""
    return session.get(rows, id_, with_for_update={"of": rows, "key_share": True}, populate_existing=True)


def questions_to_call(
    session: Session, rows: type[Row], asked_at: InstrumentedAttribute[Any], asked_before: datetime, limit: int
) -> Sequence[Row]:
    """Open ones without a call whose phone reads no texts, did not get ours, or has not answered since then; locked."""
    late = or_(BedContact.voice_only, asked_at <= asked_before, TextMessage.status.in_(_NOT_READ))
    query = (
        select(rows)
        .join(BedContact, BedContact.id == rows.bed_contact_id)
        .outerjoin(TextMessage, TextMessage.id == rows.text_id)
        .where(rows.closed_at.is_(None), asked_at.is_not(None), rows.call_status.is_(None), late)
        .where(BedContact.active, BedContact.stopped_at.is_(None))
        .order_by(asked_at)
        .limit(limit)
        .with_for_update(key_share=True, of=rows, skip_locked=True)
    )
    return session.scalars(query).all()


def planned_calls(session: Session, rows: type[Row], planned_before: datetime, limit: int) -> Sequence[Row]:
    """Calls that were planned so long ago that their reminder must have been lost; locked."""
    query = select(rows).where(rows.closed_at.is_(None), rows.call_status == LegStatus.PLANNED)
    late = query.where(rows.call_at < planned_before).limit(limit)
    return session.scalars(late.with_for_update(key_share=True, of=rows, skip_locked=True)).all()
