"""Text messages: what came in, and what is to go out exactly once."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    SmallInteger,
    String,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Id, words_of
from models.bed_contacts import BedContact
from models.contacts import Contact
from models.crypto import EncryptedText
from models.people import Caller
from routing.sending import ANSWERS, Rank
from routing.vocabulary import TextStatus


class TextMessage(Base):
    """One message, either way. Outgoing ones are claimed queued -> sending before the provider is asked."""

    __tablename__ = "text_message"
    id: Mapped[Id]
    # a question and our answers to it have one `created_at`: among those, the order in which they were written
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    caller_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("caller.id"))
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id"))  # to or from a counselor
    bed_contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(BedContact.id))  # to or from a facility
    # what it tells of a person; once the consent behind that is over it is not sent
    disclosure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("disclosure.id"))
    outgoing: Mapped[bool]
    purpose: Mapped[str] = mapped_column(String(32))  # reply, follow_up, opt_out_confirmation, counselor_notice, ...
    helpline_number: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(EncryptedText)
    status: Mapped[TextStatus] = mapped_column(words_of(TextStatus))
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    rank: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")  # routing.sending.Rank
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error_code: Mapped[int | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]  # the body outlived its period
    let_go_at: Mapped[datetime | None]  # of a failed one: somebody has decided what becomes of it
    let_go_reason: Mapped[str | None] = mapped_column(String(32))
    contact: Mapped[Contact | None] = relationship()
    caller: Mapped[Caller | None] = relationship()
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  # nobody asks a new message for its position
    __table_args__ = (
        Index(None, "contact_id", "created_at"),
        Index("ix_text_message_caller_id_created_at", "caller_id", "created_at"),
        Index(
            "ix_text_message_of_staff",
            "created_at",
            postgresql_where=text("emptied_at is null and caller_id is null and contact_id is null"),
        ),
        Index(
            "ix_text_message_bed_contact",
            "bed_contact_id",
            "created_at",
            postgresql_where=text("bed_contact_id is not null"),
        ),
        Index("ix_text_message_disclosure", "disclosure_id", postgresql_where=text("disclosure_id is not null")),
        Index(
            "ix_text_message_open",
            "due_at",
            postgresql_where=text("status in ('queued', 'sending', 'unknown')"),
        ),
        Index("ix_text_message_line", "helpline_number", "rank", "due_at", postgresql_where=text("status = 'queued'")),
        Index(
            "ix_text_message_failed",
            "created_at",
            postgresql_where=text("status in ('failed', 'undelivered') and let_go_at is null"),
        ),
    )


def claim_to_send(session: Session, ids: Collection[uuid.UUID], now: datetime) -> Sequence[TextMessage]:
    """Take queued, due messages for sending; without those that somebody else has or that are not to be sent."""
    in_turn = (  # two who want the same messages lock them in the same order
        select(TextMessage.id)
        .where(TextMessage.id.in_(ids), TextMessage.status == TextStatus.QUEUED, TextMessage.due_at <= now)
        .order_by(TextMessage.id)
        .with_for_update(key_share=True)
        .cte("in_turn")
    )
    claim = (
        update(TextMessage)
        .where(TextMessage.id == in_turn.c.id)
        .values(status=TextStatus.SENDING, claimed_at=now, attempts=TextMessage.attempts + 1)
        .returning(TextMessage)
    )
    return session.scalars(claim, execution_options={"synchronize_session": False, "populate_existing": True}).all()


def claim_overdue(session: Session, *, due_before: datetime, reminded_before: datetime, limit: int) -> list[uuid.UUID]:
    """Ids of queued messages that no reminder brought to a sender in time, oldest first, locked against sweepers.

    A queued message's `claimed_at` is when a sweeper last reminded the broker of it.
    """
    query = (
        select(TextMessage.id)
        .where(
            TextMessage.status == TextStatus.QUEUED,
            TextMessage.due_at <= due_before,
            or_(TextMessage.claimed_at.is_(None), TextMessage.claimed_at < reminded_before),
        )
        .order_by(TextMessage.due_at, TextMessage.position)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list(session.scalars(query))


def mark_reminded(session: Session, ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Note that the broker was reminded of these queued messages."""
    session.execute(update(TextMessage).where(TextMessage.id.in_(ids)).values(claimed_at=now))


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest queued text waits that somebody waits for; None when none does."""
    waits = (TextMessage.status == TextStatus.QUEUED, TextMessage.due_at <= now, TextMessage.rank < Rank.UNASKED)
    return session.scalar(select(TextMessage.due_at).where(*waits).order_by(TextMessage.due_at).limit(1))


def lock_message(session: Session, message_id: uuid.UUID) -> TextMessage | None:
    """The message, locked until this transaction ends."""
    return session.get(
        TextMessage, message_id, with_for_update={"of": TextMessage, "key_share": True}, populate_existing=True
    )


def lock_messages(session: Session, ids: Collection[uuid.UUID]) -> Sequence[TextMessage]:
    """These messages, locked in the same order by everybody."""
    query = select(TextMessage).where(TextMessage.id.in_(ids)).order_by(TextMessage.id)
    return session.scalars(query.with_for_update(key_share=True), execution_options={"populate_existing": True}).all()


def suppress_queued(session: Session, ids: Select[Any]) -> Sequence[uuid.UUID]:
    """Cancel those of these texts that have not left; their ids. One that a sender is taking just now is left to it."""
    queued = (
        select(TextMessage.id)
        .where(TextMessage.id.in_(ids), TextMessage.status == TextStatus.QUEUED)
        .order_by(TextMessage.id)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("queued")
    )
    cancel = update(TextMessage).where(TextMessage.id == queued.c.id).values(status=TextStatus.SUPPRESSED)
    return session.scalars(cancel.returning(TextMessage.id), execution_options={"synchronize_session": False}).all()


def known_sids(session: Session, sids: Sequence[str]) -> frozenset[str]:
    """Which of the provider's message ids already belong to a message of ours."""
    return frozenset(session.scalars(select(TextMessage.provider_sid).where(TextMessage.provider_sid.in_(sids))))


def wrote_to_us(session: Session, caller_id: uuid.UUID) -> bool:
    """Whether this caller ever sent us a text."""
    query = select(TextMessage.id).where(TextMessage.caller_id == caller_id, ~TextMessage.outgoing).limit(1)
    return session.scalar(query) is not None


def correspondents(session: Session, caller_ids: Collection[uuid.UUID], *, outgoing: bool) -> set[uuid.UUID]:
    """Which of these callers we ever wrote to (`outgoing`), or which of them ever wrote to us."""
    query = select(TextMessage.caller_id).where(TextMessage.caller_id.in_(caller_ids))
    query = query.where(TextMessage.outgoing if outgoing else ~TextMessage.outgoing).distinct()
    return {caller_id for caller_id in session.scalars(query) if caller_id is not None}


def callers_to_ask(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[Caller, bool]]:
    """These callers, and whether each of them ever sent us a text."""
    wrote = exists().where(TextMessage.caller_id == Caller.id, ~TextMessage.outgoing)
    found = session.execute(select(Caller, wrote).where(Caller.id.in_(ids)))
    return {caller.id: (caller, written) for caller, written in found}


def last_sent_to_caller(session: Session, caller_id: uuid.UUID) -> datetime | None:
    """When we last wrote to this caller."""
    return session.scalar(
        select(func.max(TextMessage.created_at)).where(TextMessage.caller_id == caller_id, TextMessage.outgoing)
    )


def replied_after(session: Session, caller_id: uuid.UUID, text_id: str | None) -> bool:
    """Whether a conversation's words, a counselor's too, went to this caller after that text."""
    that = select(TextMessage.position).where(TextMessage.id == text_id).scalar_subquery()
    replies = (TextMessage.caller_id == caller_id, TextMessage.outgoing, TextMessage.purpose.in_(ANSWERS))
    return session.scalar(select(TextMessage.id).where(*replies, TextMessage.position > that).limit(1)) is not None


def last_sent_to_facility(session: Session, bed_contact_id: uuid.UUID) -> datetime | None:
    """When we last wrote to this registered phone about beds."""
    mine = TextMessage.bed_contact_id == bed_contact_id
    return session.scalar(select(func.max(TextMessage.created_at)).where(mine, TextMessage.outgoing))


def claim_stuck(session: Session, claimed_before: datetime, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Ids of messages whose sender vanished or whose provider never answered: to be reconciled, never blindly resent.

    They are unknown from now on, and leased: another sweeper leaves them alone for as long.
    """
    stuck = (
        select(TextMessage.id)
        .where(
            TextMessage.status.in_([TextStatus.SENDING, TextStatus.UNKNOWN]), TextMessage.claimed_at < claimed_before
        )
        .order_by(TextMessage.claimed_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("stuck")
    )
    claim = update(TextMessage).where(TextMessage.id == stuck.c.id).values(status=TextStatus.UNKNOWN, claimed_at=now)
    return session.scalars(claim.returning(TextMessage.id), execution_options={"synchronize_session": False}).all()


def thread_of(session: Session, contact_id: uuid.UUID) -> Sequence[TextMessage]:
    """A contact's messages in order."""
    query = select(TextMessage).where(TextMessage.contact_id == contact_id)
    return session.scalars(query.order_by(TextMessage.created_at, TextMessage.position)).all()


def count_inbound(session: Session, contact_id: uuid.UUID, since: datetime) -> int:
    """How many texts came in for a contact since then."""
    query = select(func.count()).where(
        TextMessage.contact_id == contact_id, ~TextMessage.outgoing, TextMessage.created_at > since
    )
    return session.scalar(query) or 0


def status_of(session: Session, text_id: uuid.UUID) -> TextStatus | None:
    """What became of a message; its words are not read."""
    return session.scalar(select(TextMessage.status).where(TextMessage.id == text_id))


def last_inbound(session: Session, contact_id: uuid.UUID) -> TextMessage | None:
    """The newest text that came in for a contact."""
    query = (
        select(TextMessage)
        .where(TextMessage.contact_id == contact_id, ~TextMessage.outgoing)
        .order_by(TextMessage.created_at.desc(), TextMessage.position.desc())
        .limit(1)
    )
    return session.scalar(query)
