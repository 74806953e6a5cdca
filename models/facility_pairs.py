"""Two facilities that are perhaps one place: opened by an import, decided by an admin, taken back if that was wrong."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    delete,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column

from models.base import Base
from models.directory import DirectoryImport, Facility, Listing
from models.held_places import end_alike, held_now, note_alike
from models.people import Counselor

SAME, TWO = "same", "two"


class FacilityPair(Base):
    """`facility_id` was there, `other_id` came: perhaps the same place. `verdict` None: nobody has decided yet.

    Joined, the listings of the other stand at the first. `joined` is the generation in which that was done (the first
    time), `parted` the one in which it was taken back (the last time), `moved` what moved.
    """

    __tablename__ = "facility_pair"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    facility_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Facility.id))
    other_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Facility.id))
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(DirectoryImport.id))  # opened it
    opened_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(8))  # SAME, TWO
    reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    joined: Mapped[int | None] = mapped_column(Integer)
    parted: Mapped[int | None] = mapped_column(Integer)
    moved: Mapped[dict[str, Any] | None]
    __table_args__ = (
        Index("uq_facility_pair_places", "facility_id", "other_id", unique=True),
        Index(None, "other_id"),
        Index(None, "import_id"),
    )


# Whose lines by now have a facility; pairs that somebody decided are not asked again. In the order of the file, which
# is the order in which they are asked about
_OPEN = """
INSERT INTO facility_pair (facility_id, other_id, import_id, opened_at)
SELECT n.facility_id, p.facility_id, CAST(:import_id AS bigint), CAST(:now AS timestamptz)
FROM unnest(CAST(:facilities AS bigint[]), CAST(:lines AS integer[])) AS n (facility_id, line)
JOIN planned p ON p.line = n.line WHERE p.facility_id <> n.facility_id
GROUP BY n.facility_id, p.facility_id ORDER BY min(n.line), n.facility_id
ON CONFLICT DO NOTHING RETURNING facility_id, other_id
"""
_KEPT_AS = """
WITH RECURSIVE way (id) AS (
  SELECT CAST(:facility AS bigint) UNION
  SELECT p.facility_id FROM facility_pair p JOIN way ON way.id = p.other_id WHERE p.verdict = 'same'
) SELECT id FROM way WHERE NOT EXISTS (SELECT 1 FROM facility_pair p WHERE p.other_id = way.id AND p.verdict = 'same')
"""
_TOGETHER = """
WITH RECURSIVE way (id) AS (
  SELECT CAST(:facility AS bigint) UNION
  SELECT p.other_id FROM facility_pair p JOIN way ON way.id = p.facility_id WHERE p.verdict = 'same'
) SELECT id FROM way
"""


def open_facility_pairs(session: Session, pairs: Sequence[tuple[int, int]], import_id: int, now: datetime) -> None:
    """Ask about (facility, line of the staged file) once the lines are in the directory.

    Live changes wait from here until this transaction ends.
    """
    values = {"facilities": [facility for facility, _ in pairs], "lines": [line for _, line in pairs]}
    opened = session.execute(text(_OPEN), {**values, "import_id": import_id, "now": now})
    note_alike(session, [(row.facility_id, row.other_id) for row in opened])


def close_facility_pairs(session: Session, import_id: int) -> None:
    """Ask no more about pairs that this import opened, which is taken back."""
    undecided = delete(FacilityPair).where(FacilityPair.import_id == import_id, FacilityPair.verdict.is_(None))
    closed = session.execute(undecided.returning(FacilityPair.facility_id, FacilityPair.other_id))
    end_alike(session, [(row.facility_id, row.other_id) for row in closed])


def undecided_pairs(session: Session, *, limit: int, offset: int) -> tuple[Sequence[FacilityPair], int]:
    """Open pairs and how many there are: those that hold a place back first, then the newest import's.

    A pair whose newer place left every list meanwhile needs no word.
    """
    held = FacilityPair.facility_id.in_(held_now())
    total = session.scalar(select(func.count()).select_from(FacilityPair).where(_undecided())) or 0
    query = select(FacilityPair).where(_undecided())
    ordered = query.order_by(held.desc(), FacilityPair.import_id.desc(), FacilityPair.id)
    return session.scalars(ordered.limit(limit).offset(offset)).all(), total


def undecided_about(session: Session, facility_id: int) -> Sequence[FacilityPair]:
    """Open pairs in which this is the place that came."""
    query = select(FacilityPair).where(FacilityPair.other_id == facility_id, FacilityPair.verdict.is_(None))
    return session.scalars(query.order_by(FacilityPair.id)).all()


def decided_pairs(session: Session, limit: int) -> Sequence[FacilityPair]:
    """What was decided last, newest first."""
    query = select(FacilityPair).where(FacilityPair.verdict.is_not(None))
    return session.scalars(query.order_by(FacilityPair.decided_at.desc(), FacilityPair.id.desc()).limit(limit)).all()


def locked_pair(session: Session, pair_id: int) -> FacilityPair | None:
    """One pair, locked until this transaction ends."""
    query = select(FacilityPair).where(FacilityPair.id == pair_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def pairs_about(session: Session, facility_ids: Collection[int]) -> Sequence[FacilityPair]:
    """Decided pairs that one of these facilities is part of."""
    either = or_(FacilityPair.facility_id.in_(facility_ids), FacilityPair.other_id.in_(facility_ids))
    return session.scalars(select(FacilityPair).where(either, FacilityPair.verdict.is_not(None))).all()


def listed_now(session: Session, facility_ids: Collection[int]) -> Sequence[Listing]:
    """What lists say of these facilities now, licences too, the newest edition first."""
    query = select(Listing).options(joinedload(Listing.seen)).join(Listing.seen)
    chosen = query.where(Listing.facility_id.in_(facility_ids))
    return session.scalars(chosen.order_by(DirectoryImport.as_of.desc(), Listing.id)).all()


def places_by_operator(session: Session, operators: Collection[int]) -> dict[int, int]:
    """How many listed places answer each of these numbers (ten digits)."""
    query = select(Listing.operator, func.count(Listing.facility_id.distinct())).group_by(Listing.operator)
    asked = query.where(Listing.operator.in_(operators), Listing.operator > 0)
    return {row[0]: row[1] for row in session.execute(asked)}


def is_joined(session: Session, facility_id: int) -> bool:
    """Whether this facility was found to be another one."""
    found = select(FacilityPair.id).where(FacilityPair.other_id == facility_id, FacilityPair.verdict == SAME)
    return session.scalar(found.limit(1)) is not None


def kept_as(session: Session, facility_id: int) -> int:
    """The facility that this one is kept as; itself unless somebody joined it to another."""
    return int(session.execute(text(_KEPT_AS), {"facility": facility_id}).scalar_one())


def together(session: Session, facility_id: int) -> list[int]:
    """This facility and all that were joined to it."""
    return [int(row.id) for row in session.execute(text(_TOGETHER), {"facility": facility_id})]


def joins_in_the_way(session: Session, generation: int) -> bool:
    """Whether an undo of the import that made `generation` would tear a joined place apart.

    A join after it stands, or one that was there at the time has been taken back since.
    """
    stands = (FacilityPair.joined > generation) & (FacilityPair.verdict == SAME)
    torn = (FacilityPair.joined < generation) & (FacilityPair.parted > generation)
    return session.scalar(select(FacilityPair.id).where(or_(stands, torn)).limit(1)) is not None


def _undecided() -> ColumnElement[bool]:
    here = aliased(Listing)
    return FacilityPair.verdict.is_(None) & exists().where(here.facility_id == FacilityPair.other_id)
