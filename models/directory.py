"""The directory: facilities, the listings that sources publish about them, imports, refused rows and ZIP codes."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Computed,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    SmallInteger,
    String,
    Text,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base
from models.locks import Turn, try_turn
from models.patience import allow
from models.people import Counselor

LICENCE = "LIC"  # kind of listings that say that a place is licensed, not what it offers
# 24 hexadecimal digits from the key, in the shape of a UUID of version 8 (RFC 9562): the same in every installation
_PUBLIC_ID = "overlay(overlay(left(md5('harborline ' || key), 24) placing '8' from 13) placing '8' from 17)"


class Facility(Base):
    """One place under one roof, known again by its key (MATCHING.md R11). What is known of it are its listings."""

    __tablename__ = "facility"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    public_id: Mapped[str] = mapped_column(
        String(24), Computed(_PUBLIC_ID, persisted=True), unique=True
    )  # its HSDS ids begin so
    listings: Mapped[list["Listing"]] = relationship(back_populates="facility", order_by="Listing.id")


class Listing(Base):
    """What one source says about a facility: a row of its newest edition. `since` is a generation of the directory."""

    __tablename__ = "listing"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    publisher: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))  # SU, MH, OTP, ...: the part of the publisher's list
    position: Mapped[int] = mapped_column(SmallInteger)  # among rows with the same key, publisher and kind
    name1: Mapped[str] = mapped_column(Text)
    name2: Mapped[str] = mapped_column(Text)
    street1: Mapped[str] = mapped_column(Text)
    street2: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(2))
    zip5: Mapped[str] = mapped_column(String(5))
    phone: Mapped[str] = mapped_column(Text)
    operator: Mapped[int] = mapped_column(BigInteger)  # ten digits of `phone`, 0 without one
    intake: Mapped[list[str]] = mapped_column(JSONB)  # further numbers for admission
    website: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)  # of the street, when the source knows it
    longitude: Mapped[float | None] = mapped_column(Float)
    codes: Mapped[str] = mapped_column(Text)  # service codes, blanks between
    word: Mapped[int] = mapped_column(BigInteger)  # the codes the match asks about, as bits (routing.codes)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))  # what only some sources tell
    digest: Mapped[str] = mapped_column(String(32))  # of everything above
    import_id: Mapped[int] = mapped_column(ForeignKey("directory_import.id"))  # brought this content
    seen_import_id: Mapped[int] = mapped_column(ForeignKey("directory_import.id"))  # newest that still has it
    seen_before: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default=text("'{}'")
    )  # imports that had it as it is now before the newest did, for an undo
    since: Mapped[int] = mapped_column(Integer)
    facility: Mapped[Facility] = relationship(back_populates="listings")
    seen: Mapped["DirectoryImport"] = relationship(foreign_keys=[seen_import_id], viewonly=True)
    __table_args__ = (
        Index("uq_listing_place", "facility_id", "publisher", "kind", "position", unique=True),
        Index(None, "state", "city"),
        Index("ix_listing_licence", "zip5", postgresql_where=text("kind = 'LIC'")),
        Index(None, "import_id"),
    )


class ListingHistory(Base):
    """A listing as it was from generation `since` until `until`, when `import_id` replaced or retired it.

    None: an admin joined two places, or took that back.
    """

    __tablename__ = "listing_history"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    listing_id: Mapped[int] = mapped_column(BigInteger)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    image: Mapped[dict[str, Any]] = mapped_column(JSONB)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int] = mapped_column(Integer)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("directory_import.id"))
    __table_args__ = (Index(None, "facility_id"), Index(None, "import_id"), Index(None, "until"))


class DirectoryImport(Base):
    """One file that was taken in: what it was, what part of the directory it speaks for, what it changed."""

    __tablename__ = "directory_import"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    format: Mapped[str] = mapped_column(String(32))
    publisher: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(Text)  # as shown to people
    edition: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date] = mapped_column(Date)
    scope: Mapped[str] = mapped_column(String(16))  # national, state:MA, list
    file_name: Mapped[str] = mapped_column(Text)
    file_digest: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    generation: Mapped[int | None] = mapped_column(Integer)  # that it made; None: it changed nothing
    undone_at: Mapped[datetime | None]


class RefusedRow(Base):
    """A row that an import could not take, and why, for an admin to look at."""

    __tablename__ = "refused_row"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("directory_import.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[Any]] = mapped_column(JSONB)  # {"code", values}; older rows: sentences
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    __table_args__ = (Index(None, "import_id"),)


class ZipCode(Base):
    """A ZIP code: centroid in degrees (0,0 when the post office has none), town, state, county, time zone."""

    __tablename__ = "zip_code"
    zip5: Mapped[str] = mapped_column(String(5), primary_key=True)
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    city: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(2))
    county: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))  # STANDARD, PO BOX, UNIQUE, MILITARY
    active: Mapped[bool] = mapped_column(Boolean)


def take_directory(session: Session) -> bool:
    """Reserve the directory for one import or export until this transaction ends; False while another one runs.

    It may take its time, and think between two statements, whatever the process allows its other transactions.
    """
    allow(session, 0)
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    return try_turn(session, Turn.DIRECTORY)


def listings_by_id(session: Session, ids: Sequence[int]) -> dict[int, Listing]:
    """These listings with the import that vouches for them, by id; ids that are gone are left out."""
    query = select(Listing).options(joinedload(Listing.seen)).where(Listing.id.in_(ids))
    return {listing.id: listing for listing in session.scalars(query)}


def listings_of(session: Session, facility_ids: Collection[int]) -> Sequence[Listing]:
    """What sources say of these facilities now, licences left out, the newest edition first."""
    query = select(Listing).options(joinedload(Listing.seen)).join(Listing.seen)
    chosen = query.where(Listing.facility_id.in_(facility_ids), Listing.kind != LICENCE)
    return session.scalars(chosen.order_by(DirectoryImport.as_of.desc(), Listing.id)).all()


def listed_among(session: Session, facility_ids: Collection[int]) -> set[int]:
    """Those of these facilities that a list still has, licences left out."""
    query = select(Listing.facility_id).where(Listing.facility_id.in_(facility_ids), Listing.kind != LICENCE)
    return set(session.scalars(query.distinct()))


def licences_in(session: Session, zip_codes: Collection[str]) -> Sequence[Listing]:
    """The licences of places in these ZIP codes."""
    query = select(Listing).options(joinedload(Listing.seen))
    chosen = query.where(Listing.kind == LICENCE, Listing.zip5.in_(zip_codes)).order_by(Listing.id)
    return session.scalars(chosen).all()


def search_listings(
    session: Session, words: str, state: str | None, *, limit: int, offset: int
) -> tuple[Sequence[Listing], int]:
    """Listings whose name, street, town or ZIP hold all `words`, by state and name, and how many there are."""
    query = select(Listing).options(joinedload(Listing.seen)).where(Listing.kind != LICENCE)
    query = holding(query, words)
    if state:
        query = query.where(Listing.state == state.upper())
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Listing.state, Listing.city, Listing.name1, Listing.id).limit(limit).offset(offset)
    return session.scalars(ordered).all(), total


def listed_by_state(session: Session) -> dict[str, int]:
    """How many listings there are to search, by state."""
    query = select(Listing.state, func.count()).where(Listing.kind != LICENCE).group_by(Listing.state)
    return {state: int(count) for state, count in session.execute(query)}


def holding(query: Select[Any], words: str) -> Select[Any]:
    """The query narrowed to listings whose name, street, town or ZIP hold all `words`."""
    haystack = func.concat_ws(" ", Listing.name1, Listing.name2, Listing.street1, Listing.city, Listing.zip5)
    for word in words.split():
        query = query.where(haystack.icontains(word, autoescape=True))
    return query


def zip_code_count(session: Session) -> int:
    """How many ZIP codes are loaded."""
    return session.scalar(select(func.count()).select_from(ZipCode)) or 0


def zip_code(session: Session, zip5: str) -> ZipCode | None:
    """One ZIP code."""
    return session.get(ZipCode, zip5)


def state_exists(session: Session, state: str) -> bool:
    """Whether any ZIP code lies in this state or territory."""
    return session.scalar(select(ZipCode.zip5).where(ZipCode.state == state).limit(1)) is not None


def recent_imports(session: Session, *, limit: int = 20) -> Sequence[DirectoryImport]:
    """The newest imports."""
    return session.scalars(select(DirectoryImport).order_by(DirectoryImport.id.desc()).limit(limit)).all()


def last_import(session: Session, publisher: str, scope: str) -> DirectoryImport | None:
    """The newest import of this publisher and scope that was not undone."""
    query = select(DirectoryImport).where(DirectoryImport.publisher == publisher, DirectoryImport.scope == scope)
    return session.scalar(query.where(DirectoryImport.undone_at.is_(None)).order_by(DirectoryImport.id.desc()).limit(1))


def last_change(session: Session) -> DirectoryImport | None:
    """The newest import that changed something and was not undone."""
    query = select(DirectoryImport).where(DirectoryImport.generation.is_not(None), DirectoryImport.undone_at.is_(None))
    return session.scalar(query.order_by(DirectoryImport.id.desc()).limit(1))


def counties_of(session: Session, state: str) -> Sequence[str]:
    """Counties of a state (two letters) as `Suffolk County, MA`, in order of the alphabet."""
    query = (
        select(ZipCode.county).where(ZipCode.state == state, ZipCode.county != "").distinct().order_by(ZipCode.county)
    )
    return [f"{county}, {state}" for county in session.scalars(query)]


def zip_codes_of_town(session: Session, city: str, state: str | None, limit: int = 200) -> Sequence[ZipCode]:
    """Ordinary ZIP codes of a town, in order, in one state or in all; its name in any case."""
    query = (
        select(ZipCode)
        .where(func.lower(ZipCode.city) == city.lower(), ZipCode.active, ZipCode.kind == "STANDARD")
        .order_by(ZipCode.zip5)
        .limit(limit)
    )
    return session.scalars(query if state is None else query.where(ZipCode.state == state)).all()
