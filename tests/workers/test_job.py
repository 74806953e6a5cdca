"""A task that fails is counted on its reminder; one whose process died runs again, but not for ever."""

import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from billiard.pool import soft_timeout_sighandler
from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from models import outbox
from models.outbox import OutboxRow
from services.each import each
from services.house import House
from tests.services.outside import NOON
from workers import job
from workers.publish import OUTBOX_HEADER, Reminder, together
from workers.steps import in_turn


def test_failures_and_dead_processes_are_counted_on_the_reminder(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "_house", lambda: house)
    with house.db.begin() as session:
        outbox.put(session, "workers.texts.send", "texts", "x", now=NOON)
        reminder = outbox.claim_unpublished(session, older_than=NOON + timedelta(hours=1))[0].id
    ran = []
    app = Celery("test", set_as_current=False, task_cls="workers.job:Job")

    @app.task(name="breaks")  # type: ignore[untyped-decorator]
    def breaks() -> None:
        ran.append(1)
        raise KeyError

    breaks.push_request(delivery_info={"redelivered": True}, **{OUTBOX_HEADER: reminder})
    for _ in range(9):
        with suppress(KeyError):
            breaks()
    assert len(ran) == 4, "the fifth death is the last"
    with house.db.begin() as session:
        row = session.get_one(OutboxRow, reminder)
        assert (row.failures, row.error, row.given_up_at is not None) == (5, job.LOST, True)
        row.failures, row.given_up_at = 0, None
    breaks.on_failure(KeyError("x"), "id", (), {}, None)
    with house.db.begin() as session:
        assert session.get_one(OutboxRow, reminder, populate_existing=True).error == "KeyError"
    breaks.pop_request()
    breaks.push_request(delivery_info={"redelivered": True})
    breaks()
    assert len(ran) == 4, "the next tick of beat is as good"


def test_when_its_time_is_up_a_task_ends_and_takes_no_further_row_or_step() -> None:
    """Celery sends SIGUSR1 to the process and expects its own error."""
    taken: list[int] = []
    app = Celery("test", set_as_current=False, task_cls="workers.job:Job")

    def slow(row: int) -> bool:
        taken.append(row)
        signal.raise_signal(signal.SIGUSR1)
        return True

    @app.task(name="slow")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        in_turn(lambda: each([1, 2], slow), lambda: each([3], slow))

    before = signal.signal(signal.SIGUSR1, soft_timeout_sighandler)
    try:
        with pytest.raises(SoftTimeLimitExceeded):
            sweep()
        assert signal.getsignal(signal.SIGUSR1) is soft_timeout_sighandler
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert taken == [1]


def test_of_texts_that_came_together_each_comes_alone_after_a_death(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_house", lambda: house)
    with house.db.begin() as session:
        for name in ("x", "y"):
            outbox.put(session, "workers.texts.send", "texts", name, now=NOON)
        ids = [row.id for row in outbox.claim_unpublished(session, older_than=NOON + timedelta(hours=1))]
        outbox.mark_published(session, ids, NOON)
    ran = []
    app = Celery("test", set_as_current=False, task_cls="workers.job:Job")

    @app.task(name="kills")  # type: ignore[untyped-decorator]
    def kills() -> None:
        ran.append(1)

    kills.push_request(delivery_info={"redelivered": True}, **{OUTBOX_HEADER: ids})
    kills()
    assert not ran
    with house.db.begin() as session:
        again = outbox.claim_unpublished(session, older_than=datetime.now(UTC) + timedelta(days=1))
        assert [(row.id, row.failures, row.error) for row in again] == [(one, 1, job.LOST) for one in ids]
    found = [Reminder("workers.texts.send", "texts", (str(each),), code, (each,)) for each, code in enumerate("aab")]
    assert [one.ids for one in together(found)] == [(0, 1), (2,)], "of one origin"
