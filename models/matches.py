"""Matches that were made: what was asked, with which rules and data, and the order that came out."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, String, delete, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.contacts import Contact
from models.crypto import EncryptedJSON
from models.people import Counselor


class MatchRecord(Base):
    """One match. With need, versions and time it can be made again and must give the same `digest` and order."""

    __tablename__ = "match_record"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Contact.id, ondelete="SET NULL"))
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    need: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    outcome: Mapped[str] = mapped_column(String(32))
    radius: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String(64))  # of the rules: matching.toml and the content behind it
    generation: Mapped[int] = mapped_column(Integer)
    live_version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))  # of the inputs: need, rules, and what was known of each place
    listing_order: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    shown: Mapped[int] = mapped_column(Integer)  # how many of the order were put before a person
    __table_args__ = (Index(None, "at"), Index(None, "contact_id"))


class MatchChoice(Base):
    """What somebody picked from a match: the other half of "offered against chosen"."""

    __tablename__ = "match_choice"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey(MatchRecord.id, ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(BigInteger)
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    at: Mapped[datetime]
    __table_args__ = (Index(None, "match_id", "listing_id", unique=True), Index(None, "at"))


def match_record(session: Session, record_id: int) -> MatchRecord | None:
    """One stored match."""
    return session.get(MatchRecord, record_id)


def matches_of(session: Session, contact_id: uuid.UUID) -> Sequence[MatchRecord]:
    """The matches made for a contact, newest first."""
    query = select(MatchRecord).where(MatchRecord.contact_id == contact_id).order_by(MatchRecord.id.desc())
    return session.scalars(query).all()


def take_choice_back(session: Session, contact_id: uuid.UUID, listing_id: int) -> bool:
    """Forget that this place was picked in this contact; False when it was not."""
    lists = select(MatchRecord.id).where(MatchRecord.contact_id == contact_id)
    chosen = MatchChoice.match_id.in_(lists) & (MatchChoice.listing_id == listing_id)
    return bool(session.scalars(delete(MatchChoice).where(chosen).returning(MatchChoice.id)).all())


def contacts_that_chose(session: Session, contact_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these contacts in which somebody picked a place of a list."""
    query = select(MatchRecord.contact_id).join(MatchChoice).where(MatchRecord.contact_id.in_(contact_ids))
    return frozenset(found for found in session.scalars(query.distinct()) if found is not None)


def chosen_of(session: Session, contact_id: uuid.UUID) -> frozenset[int]:
    """The listings that a person picked, of all lists they were shown in this contact."""
    query = select(MatchChoice.listing_id).join(MatchRecord).where(MatchRecord.contact_id == contact_id)
    return frozenset(session.scalars(query))
