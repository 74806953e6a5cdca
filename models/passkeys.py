"""Passkeys of people who sign in (WebAuthn), and the challenges that wait for an answer."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Id
from models.crypto import EncryptedText
from models.people import Counselor


class Passkey(Base):
    """A key pair on somebody's device; here is the public half."""

    __tablename__ = "passkey"
    id: Mapped[Id]
    counselor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Counselor.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(EncryptedText)  # what its owner calls the device
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)  # of the last answer; one that does not rise tells of a copy
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    counselor: Mapped[Counselor] = relationship()
    __table_args__ = (Index(None, "counselor_id"),)


class PasskeyChallenge(Base):
    """What a device is to sign, once and soon: for which purpose, and in whose session (None: a stranger's)."""

    __tablename__ = "passkey_challenge"
    id: Mapped[Id]
    purpose: Mapped[str] = mapped_column(String(16))  # services.passkeys.Purpose
    sign_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sign_in.id", ondelete="CASCADE"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


def passkeys_of(session: Session, counselor_id: uuid.UUID) -> Sequence[Passkey]:
    """Somebody's passkeys, in the order in which they were made."""
    query = select(Passkey).where(Passkey.counselor_id == counselor_id).order_by(Passkey.made_at, Passkey.id)
    return session.scalars(query).all()


def lock_passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """The passkey of an active person with this id, locked, so that its count rises answer by answer."""
    query = select(Passkey).join(Passkey.counselor).where(Passkey.credential_id == credential_id, Counselor.active)
    return session.scalar(query.with_for_update(of=Passkey))


def is_known(session: Session, credential_id: bytes) -> bool:
    """Whether anybody has this passkey, also somebody who left."""
    return session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None


def forget_passkeys(session: Session, counselor_id: uuid.UUID) -> None:
    """No passkey any more."""
    session.execute(delete(Passkey).where(Passkey.counselor_id == counselor_id))


def ask(
    session: Session, purpose: str, sign_in_id: uuid.UUID | None, challenge: bytes, until: datetime, now: datetime
) -> uuid.UUID:
    """Keep a challenge until then; those that ran out are forgotten."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    asked = PasskeyChallenge(purpose=purpose, sign_in_id=sign_in_id, challenge=challenge, expires_at=until)
    session.add(asked)
    session.flush()
    return asked.id


def take_challenge(
    session: Session, challenge_id: uuid.UUID, purpose: str, sign_in_id: uuid.UUID | None, now: datetime
) -> bytes | None:
    """The challenge, which is used up now; None: there is none, or it is another purpose's or session's."""
    mine = PasskeyChallenge.sign_in_id.is_not_distinct_from(sign_in_id)
    statement = (
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.id == challenge_id, PasskeyChallenge.purpose == purpose, mine)
        .where(PasskeyChallenge.expires_at > now)
        .returning(PasskeyChallenge.challenge)
    )
    return session.scalar(statement)
