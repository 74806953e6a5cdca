"""Sign-ins: who is at the console, until when, and how often a password was wrong."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Id
from models.people import Counselor


class SignIn(Base):
    """One session of one person in one browser. The cookie carries only its id, signed."""

    __tablename__ = "sign_in"
    id: Mapped[Id]
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"))
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]  # password or passkey last given: a step-up counts from here
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())  # last sign of the person, to a minute
    ended_at: Mapped[datetime | None]  # a little ahead when another id took this one's place
    passed_by: Mapped[str | None] = mapped_column(String(16))  # password, code, passkey, ...; None: half-way in
    counselor: Mapped[Counselor] = relationship()
    __table_args__ = (Index(None, "counselor_id"),)


class SignInTries(Base):
    """Wrong passwords in a row for one person; the next try is heard from `wait_until` on.

    A browser in which they were signed in before has a row of its own, by the hash of its cookie; all others share one.
    """

    __tablename__ = "sign_in_tries"
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counselor.id", ondelete="CASCADE"), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64), primary_key=True, default="", server_default="")
    used_at: Mapped[datetime | None]  # of a browser's own row: when the person last signed in there
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    wait_until: Mapped[datetime | None]


def live_sign_in(session: Session, sign_in_id: uuid.UUID, now: datetime, *, half: bool = False) -> SignIn | None:
    """The sign-in with its person, while it holds and the person is active; `half`: one that waits for its code."""
    query = (
        select(SignIn)
        .join(SignIn.counselor)
        .options(joinedload(SignIn.counselor))
        .where(SignIn.id == sign_in_id, _open(now), SignIn.expires_at > now, Counselor.active)
        .where(SignIn.passed_by.is_(None) if half else SignIn.passed_by.is_not(None))
    )
    return session.scalar(query)


def end_sign_ins(session: Session, counselor_id: uuid.UUID, now: datetime) -> None:
    """End every open sign-in of a person, as after a new password."""
    mine = SignIn.counselor_id == counselor_id
    session.execute(update(SignIn).where(mine, _open(now)).values(ended_at=now))


def end_other_sign_ins(session: Session, kept: SignIn, now: datetime) -> None:
    """End every open sign-in of a person but this one."""
    others = (SignIn.counselor_id == kept.counselor_id) & (SignIn.id != kept.id)
    session.execute(update(SignIn).where(others, _open(now)).values(ended_at=now))


def end_replaced(session: Session, counselor_id: uuid.UUID, now: datetime) -> None:
    """End at once what was only to run out, when its person signs out."""
    mine = SignIn.counselor_id == counselor_id
    session.execute(update(SignIn).where(mine, SignIn.ended_at > now).values(ended_at=now))


def open_sign_ins(session: Session, now: datetime) -> dict[uuid.UUID, int]:
    """How many sessions each person has open."""
    live = (_open(now), SignIn.expires_at > now, SignIn.passed_by.is_not(None))
    query = select(SignIn.counselor_id, func.count()).where(*live).group_by(SignIn.counselor_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _open(now: datetime) -> ColumnElement[bool]:
    return or_(SignIn.ended_at.is_(None), SignIn.ended_at > now)


def lock_tries(session: Session, counselor_id: uuid.UUID, browser: str) -> SignInTries:
    """The count of wrong passwords of a browser the person knows, or the one of all others; locked."""
    lock = {"key_share": True}
    own = session.get(SignInTries, (counselor_id, browser), with_for_update=lock)
    tries = own or session.get(SignInTries, (counselor_id, ""), with_for_update=lock)
    return tries or _begin(session, counselor_id, "")


def keep_browser(session: Session, counselor_id: uuid.UUID, browser: str, now: datetime, lasts: timedelta) -> None:
    """The person signed in there: from now on it has a count of its own. Those not used for so long are forgotten."""
    mine = SignInTries.counselor_id == counselor_id
    session.execute(delete(SignInTries).where(mine, SignInTries.used_at < now - lasts))
    own = session.get(SignInTries, (counselor_id, browser)) or _begin(session, counselor_id, browser)
    own.wrong, own.wait_until, own.used_at = 0, None, now


def _begin(session: Session, counselor_id: uuid.UUID, browser: str) -> SignInTries:
    tries = SignInTries(counselor_id=counselor_id, browser=browser, wrong=0)
    session.add(tries)
    session.flush()
    return tries
