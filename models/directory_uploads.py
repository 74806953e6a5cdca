"""Directory files that admins upload, and imports that they undo by page: how far each is."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id, words_of
from models.directory import DirectoryImport
from models.people import Counselor


class UploadState(StrEnum):
    """How far an upload is. Words that begin with `to_` wait for a worker; the `-ing` ones are under way."""

    TO_LOOK = "to_look"
    LOOKING = "looking"
    LOOKED = "looked"  # the dry run is done: an admin decides
    TO_TAKE = "to_take"
    TAKING = "taking"
    TAKEN = "taken"
    TO_UNDO = "to_undo"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    LEFT = "left"  # nobody took it over


BEGUN = {
    UploadState.TO_LOOK: UploadState.LOOKING,
    UploadState.TO_TAKE: UploadState.TAKING,
    UploadState.TO_UNDO: UploadState.UNDOING,
}
UNDER_WAY = frozenset(BEGUN.values())


class DirectoryUpload(Base):
    """One file, or one wish to undo an import. `said_at`: when its worker was heard of last.

    `wish`: what the admin chose, and the file's name as it came. `problem` is a word for what stopped it; `error` the
    importer's own sentences as codes with values (routing.sentence; before 0044 in English).
    """

    __tablename__ = "directory_upload"
    id: Mapped[Id]
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    extension: Mapped[str] = mapped_column(String(8))
    wish: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[UploadState] = mapped_column(words_of(UploadState))
    said_at: Mapped[datetime]
    rows_read: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    problem: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    import_id: Mapped[int | None] = mapped_column(ForeignKey(DirectoryImport.id))  # that it became, or undid
    __table_args__ = (Index(None, "at"),)


def upload(session: Session, upload_id: uuid.UUID) -> DirectoryUpload | None:
    """One upload."""
    return session.get(DirectoryUpload, upload_id)


def lock_upload(session: Session, upload_id: uuid.UUID) -> DirectoryUpload | None:
    """One upload, locked."""
    return session.get(DirectoryUpload, upload_id, with_for_update=True, populate_existing=True)


def note_rows(session: Session, upload_id: uuid.UUID, rows: int) -> None:
    """So many rows are read by now."""
    said = {"rows_read": rows, "said_at": func.clock_timestamp()}
    session.execute(update(DirectoryUpload).where(DirectoryUpload.id == upload_id).values(said))


def note_taken(session: Session, upload_id: uuid.UUID, import_id: int) -> None:
    """This upload became this import; in the import's own transaction, so that both are true or neither."""
    values = {"state": UploadState.TAKEN, "import_id": import_id}
    session.execute(update(DirectoryUpload).where(DirectoryUpload.id == upload_id).values(values))


def uploads_in(session: Session, states: Collection[UploadState], limit: int = 20) -> Sequence[DirectoryUpload]:
    """The newest uploads in these states."""
    query = select(DirectoryUpload).where(DirectoryUpload.state.in_(states))
    return session.scalars(query.order_by(DirectoryUpload.at.desc()).limit(limit)).all()


def lock_quiet_uploads(
    session: Session, states: Collection[UploadState], before: datetime
) -> Sequence[DirectoryUpload]:
    """Uploads in these states of which nothing was heard since `before`, locked; those that somebody has are left."""
    query = select(DirectoryUpload).where(DirectoryUpload.state.in_(states), DirectoryUpload.said_at < before)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def imports_with_names(session: Session, limit: int) -> Sequence[tuple[DirectoryImport, str | None]]:
    """The newest imports, and who made each; None: a command, or somebody who is gone."""
    query = select(DirectoryImport, Counselor.name).outerjoin(Counselor, Counselor.id == DirectoryImport.actor_id)
    rows = session.execute(query.order_by(DirectoryImport.id.desc()).limit(limit))
    return [(row, name) for row, name in rows]
