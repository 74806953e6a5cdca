"""Until when the provider's lists were read in full: what lies before is known, what comes after is looked for."""

from datetime import datetime

from sqlalchemy import String, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class LookBack(Base):
    """One list of the provider's ("calls", "texts") and the last moment that is known to be good."""

    __tablename__ = "look_back"
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    good_until: Mapped[datetime]


def good_until(session: Session, name: str) -> datetime | None:
    """The last known good moment; None before the first look."""
    row = session.get(LookBack, name)
    return row.good_until if row is not None else None


def note_good(session: Session, name: str, now: datetime) -> None:
    """All that came before `now` is known."""
    row = insert(LookBack).values(name=name, good_until=now)
    later = func.greatest(LookBack.good_until, row.excluded.good_until)
    session.execute(row.on_conflict_do_update(index_elements=[LookBack.name], set_={"good_until": later}))
