"""Written consents under 42 CFR Part 2, and every disclosure: both are kept for good, nothing of them is changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Id, words_of
from models.contacts import Contact
from models.crypto import EncryptedText, lookup_hash
from models.directory import Facility
from models.listed import Listed, first
from models.people import Counselor
from models.texts import TextMessage, suppress_queued
from routing.disclosure import Basis, Fact, Grant, SharedFor, SignsAs, Told
from routing.vocabulary import Language


class DisclosureConsent(Base):
    """A consent that a counselor prepared for one contact and one facility, and that the person signed, or not."""

    __tablename__ = "disclosure_consent"
    id: Mapped[Id]
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contact.id))
    facility_id: Mapped[int] = mapped_column(ForeignKey(Facility.id))
    recipient: Mapped[str] = mapped_column(EncryptedText)  # the facility's name and town, as the person read them
    purposes: Mapped[list[str]]
    facts: Mapped[list[str]]
    expires_at: Mapped[datetime]  # of the consent
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # of the key in the link to sign
    link_until: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_name: Mapped[str | None] = mapped_column(EncryptedText)
    signs_as: Mapped[SignsAs | None] = mapped_column(words_of(SignsAs))  # None: for themselves
    subject_name: Mapped[str | None] = mapped_column(EncryptedText)  # whom it is about, when somebody signs for them
    signed_text: Mapped[str | None] = mapped_column(EncryptedText)  # exactly what was on the screen
    text_version: Mapped[str | None] = mapped_column(String(32))
    text_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # SHA-256 of signed_text in UTF-8
    language: Mapped[Language | None] = mapped_column(words_of(Language))  # in which it was signed
    copy_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)  # of the key to the signed copy
    revoked_at: Mapped[datetime | None]  # before it was signed: the counselor took the request back
    revoked_how: Mapped[str | None] = mapped_column(String(32))
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))
    contact: Mapped[Contact] = relationship()
    __table_args__ = (Index(None, "contact_id"),)

    def grant(self) -> Grant:
        """This consent as the rules see it."""
        return Grant(
            id=self.id,
            facility_id=self.facility_id,
            purposes=frozenset(map(SharedFor, self.purposes)),
            facts=frozenset(map(Fact, self.facts)),
            signed_at=self.signed_at,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
        )


class Disclosure(Base):
    """Something that was told of a person to somebody outside: who, to whom, what, why it was allowed, when, how."""

    __tablename__ = "disclosure"
    id: Mapped[Id]
    at: Mapped[datetime]
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contact.id))
    basis: Mapped[Basis] = mapped_column(words_of(Basis))
    consent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(DisclosureConsent.id))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey(Facility.id))
    recipient: Mapped[str] = mapped_column(EncryptedText)  # a facility; in an emergency name, role and where they work
    purpose: Mapped[SharedFor | None] = mapped_column(words_of(SharedFor))
    facts: Mapped[list[str]]
    how: Mapped[Told] = mapped_column(words_of(Told))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Counselor.id, ondelete="SET NULL"))  # None: by itself
    notice_version: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str | None] = mapped_column(EncryptedText)  # the nature of the emergency
    documented_at: Mapped[datetime]  # when it was written down; of an emergency a little after `at`
    __table_args__ = (
        Index(None, "contact_id", "at"),
        Index(None, "consent_id"),
        CheckConstraint(
            "(basis = 'consent' and consent_id is not null and facility_id is not null and purpose is not null)"
            " or (basis = 'emergency' and consent_id is null and reason is not null)",
            name="basis",
        ),
    )


def consents_of_contact(session: Session, contact_id: uuid.UUID, *, lock: bool = False) -> Sequence[DisclosureConsent]:
    """A contact's consents in order of their making. `lock`: none of them can be taken back until we commit."""
    query = select(DisclosureConsent).where(DisclosureConsent.contact_id == contact_id)
    query = query.order_by(DisclosureConsent.prepared_at, DisclosureConsent.id)
    return session.scalars(query.with_for_update(read=True) if lock else query).all()


def lock_consent(session: Session, consent_id: uuid.UUID) -> DisclosureConsent | None:
    """A consent, locked until this transaction ends: a disclosure under it comes before or after, never between."""
    lock = {"of": DisclosureConsent}
    return session.get(DisclosureConsent, consent_id, with_for_update=lock, populate_existing=True)


def consent_by_link(session: Session, key: str) -> DisclosureConsent | None:
    """The consent that this key of a link asks to be signed."""
    return session.scalar(select(DisclosureConsent).where(DisclosureConsent.link_hash == lookup_hash(key)))


def consent_by_copy(session: Session, key: str) -> DisclosureConsent | None:
    """The signed consent whose copy this key opens."""
    return session.scalar(select(DisclosureConsent).where(DisclosureConsent.copy_hash == lookup_hash(key)))


def consent_behind(session: Session, disclosure_id: uuid.UUID) -> DisclosureConsent | None:
    """The consent under which something is being told, held until we commit."""
    query = select(DisclosureConsent).join(Disclosure, Disclosure.consent_id == DisclosureConsent.id)
    query = query.where(Disclosure.id == disclosure_id)
    return session.scalar(query.with_for_update(read=True, of=DisclosureConsent))


def live_consents_of_caller(session: Session, caller_id: uuid.UUID, now: datetime) -> Sequence[DisclosureConsent]:
    """What was signed from one number and holds, or waits to be signed, locked."""
    query = (
        select(DisclosureConsent)
        .join(Contact, Contact.id == DisclosureConsent.contact_id)
        .where(Contact.caller_id == caller_id, DisclosureConsent.revoked_at.is_(None))
        .where(DisclosureConsent.expires_at > now)
        .order_by(DisclosureConsent.id)
        .with_for_update(key_share=True, of=DisclosureConsent)
    )
    return session.scalars(query).all()


def disclosures_of(session: Session, contact_id: uuid.UUID) -> Sequence[Disclosure]:
    """Everything that was told about a contact's person, in order."""
    query = select(Disclosure).where(Disclosure.contact_id == contact_id)
    return session.scalars(query.order_by(Disclosure.at, Disclosure.id)).all()


def suppress_under(session: Session, consent_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Cancel texts that would tell something under this consent (locked) and have not left; their ids.

    One that a sender is taking waits for our commit, and is then kept back (services.disclosure.still_allowed).
    """
    telling = select(TextMessage.id).join(Disclosure, Disclosure.id == TextMessage.disclosure_id)
    return suppress_queued(session, telling.where(Disclosure.consent_id == consent_id))


def contact_of_text(session: Session, text_id: uuid.UUID) -> uuid.UUID | None:
    """The contact that a text belongs to, or that it tells a place of; its words are not read."""
    query = select(func.coalesce(TextMessage.contact_id, Disclosure.contact_id)).select_from(TextMessage)
    query = query.outerjoin(Disclosure, Disclosure.id == TextMessage.disclosure_id)
    return session.scalar(query.where(TextMessage.id == text_id))


def latest_disclosures(session: Session, limit: int) -> Listed[Disclosure]:
    """What was told lately, of anybody, newest first."""
    return first(session, select(Disclosure).order_by(Disclosure.documented_at.desc(), Disclosure.id), limit)
