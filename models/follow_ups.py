"""What we still owe somebody: follow-ups and voicemails, each a row with a time and a state."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Uuid, and_, cast, exists, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from models.base import Base, Id, words_of
from models.contacts import Contact
from models.texts import TextMessage
from routing.vocabulary import FollowUpKind, FollowUpStatus


class FollowUp(Base):
    """One thing we promised or planned. Distant times live here, never in the broker."""

    __tablename__ = "follow_up"
    id: Mapped[Id]
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    kind: Mapped[FollowUpKind] = mapped_column(words_of(FollowUpKind))
    status: Mapped[FollowUpStatus] = mapped_column(words_of(FollowUpStatus), default=FollowUpStatus.PENDING)
    requested: Mapped[bool] = mapped_column(Boolean, default=False)  # the caller asked for it: any hour is right
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]  # by a sweeper, which has a lease on what is due
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    max_attempts: Mapped[int] = mapped_column(Integer, default=3)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("counselor.id", ondelete="SET NULL"))
    last_outcome: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # plan name, version and step
    contact: Mapped[Contact] = relationship()
    __table_args__ = (
        Index(None, "contact_id"),
        Index(
            "ix_follow_up_open",
            "due_at",
            postgresql_where=text("status in ('pending', 'started')"),
        ),
        Index("ix_follow_up_failed", "due_at", postgresql_where=text("status = 'failed'")),
        Index(
            "uq_follow_up_one_callback",
            "contact_id",
            unique=True,
            postgresql_where=text("kind = 'callback' and status in ('pending', 'started')"),
        ),
    )


UNPLANNED = (
    FollowUpKind.CALLBACK,
    FollowUpKind.VOICEMAIL,
    FollowUpKind.RECONNECT,
    FollowUpKind.REFERRAL,
)  # promised or asked for, by services of their own
PLANNED = tuple(kind for kind in FollowUpKind if kind not in UNPLANNED)


def claim_due(
    session: Session, status: FollowUpStatus, now: datetime, limit: int, lease: timedelta
) -> Sequence[uuid.UUID]:
    """Claim planned follow-ups in `status` whose time has come, the oldest, in one statement; their ids.

    `due_at` is when a pending one starts, and when we stop waiting for the answer to a started one. No other sweeper
    gets them while the lease lasts; what its claimer left undone is claimed again after it.
    """
    due = (
        select(FollowUp.id)
        .where(FollowUp.status == status, FollowUp.due_at <= now, FollowUp.kind.in_(PLANNED))
        .where(or_(FollowUp.claimed_at.is_(None), FollowUp.claimed_at <= now - lease))
        .order_by(FollowUp.due_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("due")
    )
    claim = update(FollowUp).where(FollowUp.id == due.c.id).values(claimed_at=now).returning(FollowUp.id)
    return session.scalars(claim, execution_options={"synchronize_session": False}).all()


def lock_due(session: Session, ids: Sequence[uuid.UUID], status: FollowUpStatus, now: datetime) -> Sequence[FollowUp]:
    """Those of the claimed that are still in `status` and due, locked, with contact and caller but not their words."""
    of_contact = (Contact.caller_id, Contact.channel, Contact.helpline_number, Contact.language, Contact.urgency)
    people = joinedload(FollowUp.contact, innerjoin=True).load_only(
        *of_contact, Contact.claimed_by, Contact.disposition_by
    )
    query = (
        select(FollowUp)
        .where(FollowUp.id.in_(ids), FollowUp.status == status, FollowUp.due_at <= now)
        .order_by(FollowUp.due_at)
        .options(people.joinedload(Contact.caller, innerjoin=True))
        .with_for_update(key_share=True, skip_locked=True, of=FollowUp)
    )
    return session.scalars(query).all()


def awaiting_answer(session: Session, caller_id: uuid.UUID) -> Sequence[FollowUp]:
    """Planned follow-ups that went to this caller and are not answered yet, locked.

    One that is about to be tried again counts: who has answered is not asked once more.
    """
    again = and_(FollowUp.status == FollowUpStatus.PENDING, FollowUp.attempts > 0)
    query = (
        select(FollowUp)
        .join(FollowUp.contact)
        .where(
            Contact.caller_id == caller_id,
            or_(FollowUp.status == FollowUpStatus.STARTED, again),
            FollowUp.kind.in_(PLANNED),
        )
        .order_by(FollowUp.id)
        .with_for_update(key_share=True, of=FollowUp)
    )
    return session.scalars(query).all()


def last_texted(session: Session, caller_id: uuid.UUID, since: datetime) -> FollowUp | None:
    """The follow-up that went to this caller by text last, since then; None when they reached out anew after it."""
    newer = aliased(Contact)
    reached_out = exists().where(newer.caller_id == caller_id, newer.opened_at > FollowUp.started_at)
    query = (
        select(FollowUp)
        .join(FollowUp.contact)
        .where(
            Contact.caller_id == caller_id,
            FollowUp.kind.in_(PLANNED),
            FollowUp.plan["by"].astext == "text",
            FollowUp.started_at > since,
            ~reached_out,
        )
        .outerjoin(TextMessage, TextMessage.id == cast(FollowUp.plan["text"].astext, Uuid))
        .order_by(FollowUp.started_at.desc(), TextMessage.position.desc().nulls_last())  # several may start at once
        .limit(1)
    )
    return session.scalar(query)


def planned_for(session: Session, contact_id: uuid.UUID, plan_id: str) -> Sequence[FollowUp]:
    """Every follow-up that one plan made for a contact, whatever became of it, to look at, in order of time."""
    query = select(FollowUp).where(FollowUp.contact_id == contact_id, FollowUp.plan["plan"].astext == plan_id)
    return session.scalars(query.order_by(FollowUp.due_at)).all()


def lock_later(session: Session, contact_id: uuid.UUID, plan_id: str) -> Sequence[FollowUp]:
    """The steps of one plan that still wait, locked; those that somebody else has just now are left to them."""
    query = (
        select(FollowUp)
        .where(FollowUp.contact_id == contact_id, FollowUp.plan["plan"].astext == plan_id)
        .where(FollowUp.status == FollowUpStatus.PENDING)
        .order_by(FollowUp.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return session.scalars(query).all()


def open_follow_ups(session: Session, contact_id: uuid.UUID) -> Sequence[FollowUp]:
    """What is still owed for a contact, locked, in the order in which everybody locks them."""
    query = (
        select(FollowUp)
        .where(
            FollowUp.contact_id == contact_id,
            FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED]),
        )
        .order_by(FollowUp.id)
        .with_for_update(key_share=True)
    )
    return session.scalars(query).all()


def texts_planned_before(session: Session, contact: Contact, kinds: Sequence[FollowUpKind]) -> Sequence[FollowUp]:
    """Texts of these kinds that still wait for other contacts of the same number, locked; not those of a referral.

    One that a sweeper is sending just now is left to it.
    """
    query = (
        select(FollowUp)
        .join(FollowUp.contact)
        .where(Contact.caller_id == contact.caller_id, Contact.id != contact.id, FollowUp.kind.in_(kinds))
        .where(FollowUp.status == FollowUpStatus.PENDING, FollowUp.plan["by"].astext == "text")
        .where(FollowUp.plan["referral"].is_(None))
        .order_by(FollowUp.id)
        .with_for_update(key_share=True, skip_locked=True, of=FollowUp)
    )
    return session.scalars(query).all()


def open_of_kind(session: Session, contact_id: uuid.UUID, kind: FollowUpKind) -> Sequence[FollowUp]:
    """What is still owed of one kind for a contact, to look at: a sweeper that holds rows must wait for none."""
    open_ones = FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED])
    query = select(FollowUp).where(FollowUp.contact_id == contact_id, FollowUp.kind == kind, open_ones)
    return session.scalars(query.order_by(FollowUp.created_at)).all()


def last_news(
    session: Session, contact_id: uuid.UUID, referral_id: int, kinds: Sequence[FollowUpKind]
) -> FollowUpKind | None:
    """Which of these kinds of news of a referral was sent last; None when none was."""
    about = FollowUp.plan["referral"].astext == str(referral_id)
    query = select(FollowUp.kind).where(FollowUp.contact_id == contact_id, about, FollowUp.kind.in_(kinds))
    sent = query.where(FollowUp.started_at.is_not(None))
    return session.scalar(sent.order_by(FollowUp.started_at.desc()).limit(1))


def open_of_contact(session: Session, contact_id: uuid.UUID) -> Sequence[FollowUp]:
    """Everything still owed for a contact, to look at."""
    open_ones = FollowUp.status.in_([FollowUpStatus.PENDING, FollowUpStatus.STARTED])
    return session.scalars(select(FollowUp).where(FollowUp.contact_id == contact_id, open_ones)).all()


def lock_started(session: Session, follow_up_id: uuid.UUID) -> FollowUp | None:
    """A planned step that is under way, locked; None when it is not (any more)."""
    query = select(FollowUp).where(FollowUp.id == follow_up_id, FollowUp.status == FollowUpStatus.STARTED)
    return session.scalar(query.where(FollowUp.kind.in_(PLANNED)).with_for_update(key_share=True, of=FollowUp))


def hurry(session: Session, contact_id: uuid.UUID, text_id: uuid.UUID, now: datetime) -> None:
    """The step whose text this is waits no longer for an answer; one that somebody has just now is left to them."""
    mine = (FollowUp.contact_id == contact_id, FollowUp.plan["text"].astext == str(text_id))
    by_text = FollowUp.plan["by"].astext == "text"
    waits = select(FollowUp.id).where(*mine, by_text, FollowUp.status == FollowUpStatus.STARTED, FollowUp.due_at > now)
    free = waits.with_for_update(key_share=True, skip_locked=True).cte("free")
    sooner = update(FollowUp).where(FollowUp.id == free.c.id).values(due_at=now)
    session.execute(sooner, execution_options={"synchronize_session": False})


def open_referral_work(session: Session, limit: int = 100) -> Sequence[FollowUp]:
    """What counselors have to see to about referrals, with its contact, the longest due first."""
    people = joinedload(FollowUp.contact).options(joinedload(Contact.caller), joinedload(Contact.counselor))
    query = select(FollowUp).where(FollowUp.kind == FollowUpKind.REFERRAL, FollowUp.status == FollowUpStatus.STARTED)
    return session.scalars(query.order_by(FollowUp.due_at).limit(limit).options(people)).all()


def late_referral_work(session: Session, now: datetime) -> Sequence[FollowUp]:
    """What somebody has and did not see to in time, locked against other sweepers."""
    query = select(FollowUp).where(
        FollowUp.kind == FollowUpKind.REFERRAL,
        FollowUp.status == FollowUpStatus.STARTED,
        FollowUp.due_at <= now,
        FollowUp.owner_id.is_not(None),
    )
    return session.scalars(query.with_for_update(key_share=True, skip_locked=True)).all()


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """The longest overdue follow-up's time, for /readyz and the alarm; None when nothing is late."""
    query = (
        select(FollowUp.due_at)
        .where(FollowUp.status == FollowUpStatus.PENDING, FollowUp.due_at <= now)
        .order_by(FollowUp.due_at)
        .limit(1)
    )
    return session.scalar(query)
