"""The second factor of people who sign in, their recovery codes, and links by which a password is set once."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, delete, func, select, union, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Id
from models.crypto import EncryptedText, lookup_hash
from models.passkeys import Passkey, forget_passkeys, passkeys_of
from models.people import Counselor


class SecondFactor(Base):
    """The app on somebody's phone that shows a code every half minute (RFC 6238)."""

    __tablename__ = "second_factor"
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Counselor.id, ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str | None] = mapped_column(EncryptedText)  # None: never confirmed, so nothing is asked for
    new_secret: Mapped[str | None] = mapped_column(EncryptedText)  # shown, and not confirmed by a code yet
    set_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last code taken: none of it or before again


class RecoveryCode(Base):
    """One way in without the phone, once. Only its keyed hash is kept."""

    __tablename__ = "recovery_code"
    id: Mapped[Id]
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Counselor.id, ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "counselor_id"),)


class PasswordLink(Base):
    """A link by which somebody sets their own password, once and for some days. Only its keyed hash is kept."""

    __tablename__ = "password_link"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Counselor.id, ondelete="CASCADE"))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    __table_args__ = (Index(None, "counselor_id"),)


def lock_factor(session: Session, counselor_id: uuid.UUID) -> SecondFactor | None:
    """Somebody's second factor, locked, so that one code lets in once."""
    return session.get(SecondFactor, counselor_id, with_for_update={"key_share": True}, populate_existing=True)


def has_factor(session: Session, counselor_id: uuid.UUID) -> bool:
    """Whether more than the password is asked for when this person signs in: a code, or a passkey."""
    return has_app(session, counselor_id) or bool(passkeys_of(session, counselor_id))


def has_app(session: Session, counselor_id: uuid.UUID) -> bool:
    """Whether this person has an app that shows codes."""
    found = session.get(SecondFactor, counselor_id)
    return found is not None and found.secret is not None


def people_with_factor(session: Session) -> frozenset[uuid.UUID]:
    """Everybody who has a second factor."""
    apps = select(SecondFactor.counselor_id).where(SecondFactor.secret.is_not(None))
    return frozenset(session.scalars(union(apps, select(Passkey.counselor_id))))


def replace_codes(session: Session, counselor_id: uuid.UUID, codes: Sequence[str]) -> None:
    """These are somebody's recovery codes now, and no others."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.counselor_id == counselor_id))
    session.add_all([RecoveryCode(counselor_id=counselor_id, code_hash=_hash(counselor_id, code)) for code in codes])


def take_code(session: Session, counselor_id: uuid.UUID, code: str, now: datetime) -> bool:
    """Use a recovery code up; False when it is none of theirs, or used."""
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.counselor_id == counselor_id, RecoveryCode.code_hash == _hash(counselor_id, code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return session.scalar(statement) is not None


def codes_left(session: Session, counselor_id: uuid.UUID) -> int:
    """How many recovery codes somebody has not used."""
    mine = (RecoveryCode.counselor_id == counselor_id) & RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(mine)) or 0


def forget_factor(session: Session, counselor_id: uuid.UUID) -> None:
    """No second factor any more, neither app nor passkey, and no recovery codes."""
    forget_passkeys(session, counselor_id)
    session.execute(delete(RecoveryCode).where(RecoveryCode.counselor_id == counselor_id))
    session.execute(delete(SecondFactor).where(SecondFactor.counselor_id == counselor_id))


def keep_link(session: Session, token: str, counselor_id: uuid.UUID, by: uuid.UUID | None, until: datetime) -> None:
    """This link sets that person's password until then; any earlier link of theirs no longer does."""
    session.execute(delete(PasswordLink).where(PasswordLink.counselor_id == counselor_id))
    hashed = lookup_hash(f"password link {token}")
    session.add(PasswordLink(token_hash=hashed, counselor_id=counselor_id, made_by=by, expires_at=until))


def person_of_link(session: Session, token: str, now: datetime, *, lock: bool = False) -> Counselor | None:
    """Whose password this link sets; None when it is used up, over or unknown, or the person left."""
    query = (
        select(Counselor)
        .join(PasswordLink, PasswordLink.counselor_id == Counselor.id)
        .where(PasswordLink.token_hash == lookup_hash(f"password link {token}"), PasswordLink.expires_at > now)
        .where(Counselor.active)
    )
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def forget_links(session: Session, counselor_id: uuid.UUID) -> None:
    """No link sets this person's password any more."""
    session.execute(delete(PasswordLink).where(PasswordLink.counselor_id == counselor_id))


def _hash(counselor_id: uuid.UUID, code: str) -> bytes:
    return lookup_hash(f"recovery code {counselor_id} {code}")
