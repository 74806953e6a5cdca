"""What of the directory outsiders may read: listings of care whose places are not held back, and their live beds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from models.directory import LICENCE, Facility, Listing, holding
from models.held_places import held_now, held_places
from models.live_facts import BedReport


def _open() -> ColumnElement[bool]:
    """A listing of care at a place that nobody holds back; which places are held back is never told."""
    return (Listing.kind != LICENCE) & Listing.facility_id.not_in(held_now())


def published_facilities(session: Session, after: int, limit: int) -> Sequence[int]:
    """The next facilities that have something to publish, by id."""
    query = select(Listing.facility_id).where(_open(), Listing.facility_id > after).distinct()
    return session.scalars(query.order_by(Listing.facility_id).limit(limit)).all()


def published_listings(session: Session, facility_ids: Sequence[int]) -> Sequence[Listing]:
    """What these facilities have to publish, each with its facility and import, in an order that stays."""
    query = select(Listing).options(joinedload(Listing.seen), joinedload(Listing.facility))
    chosen = query.where(_open(), Listing.facility_id.in_(facility_ids))
    ordered = chosen.order_by(Listing.facility_id, Listing.publisher, Listing.kind, Listing.position)
    return session.scalars(ordered).all()


def page_of_facilities(session: Session, words: str, *, limit: int, offset: int) -> tuple[Sequence[int], int]:
    """Facilities one of whose published listings holds all `words`, by id, and how many there are."""
    return _page(session, holding(select(Listing.facility_id).where(_open()), words).distinct(), limit, offset)


def page_of_listings(
    session: Session, words: str, public_id: str | None, *, limit: int, offset: int
) -> tuple[Sequence[int], int]:
    """Published listings that hold all `words`, at one place if its public id is given, by id, and how many."""
    query = holding(select(Listing.id).where(_open()), words)
    if public_id is not None:
        query = query.join(Listing.facility).where(Facility.public_id == public_id)
    return _page(session, query, limit, offset)


def facilities_of(session: Session, listing_ids: Sequence[int]) -> Sequence[int]:
    """Where these listings belong."""
    return session.scalars(select(Listing.facility_id).where(Listing.id.in_(listing_ids)).distinct()).all()


def facility_by_public_id(session: Session, public_id: str) -> int | None:
    """The facility whose ids begin so."""
    return session.scalar(select(Facility.id).where(Facility.public_id == public_id))


def held_back_count(session: Session) -> int:
    """How many facilities are held back."""
    return len(held_places(session))


def beds_since(session: Session, facility_ids: Sequence[int], since: datetime) -> Sequence[BedReport]:
    """The newest bed report of each level at these facilities, unless it is older than `since`."""
    query = select(BedReport).where(BedReport.facility_id.in_(facility_ids), BedReport.until.is_(None))
    return session.scalars(query.where(BedReport.at >= since).order_by(BedReport.facility_id, BedReport.level)).all()


def _page(session: Session, query: Select[Any], limit: int, offset: int) -> tuple[Sequence[int], int]:
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(query.selected_columns[0]).limit(limit).offset(offset)
    return session.scalars(ordered).all(), total
