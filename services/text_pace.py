"""How fast texts leave one number: the provider's rate is shared by all workers, and what matters more goes first."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import text_budget
from models.texts import TextMessage
from routing.segments import segments
from routing.sending import Rank
from services.house import House

# How far ahead of its time a text may use the rate: danger as far as it needs, answers a little, others for a second
_AHEAD = {Rank.FIRST: timedelta(hours=1), Rank.ANSWER: timedelta(seconds=3), Rank.UNASKED: timedelta(0)}
_SECOND = timedelta(seconds=1)


def may_go(session: Session, house: House, message: TextMessage, now: datetime) -> bool:
    """Whether this claimed message may leave now; its segments are taken from the number's rate when it may."""
    rate = house.rules.texts_per_second
    if rate <= 0:
        return True
    number, rank = message.helpline_number, Rank(message.rank)
    if rank is Rank.UNASKED and text_budget.anybody_before(session, number, rank, now):
        return False
    count = segments(message.body)
    ahead = max(_AHEAD[rank], _SECOND - _SECOND / rate)
    return text_budget.take_segments(session, number, count, rate, ahead=ahead, now=now)


def too_many(session: Session, message: TextMessage, now: datetime) -> None:
    """The provider refused this message because there are too many: all texts of its number go slower for a time."""
    text_budget.slow_down(session, message.helpline_number, now)
