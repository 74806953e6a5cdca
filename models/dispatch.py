"""Ten-digit numbers of local emergency dispatch, which 911 dialled by us would not reach."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id


class DispatchCentre(Base):
    """One dispatch centre. An empty county answers for the whole state."""

    __tablename__ = "dispatch_centre"
    id: Mapped[Id]
    state: Mapped[str] = mapped_column(String(2), index=True)
    county: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(20))  # E.164
    updated_at: Mapped[datetime]


def dispatch_centres(session: Session) -> Sequence[DispatchCentre]:
    """All of them, by state, county and name."""
    by_place = (DispatchCentre.state, DispatchCentre.county, DispatchCentre.name)
    return session.scalars(select(DispatchCentre).order_by(*by_place)).all()


def dispatch_near(session: Session, state: str, county: str) -> Sequence[DispatchCentre]:
    """Those of a county, then those of its whole state."""
    query = (
        select(DispatchCentre)
        .where(DispatchCentre.state == state, or_(DispatchCentre.county == county, DispatchCentre.county == ""))
        .order_by(DispatchCentre.county.desc(), DispatchCentre.name)
    )
    return session.scalars(query).all()
