"""Due follow-ups are claimed many at a time: started once by however many workers, and by others when one dies."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from models.crypto import lookup_hash
from models.database import Database
from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.people import Caller
from models.texts import TextMessage
from routing.vocabulary import FollowUpKind, FollowUpStatus
from services import claimed, follow_up_starts
from services.house import House
from tests.services.outside import NOON, make_contact

SECOND = timedelta(seconds=1)
PLAN = {"plan": "p", "by": "text", "spacing_seconds": 60, "silent_attempts": 4, "words": "follow_up.check_in"}


def owe(house: House, count: int) -> None:
    """So many people are owed a check-in at noon."""
    with house.db.begin() as session:
        for number in range(count):
            phone = f"+161755501{number:02d}"
            facts = {"follow_up_texts_ok": True, "timezone": "America/New_York", "created_at": NOON}
            caller = Caller(number=phone, number_hash=lookup_hash(phone), **facts)
            session.add(caller)
            contact = make_contact(session, caller)
            session.add(
                FollowUp(contact=contact, kind=FollowUpKind.CHECK_IN, due_at=NOON, created_at=NOON, plan=dict(PLAN))
            )


def texted(house: House) -> list[uuid.UUID | None]:
    with house.db.begin() as session:
        return list(session.scalars(select(TextMessage.caller_id)))


def test_one_that_breaks_and_a_worker_that_dies_hold_up_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_up_starts, "BATCH", 4)
    owe(house, 11)
    with house.db.begin() as session:
        broken = session.scalars(select(FollowUp).limit(1)).one()
        broken.plan = {**PLAN, "words": "no.such.phrase"}

    ids = follow_up_starts.hand_out(house, NOON)  # and the sweeper dies here
    with house.db.begin() as session:
        batches = session.execute(select(OutboxRow.task, OutboxRow.queue, func.jsonb_array_length(OutboxRow.args)))
        found = sorted(tuple(row) for row in batches)
    assert found == [(follow_up_starts.START, "follow_ups", count) for count in (3, 4)]
    assert follow_up_starts.start_due(house, NOON + SECOND) == 0, "they are claimed"
    follow_up_starts.start(house, ids[4:8], NOON + SECOND)
    follow_up_starts.start(house, ids[4:8], NOON + SECOND)
    others = follow_up_starts.start_due(house, NOON + claimed.LEASE)
    assert others >= 7, "the claim is over"
    follow_up_starts.start(house, ids, NOON + claimed.LEASE)
    assert len(texted(house)) == len(set(texted(house))) == 10
    with house.db.begin() as session:
        left = session.scalars(select(FollowUp).where(FollowUp.status == FollowUpStatus.PENDING)).one()
        assert (left.id, left.plan["failures"]) == (broken.id, 1)
        left.plan = {**PLAN, "failures": 1}
    follow_up_starts.start_due(house, NOON + claimed.LEASE + claimed.FAILED_PAUSE)
    with house.db.begin() as session:
        assert "failures" not in session.get_one(FollowUp, broken.id).plan, "only those in a row count"


def test_workers_at_once_start_nothing_twice(build_clean_engine: Callable[[], Engine], house: House) -> None:
    lines = [replace(house, db=Database(build_clean_engine())) for _ in range(3)]
    owe(lines[0], 40)
    ids = follow_up_starts.hand_out(lines[0], NOON)
    threads = [threading.Thread(target=follow_up_starts.start, args=(line, ids, NOON)) for line in lines]
    threads.append(threading.Thread(target=follow_up_starts.start_due, args=(lines[0], NOON + claimed.LEASE)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(texted(lines[0])) == len(set(texted(lines[0]))) == 40
