"""Setting the line up: settings that the environment leaves to the database, whether it is live, test calls."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, SmallInteger, String, exists, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id, words_of
from models.crypto import EncryptedText, unreadable_shown
from models.directory import Listing
from models.people import Counselor
from routing.vocabulary import LegStatus, Role


class SettingEdit(Base):
    """The value of one setting from this version on; without one: as the environment or the default has it."""

    __tablename__ = "setting_edit"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # models.edited_words counts
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(EncryptedText)  # on-call numbers are people's own
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    __table_args__ = (Index("ix_setting_edit_name", "name", "version"),)


class LineState(Base):
    """One row: whether counselors are rung. None: nobody has said so yet."""

    __tablename__ = "line_state"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    live: Mapped[bool | None] = mapped_column(Boolean)
    at: Mapped[datetime | None]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))


class TestCall(Base):
    """A call to an admin's own phone, to see that calls go through; `pressed_at`: they heard us and we them."""

    __tablename__ = "test_call"
    __test__ = False  # no test of pytest's
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(EncryptedText)
    status: Mapped[LegStatus] = mapped_column(words_of(LegStatus))
    sid: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    pressed_at: Mapped[datetime | None]
    error: Mapped[int | None] = mapped_column(Integer)  # the provider's code for a refusal
    __table_args__ = (Index(None, "at"),)


def settings_held(session: Session) -> Sequence[tuple[SettingEdit, str | None]]:
    """The newest word about each setting, with who said it; words in place of what cannot be read."""
    query = select(SettingEdit, Counselor.name).outerjoin(Counselor, Counselor.id == SettingEdit.by)
    query = query.ext(distinct_on(SettingEdit.name)).order_by(SettingEdit.name, SettingEdit.version.desc())
    with unreadable_shown():
        return [(edit, name) for edit, name in session.execute(query)]


def line_state(session: Session, *, lock: bool = False) -> tuple[LineState, str | None]:
    """The one row, and who wrote it last; words in place of a name that cannot be read."""
    query = select(LineState).with_for_update() if lock else select(LineState)
    state = session.scalars(query).one()
    with unreadable_shown():
        return state, session.scalar(select(Counselor.name).where(Counselor.id == state.by))


def lock_test_call(session: Session, call_id: uuid.UUID) -> TestCall | None:
    """One test call, locked."""
    return session.get(TestCall, call_id, with_for_update=True, populate_existing=True)


def last_test_call(session: Session) -> TestCall | None:
    """The newest test call."""
    return session.scalar(select(TestCall).order_by(TestCall.at.desc()).limit(1))


def somebody_pressed(session: Session) -> bool:
    """Whether a test call ever went through."""
    return bool(session.scalar(select(exists().where(TestCall.pressed_at.is_not(None)))))


def people_who_can_be_rung(session: Session) -> int:
    """Active counselors and supervisors with a phone."""
    query = select(func.count()).select_from(Counselor).where(Counselor.active, Counselor.phone.is_not(None))
    return session.scalar(query.where(Counselor.role.in_([Role.COUNSELOR, Role.SUPERVISOR]))) or 0


def places_listed(session: Session) -> int:
    """Listings of the directory."""
    return session.scalar(select(func.count()).select_from(Listing)) or 0
