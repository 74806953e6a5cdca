"""What could not be delivered: texts that failed for good, reminders and follow-ups that failed too often."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.texts import TextMessage
from routing.vocabulary import FollowUpStatus, TextStatus

_text_failed = (
    TextMessage.status.in_((TextStatus.FAILED, TextStatus.UNDELIVERED)),
    TextMessage.let_go_at.is_(None),
)
_unread = select(TextMessage).options(defer(TextMessage.body))  # it may be the words that cannot be read
_job_failed = OutboxRow.given_up_at.is_not(None)
_follow_up_failed = FollowUp.status == FollowUpStatus.FAILED


@dataclass(frozen=True)
class FailureCounts:
    """How many of each kind nobody has decided on."""

    texts: int
    jobs: int
    follow_ups: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.texts + self.jobs + self.follow_ups


def count_failures(session: Session) -> FailureCounts:
    """How many there are; each count reads a small index of its own."""
    queries = (
        select(func.count(TextMessage.id)).where(*_text_failed),
        select(func.count(OutboxRow.id)).where(_job_failed),
        select(func.count(FollowUp.id)).where(_follow_up_failed),
    )
    return FailureCounts(*(session.scalar(query) or 0 for query in queries))


def failed_texts(session: Session, limit: int) -> Sequence[TextMessage]:
    """Texts, the newest first."""
    query = _unread.where(*_text_failed).order_by(TextMessage.created_at.desc()).limit(limit)
    return session.scalars(query).all()


def failed_jobs(session: Session, limit: int) -> Sequence[OutboxRow]:
    """Reminders that were given up, the newest first."""
    return session.scalars(
        select(OutboxRow).where(_job_failed).order_by(OutboxRow.given_up_at.desc()).limit(limit)
    ).all()


def failed_follow_ups(session: Session, limit: int) -> Sequence[FollowUp]:
    """Follow-ups that could not be started, the newest first."""
    query = select(FollowUp).where(_follow_up_failed).order_by(FollowUp.due_at.desc()).limit(limit)
    return session.scalars(query.options(joinedload(FollowUp.contact))).all()


def lock_failed_text(session: Session, text_id: object) -> TextMessage | None:
    """One of them, locked."""
    query = _unread.where(TextMessage.id == text_id, *_text_failed)
    return session.scalar(query.with_for_update(key_share=True, of=TextMessage))


def lock_failed_job(session: Session, row_id: int) -> OutboxRow | None:
    """One of them, locked."""
    return session.scalar(select(OutboxRow).where(OutboxRow.id == row_id, _job_failed).with_for_update(key_share=True))


def lock_failed_follow_up(session: Session, follow_up_id: object) -> FollowUp | None:
    """One of them, locked."""
    query = select(FollowUp).where(FollowUp.id == follow_up_id, _follow_up_failed)
    return session.scalar(query.with_for_update(key_share=True, of=FollowUp))
