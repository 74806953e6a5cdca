"""The texts a second that the provider takes from one number: a row that all workers share, and the texts in line."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Float, String, case, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.texts import TextMessage
from routing.vocabulary import TextStatus

SLOWEST = 0.1  # of the rate, after refusals in a row
RECOVERS_IN = timedelta(seconds=30)  # from nothing to the whole rate
SAME_REFUSAL = timedelta(seconds=10)  # refusals so near each other are one: a few in a hundred must not stop the line
REST = timedelta(seconds=1)
SECOND = timedelta(seconds=1)


class TextBudget(Base):
    """One of our numbers: when its next segment may leave.

    `pace` is the share of the rate that was used at `slowed_at`; it grows back by itself.
    """

    __tablename__ = "text_budget"
    helpline_number: Mapped[str] = mapped_column(String(20), primary_key=True)
    free_at: Mapped[datetime]
    pace: Mapped[float] = mapped_column(Float)
    slowed_at: Mapped[datetime]


def _pace(now: datetime) -> ColumnElement[float]:
    since = extract("epoch", now - TextBudget.slowed_at) / RECOVERS_IN.total_seconds()
    return func.least(1.0, TextBudget.pace + func.greatest(since, 0.0))


def take_segments(
    session: Session, number: str, segments: int, per_second: float, *, ahead: timedelta, now: datetime
) -> bool:
    """Take the right to send so many segments from `number` in this transaction, up to `ahead` of its time."""
    cost = segments * SECOND / per_second
    row = insert(TextBudget).values(helpline_number=number, free_at=now + cost, pace=1.0, slowed_at=now - RECOVERS_IN)
    taken = row.on_conflict_do_update(
        index_elements=[TextBudget.helpline_number],
        set_={"free_at": func.greatest(TextBudget.free_at, now) + cost / _pace(now)},
        where=TextBudget.free_at <= now + ahead,
    )
    return session.scalar(taken.returning(TextBudget.helpline_number)) is not None


def slow_down(session: Session, number: str, now: datetime) -> None:
    """The provider says that it is too much: a rest, then half the pace, which grows back within half a minute."""
    row = insert(TextBudget).values(helpline_number=number, free_at=now + REST, pace=0.5, slowed_at=now)
    slower = {
        "free_at": func.greatest(TextBudget.free_at, now + REST),
        "pace": func.greatest(SLOWEST, _pace(now) / 2),
        "slowed_at": now,
    }
    session.execute(
        row.on_conflict_do_update(
            index_elements=[TextBudget.helpline_number], set_=slower, where=TextBudget.slowed_at < now - SAME_REFUSAL
        )
    )


def _in_line(number: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        TextMessage.status == TextStatus.QUEUED,
        TextMessage.helpline_number == number,
        TextMessage.due_at <= now,
    )


def next_in_line(session: Session, number: str, now: datetime) -> uuid.UUID | None:
    """The text to send next from `number`: danger first, then answers, then what nobody asked for; the oldest first."""
    query = select(TextMessage.id).where(*_in_line(number, now))
    return session.scalar(query.order_by(TextMessage.rank, TextMessage.due_at, TextMessage.position).limit(1))


def anybody_before(session: Session, number: str, rank: int, now: datetime) -> bool:
    """Whether a text of a better rank waits to be sent from `number`."""
    query = select(TextMessage.id).where(*_in_line(number, now), TextMessage.rank < rank)
    return session.scalar(query.limit(1)) is not None


def put_off(session: Session, message_id: uuid.UUID, until: datetime, limit: int) -> bool:
    """A queued text that cannot be sent stands back, unread; whether it is given up, having done so `limit` times."""
    mine = (TextMessage.id == message_id, TextMessage.status == TextStatus.QUEUED)
    attempts = TextMessage.attempts + 1
    status = case((attempts >= limit, TextStatus.FAILED), else_=TextStatus.QUEUED)
    values = {"attempts": attempts, "due_at": until, "status": status}
    found = session.scalar(update(TextMessage).where(*mine).values(values).returning(TextMessage.status))
    return found is TextStatus.FAILED
