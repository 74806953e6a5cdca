"""The helpline's own contact form: every version that was saved, and what was filled in."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Identity, Index, String, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.contacts import Contact
from models.crypto import EncryptedJSON
from models.people import Counselor


class FormVersion(Base):
    """One version of the form. Never changed: a new one is saved beside it."""

    __tablename__ = "form_version"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    saved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class FilledForm(Base):
    """What was written down in one contact, by field key; it keeps the version that it was begun with."""

    __tablename__ = "filled_form"
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contact.id, ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey(FormVersion.id))
    answers: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    saved_at: Mapped[datetime]
    saved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    __table_args__ = (Index(None, "version_id"),)


def newest_form(session: Session) -> FormVersion | None:
    """The form as it is now; None before the first."""
    return session.scalar(select(FormVersion).order_by(FormVersion.id.desc()).limit(1))


def form_version(session: Session, version_id: int) -> FormVersion | None:
    """One version."""
    return session.get(FormVersion, version_id)


def form_versions(session: Session, limit: int = 50) -> Sequence[tuple[FormVersion, str | None]]:
    """The newest versions, newest first, with who saved each."""
    query = select(FormVersion, Counselor.name).outerjoin(Counselor, Counselor.id == FormVersion.saved_by)
    return [(version, name) for version, name in session.execute(query.order_by(FormVersion.id.desc()).limit(limit))]


def filled_form(session: Session, contact_id: uuid.UUID) -> FilledForm | None:
    """What was filled in for a contact."""
    return session.get(FilledForm, contact_id)


def _month(timezone: str) -> ColumnElement[str]:
    return func.to_char(func.timezone(timezone, Contact.opened_at), "YYYY-MM")


def contacts_by_month(session: Session, since: datetime, until: datetime, timezone: str) -> dict[str, int]:
    """How many contacts began in each month (2026-11, on the clock of the zone) of the period, form or none."""
    month = _month(timezone)
    query = select(month, func.count()).where(Contact.opened_at >= since, Contact.opened_at < until)
    first = literal_column("1", String)
    return {row[0]: row[1] for row in session.execute(query.group_by(first).order_by(first))}


def filled_forms(
    session: Session, since: datetime, until: datetime, timezone: str
) -> Iterator[tuple[list[dict[str, Any]], Any, str]]:
    """Fields, answers and month of every form of contacts that began in the period, the oldest version first."""
    query = (
        select(FormVersion.id, FilledForm.answers, _month(timezone))
        .join(FormVersion, FormVersion.id == FilledForm.version_id)
        .join(Contact, Contact.id == FilledForm.contact_id)
        .where(Contact.opened_at >= since, Contact.opened_at < until)
        .order_by(FormVersion.id, Contact.opened_at)
    )
    versions: dict[int, list[dict[str, Any]]] = {}
    for version_id, answers, month in session.execute(query):
        if version_id not in versions:
            versions[version_id] = session.get_one(FormVersion, version_id).fields
        yield versions[version_id], answers, month
