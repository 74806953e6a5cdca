"""Which places are held back: those under "do not refer", and those that are perhaps one of them again.

Until an admin tells the two apart, "do not refer" to a place that left a list holds for the one that came in its stead:
nobody comes back by a new name.
"""

from collections.abc import Collection

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Select, select, text, tuple_, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.base import Base
from models.directory import Facility
from models.live_facts import DoNotRefer, Some, Standing, about, stands
from models.versions import next_live_version


class Likeness(Standing, Base):
    """`other_id` is perhaps `facility_id` again, surely once they are joined; it ends when they are told apart."""

    __tablename__ = "facility_likeness"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    facility_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Facility.id))
    other_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Facility.id))
    __table_args__ = (
        Index(
            "uq_facility_likeness_standing", "facility_id", "other_id", unique=True,
            postgresql_where=text("until is null"),
        ),
        Index("ix_facility_likeness_other", "other_id", postgresql_where=text("until is null")),
    )  # fmt: skip


def held_places(session: Session, facilities: Some = None, version: int | None = None) -> set[int]:
    """Places held back, of these or of all, now or at a past live version."""
    return set(session.scalars(_held(facilities, version)))


def held_now() -> Select[tuple[int]]:
    """All that are held back now, to ask for others."""
    return _held(None, None)


def with_their_like(session: Session, facilities: Collection[int]) -> list[int]:
    """These places and those that are held back when one of them is, rising."""
    way = select(Facility.id).where(*about(Facility.id, facilities)).cte("with_their_like", recursive=True)
    way = way.union(select(Likeness.other_id).where(Likeness.facility_id == way.c.id, stands(Likeness, None)))
    return sorted(session.scalars(select(way.c.id)))


def note_alike(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    """From now on the second of each of these is perhaps the first again."""
    if not pairs:
        return
    version = next_live_version(session, next(iter(pairs))[1])
    session.add_all(Likeness(facility_id=one, other_id=other, since=version) for one, other in pairs)


def end_alike(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    """From now on the second of each of these is a place of its own."""
    if not pairs:
        return
    version = next_live_version(session, next(iter(pairs))[1])
    standing = update(Likeness).where(tuple_(Likeness.facility_id, Likeness.other_id).in_(pairs))
    session.execute(standing.where(stands(Likeness, None)).values(until=version))


def _held(facilities: Some, version: int | None) -> Select[tuple[int]]:
    first = select(Likeness.other_id, Likeness.facility_id).where(stands(Likeness, version))
    way = first.where(*about(Likeness.other_id, facilities)).cte("alike", recursive=True)
    earlier = aliased(Likeness)
    further = select(way.c.other_id, earlier.facility_id).where(earlier.other_id == way.c.facility_id)
    way = way.union(further.where(stands(earlier, version)))
    own = select(DoNotRefer.facility_id).where(stands(DoNotRefer, version), *about(DoNotRefer.facility_id, facilities))
    alike = select(way.c.other_id).join(DoNotRefer, DoNotRefer.facility_id == way.c.facility_id)
    held = own.union(alike.where(stands(DoNotRefer, version))).subquery("held")
    return select(held.c.facility_id)
