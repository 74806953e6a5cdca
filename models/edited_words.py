"""What admins changed of the shipped words and plans: every version that was saved, and how often anything was."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.people import Counselor


class WordsState(Base):
    """One row: how often phrases or plans were changed. Each process compares it with what it holds."""

    __tablename__ = "words_state"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class PhraseEdit(Base):
    """The words of one phrase from this version on; without words: the shipped ones again. Never changed."""

    __tablename__ = "phrase_edit"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64))
    en: Mapped[str | None] = mapped_column(Text)
    es: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    __table_args__ = (Index("ix_phrase_edit_key", "key", "version"),)


class PlanEdit(Base):
    """How a follow-up plan is done from this version on; without an edit: as shipped. Never changed."""

    __tablename__ = "plan_edit"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column("plan", String(64))
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    __table_args__ = (Index("ix_plan_edit_plan", "plan", "version"),)


Edit = TypeVar("Edit", PhraseEdit, PlanEdit)


def words_version(session: Session) -> int:
    """What is committed now."""
    return session.scalar(select(WordsState.version)) or 0


def next_words_version(session: Session) -> int:
    """Count one change; other such changes wait until this transaction ends: none is seen before an older one."""
    counted = text("UPDATE words_state SET version = version + 1 RETURNING version")
    return int(session.execute(counted).scalar_one())


def edited_phrases(session: Session) -> dict[str, dict[str, str]]:
    """The words that hold instead of the shipped ones, by key and language."""
    query = select(PhraseEdit).ext(distinct_on(PhraseEdit.key)).order_by(PhraseEdit.key, PhraseEdit.version.desc())
    return {
        edit.key: {"en": edit.en, "es": edit.es}
        for edit in session.scalars(query)
        if edit.en is not None and edit.es is not None
    }


def edited_plans(session: Session) -> dict[str, tuple[int, dict[str, Any]]]:
    """Version and edit of the plans that are not done as shipped, by the plan's id."""
    query = select(PlanEdit).ext(distinct_on(PlanEdit.key)).order_by(PlanEdit.key, PlanEdit.version.desc())
    return {row.key: (row.version, row.edit) for row in session.scalars(query) if row.edit is not None}


def edits_of(session: Session, kind: type[Edit], key: str, limit: int = 50) -> Sequence[tuple[Edit, str | None]]:
    """The newest changes of one phrase or plan, newest first, with who made each."""
    query = select(kind, Counselor.name).outerjoin(Counselor, Counselor.id == kind.by)
    query = query.where(kind.key == key).order_by(kind.version.desc()).limit(limit)
    return [(edit, name) for edit, name in session.execute(query)]


def newest_edit(session: Session, kind: type[Edit], key: str) -> Edit | None:
    """The last change of a phrase or plan."""
    return session.scalar(select(kind).where(kind.key == key).order_by(kind.version.desc()).limit(1))
