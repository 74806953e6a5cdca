"""How often the directory and what people say of it have changed: a match names both numbers, and replays need them.

They are counted apart, because an import holds the first from its first write until it commits, and a correction must
not wait for that.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Integer, SmallInteger, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class DirectoryState(Base):
    """One row: how often imports have changed the directory."""

    __tablename__ = "directory_state"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    generation: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class LiveState(Base):
    """One row: how often beds, reports, fixes or holds have changed."""

    __tablename__ = "live_state"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class LiveChange(Base):
    """Which facility a live version is about, so that a process reads again only what has changed."""

    __tablename__ = "live_change"
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    facility_id: Mapped[int] = mapped_column(BigInteger)


class Versions(NamedTuple):
    """A state of the directory and of what people say of it."""

    generation: int
    live: int


def directory_versions(session: Session) -> Versions:
    """What is committed now."""
    live = select(LiveState.version).scalar_subquery()
    return Versions(*session.execute(select(DirectoryState.generation, live)).one())


def next_generation(session: Session) -> int:
    """Count one change of the directory; other imports wait until this transaction ends."""
    counted = text("UPDATE directory_state SET generation = generation + 1 RETURNING generation")
    return int(session.execute(counted).scalar_one())


def next_live_version(session: Session, facility_id: int) -> int:
    """Count one change of what is said of this facility; other such writers wait until this transaction ends."""
    counted = text(
        "WITH counted AS (UPDATE live_state SET version = version + 1 RETURNING version)"
        " INSERT INTO live_change (version, facility_id) SELECT version, :facility_id FROM counted RETURNING version"
    )
    return int(session.execute(counted, {"facility_id": facility_id}).scalar_one())


def facilities_changed(session: Session, after: int, until: int) -> Sequence[int] | None:
    """The facilities of the live versions above `after` up to `until`, rising; None when not all of these are known."""
    span = select(LiveChange.facility_id).where(LiveChange.version > after, LiveChange.version <= until)
    found = session.scalars(span).all()
    return sorted(set(found)) if len(found) == until - after else None
