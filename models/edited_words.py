"""What admins changed of the shipped words and plans: every version that was saved, and how often anything was."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
    plan: Mapped[str] = mapped_column(String(64))
    edit: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    __table_args__ = (Index("ix_plan_edit_plan", "plan", "version"),)


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


def phrase_edits(session: Session, key: str, limit: int = 50) -> Sequence[tuple[PhraseEdit, str | None]]:
    """The newest changes of one phrase, newest first, with who made each."""
    query = select(PhraseEdit, Counselor.name).outerjoin(Counselor, Counselor.id == PhraseEdit.by)
    query = query.where(PhraseEdit.key == key).order_by(PhraseEdit.version.desc()).limit(limit)
    return [(edit, name) for edit, name in session.execute(query)]


def newest_edit(session: Session, key: str) -> PhraseEdit | None:
    """The last change of a phrase."""
    query = select(PhraseEdit).where(PhraseEdit.key == key).order_by(PhraseEdit.version.desc()).limit(1)
    return session.scalar(query)


def edited_plans(session: Session) -> dict[str, tuple[int, dict[str, Any]]]:
    """Version and edit of the plans that are not done as shipped, by the plan's id."""
    query = select(PlanEdit).ext(distinct_on(PlanEdit.plan)).order_by(PlanEdit.plan, PlanEdit.version.desc())
    return {row.plan: (row.version, row.edit) for row in session.scalars(query) if row.edit is not None}


def plan_edits(session: Session, plan_id: str, limit: int = 50) -> Sequence[tuple[PlanEdit, str | None]]:
    """The newest changes of one plan, newest first, with who made each."""
    query = select(PlanEdit, Counselor.name).outerjoin(Counselor, Counselor.id == PlanEdit.by)
    query = query.where(PlanEdit.plan == plan_id).order_by(PlanEdit.version.desc()).limit(limit)
    return [(row, name) for row, name in session.execute(query)]


def newest_plan_edit(session: Session, plan_id: str) -> PlanEdit | None:
    """The last change of a plan."""
    query = select(PlanEdit).where(PlanEdit.plan == plan_id).order_by(PlanEdit.version.desc()).limit(1)
    return session.scalar(query)
