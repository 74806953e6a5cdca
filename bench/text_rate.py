"""Texts through a Celery worker against bare Celery tasks on the same worker, and how soon each of them starts."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

import redis
from celery import Celery

from bench.fast_worker_names import NOTED, NOTHING, STARTED
from bench.rows import Row
from config.queues import celery_config
from config.settings import Settings
from models.contacts import Contact
from routing.sending import Purpose
from runtime.processes import wait_until
from services import texts
from services.house import House
from workers.publish import Publisher

TASKS, ALONE, ROUNDS, TIMED, WARM = 600, 100, 3, 200, 20
RATE_TARGET, P99_TARGET_MS = 0.8, 10.0


def rates(house: House, settings: Settings, client: redis.Redis, contacts: list[uuid.UUID]) -> Iterator[Row]:
    """The queue is filled while nobody takes from it; the rate is that of the middle eight tenths."""
    app = _app(settings)
    if not wait_until(lambda: bool(app.control.inspect(timeout=1).ping()), 60.0):
        raise RuntimeError("the worker did not start")
    publisher = Publisher(settings, for_web=False)

    def bare() -> None:
        for _ in range(TASKS):
            app.send_task(NOTHING, args=("x",), queue="texts")

    def together() -> None:
        """As after a sweep of due follow-ups: the publisher puts several texts into a message."""
        _write(house, contacts[:TASKS])
        publisher.sweep(datetime.now(UTC) + timedelta(seconds=1), TASKS)

    def alone() -> None:
        """As the answers to so many people at once: a message each."""
        for message_id in _write(house, contacts[:ALONE]):
            app.send_task(texts.SEND_TASK, args=(str(message_id),), queue="texts")

    counts = {bare: TASKS, together: TASKS, alone: ALONE}
    found: dict[Callable[[], None], list[float]] = {fill: [] for fill in counts}
    for number in range(ROUNDS + 1):
        for fill, taken in found.items():
            rate = _rate(app, client, fill, counts[fill])
            if number:  # the first makes connections and reads the words
                taken.append(rate)
    publisher.close()
    theirs = median(found[bare])
    ours, each = median(found[together]), median(found[alone])
    yield Row("texts sent, due together, against bare Celery's tasks", "a second", ours, theirs, RATE_TARGET)
    yield Row("texts sent, an answer to each of many people", "a second", each, theirs, None)


def _app(settings: Settings) -> Celery:
    app = Celery("bench", set_as_current=False)
    app.conf.update(celery_config(settings))
    return app


def _rate(app: Celery, client: redis.Redis, fill: Callable[[], None], count: int) -> float:
    app.control.cancel_consumer("texts", reply=True, timeout=5)
    fill()
    messages = int(client.llen("texts"))  # type: ignore[arg-type]
    app.control.add_consumer("texts", reply=False)
    marks: dict[int, float] = {}
    while (left := int(client.llen("texts")) + int(client.hlen("unacked"))) > 0:  # type: ignore[arg-type]
        done = messages - left
        for mark in (messages // 10, messages * 9 // 10):
            if done >= mark:
                marks.setdefault(done, time.perf_counter())
        time.sleep(0.002)
    first, last = (min(done for done in marks if done >= mark) for mark in (messages // 10, messages * 9 // 10))
    return count * (last - first) / messages / (marks[last] - marks[first])


def _write(house: House, contacts: list[uuid.UUID]) -> list[uuid.UUID]:
    """A text to each contact's caller, in one transaction."""
    now = datetime.now(UTC)
    with house.db.begin() as session:
        found = [session.get_one(Contact, contact_id) for contact_id in contacts]
        return [
            texts.queue_text(
                session,
                body="We are here.",
                purpose=Purpose.COUNSELOR_WORDS,
                helpline_number=contact.helpline_number,
                contact=contact,
                caller=contact.caller,
                now=now,
            ).id
            for contact in found
        ]


def latency(house: House, settings: Settings, client: redis.Redis, contact: uuid.UUID) -> Iterator[Row]:
    """From a commit to the provider's request, and from bare Celery's publish to its task, in turn on an idle line."""
    app = _app(settings)
    ours, theirs = [], []
    for number in range(TIMED + WARM):
        client.delete(STARTED)
        _write(house, [contact])
        taken = _until_started(client)
        time.sleep(0.01)  # what follows a text is done
        sent = time.time()
        app.send_task(NOTED, args=("x",), queue="texts")
        bare = _until_started(client, sent)
        if number >= WARM:
            ours.append(taken)
            theirs.append(bare)
    for times in (ours, theirs):
        times.sort()
    middle, end = TIMED // 2, int(0.99 * TIMED)
    name, unit, limit = "commit to provider's request, against bare Celery", "ms", P99_TARGET_MS
    yield Row(f"{name}, p50", unit, ours[middle], theirs[middle], None)
    yield Row(f"{name}, p99", unit, ours[end], theirs[end], limit, at_least=False, of_ours=True)


def _until_started(client: redis.Redis, since: float | None = None) -> float:
    """Milliseconds from `since`, or from now, until the worker says that it began."""
    began = time.time() if since is None else since
    told = client.blpop([STARTED], timeout=10)
    if told is None:
        raise RuntimeError("nothing started within 10 s")
    return 1000 * (float(told[1].split()[1]) - began)  # type: ignore[index]
