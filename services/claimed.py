"""Follow-ups that are due: claimed many at a time, done together, and one by one when one of them breaks the others.

A claim is a lease. Whoever dies between the claim and the deed leaves rows that are claimed again after it; whoever
comes late finds rows that are done, and leaves them alone.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import follow_ups
from models.follow_ups import FollowUp
from routing.follow_up import Dropped
from routing.vocabulary import FollowUpStatus
from services import alarms
from services.alarms import AlarmKind
from services.house import House

BATCH = 500  # done in one transaction: about a second's work
LEASE = timedelta(minutes=2)
FAILURE_LIMIT, FAILED_PAUSE = 3, timedelta(minutes=5)
Act = Callable[[Session, House, Sequence[FollowUp], datetime], None]
log = logging.getLogger(__name__)


def do(house: House, ids: Sequence[uuid.UUID], status: FollowUpStatus, act: Act, now: datetime) -> None:
    """Do `act` with those of the claimed that are still to be done, in one transaction, or else each in its own."""
    try:
        _do(house, ids, status, act, now)
    except Exception:
        log.exception("follow_ups_one_by_one")
        for follow_up_id in ids:
            _one(house, follow_up_id, status, act, now)


def _do(house: House, ids: Sequence[uuid.UUID], status: FollowUpStatus, act: Act, now: datetime) -> None:
    with house.db.begin() as session:
        due = follow_ups.lock_due(session, ids, status, now)
        if due:
            act(session, house, due, now)
        for row in due:
            row.claimed_at = None
            if "failures" in row.plan:  # only those in a row count
                row.plan = {key: value for key, value in row.plan.items() if key != "failures"}


def _one(house: House, follow_up_id: uuid.UUID, status: FollowUpStatus, act: Act, now: datetime) -> None:
    try:
        _do(house, [follow_up_id], status, act, now)
    except Exception:
        log.exception("follow_up_failed")
        with house.db.begin() as session:
            row = session.get(FollowUp, follow_up_id, with_for_update={"of": FollowUp, "key_share": True})
            if row is not None and row.status is status:  # its people are not read: they may be what breaks it
                _failed(session, row, now)


def _failed(session: Session, row: FollowUp, now: datetime) -> None:
    """Once more after a pause, then it is failed and people see it; the others go on meanwhile."""
    failures = row.plan.get("failures", 0) + 1
    row.plan = {**row.plan, "failures": failures}
    row.due_at, row.claimed_at = now + FAILED_PAUSE, None
    if failures >= FAILURE_LIMIT:
        row.status, row.last_outcome = FollowUpStatus.FAILED, Dropped.ERROR.value
        alarms.raise_alarm(session, AlarmKind.JOB_FAILED, now)
