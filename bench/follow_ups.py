"""Due follow-ups claimed and started, texts through Celery against bare Celery, and how soon a text starts.

TARGETS.md, Follow-ups. A hundred thousand follow-ups of the future lie in the table throughout; PostgreSQL with fsync.
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import redis
from celery import Celery
from sqlalchemy import func, insert, select, text

from bench.fast_worker_names import NOTHING, STARTED
from bench.rows import Row
from config.queues import celery_config
from config.settings import Settings, load_settings
from models import follow_ups as rows
from models.contacts import Contact
from models.follow_ups import FollowUp
from models.people import Caller
from models.texts import TextMessage
from routing.sending import Purpose
from routing.vocabulary import Channel, ContactStatus, FollowUpKind, FollowUpStatus
from runtime.embedded import Servers, ensure_servers
from runtime.migrate import upgrade
from runtime.processes import wait_until
from services import follow_up_starts, texts
from services.house import House
from workers.household import build_house
from workers.publish import Publisher
from workers.relay import build_relay

TITLE = "Follow-ups (two worker processes, 100,000 follow-ups of the future in the table)"
FUTURE, DUE, TASKS, ROUNDS, TIMED = 100_000, 4_000, 600, 3, 200
HELPLINE = "+18335550100"
CLAIMS_TARGET, STARTS_TARGET, RATE_TARGET, P99_TARGET_MS = 50_000, 25_000, 0.8, 10.0


def run() -> list[Row]:
    """All of it on servers of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(ensure_servers(folder / "servers", throwaway=True))
        upgrade(servers.database_url)
        env = _environment(servers)
        settings = load_settings(env)
        relay = build_relay(settings, for_web=False)
        house = build_house(settings, statement_timeout_ms=30_000, after_commit=relay.nudge)
        quiet = build_house(settings, statement_timeout_ms=30_000, after_commit=lambda _: None)
        contact = _fill(house)
        found = [*_due(quiet)]
        client = stack.enter_context(redis.Redis.from_url(settings.redis_url))
        stack.enter_context(_worker(env))
        return [*found, *_through_celery(quiet, settings, client, contact), _latency(house, client, contact)]


def _environment(servers: Servers) -> dict[str, str]:
    return {
        **os.environ,
        "APP_ENV": "development",
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "TEXTS_PER_SECOND": "0",
        "HELPLINE_NUMBERS": HELPLINE,
        "LOG_LEVEL": "WARNING",
    }


def _fill(house: House) -> uuid.UUID:
    """Callers at noon who agreed to texts, and follow-ups of the future; a contact for later."""
    now = datetime.now(UTC)
    zone = next(f"Etc/GMT{hours - 12:+d}" for hours in range(24) if hours == now.hour)  # where it is noon
    callers = [{"id": uuid.uuid4(), "texting_ok": True, "timezone": zone, "created_at": now} for _ in range(DUE)]
    contacts = [
        {
            "id": uuid.uuid4(),
            "caller_id": caller["id"],
            "channel": Channel.VOICE,
            "helpline_number": HELPLINE,
            "status": ContactStatus.CLOSED,
            "opened_at": now,
        }
        for caller in callers
    ]
    for number, caller in enumerate(callers):
        caller["number"] = f"+1{201 + number // 100:03d}55501{number % 100:02d}"
    with house.db.begin() as session:
        session.execute(insert(Caller), callers)
        session.execute(insert(Contact), contacts)
        _plan(session, [one["id"] for one in contacts], FUTURE, now + timedelta(days=1))
        _plan(session, [one["id"] for one in contacts], DUE, now - timedelta(minutes=1))
        session.execute(text("analyze"))
    first: uuid.UUID = contacts[0]["id"]  # type: ignore[assignment]
    return first


def _plan(session: object, contacts: list[object], count: int, due_at: datetime) -> None:
    plan = {"plan": "bench", "version": 1, "by": "text", "words": "follow_up.week", "spacing_seconds": 86_400}
    session.execute(  # type: ignore[attr-defined]
        insert(FollowUp),
        [
            {
                "id": uuid.uuid4(),
                "contact_id": contacts[number % len(contacts)],
                "kind": FollowUpKind.WEEK,
                "status": FollowUpStatus.PENDING,
                "due_at": due_at,
                "created_at": due_at,
                "plan": {**plan, "silent_attempts": 4},
            }
            for number in range(count)
        ],
    )


def _due(house: House) -> Iterator[Row]:
    """Claiming alone (given back at once), then starting in full: consent, clock, text stored, reminder, history."""
    now = datetime.now(UTC)
    rates = []
    for _ in range(ROUNDS):
        with house.db.begin() as session:
            began = time.perf_counter()
            claimed = len(rows.claim_due(session, FollowUpStatus.PENDING, now, DUE))
            rates.append(claimed / (time.perf_counter() - began))
            session.rollback()
    yield Row("due follow-ups claimed", "a second", median(rates), CLAIMS_TARGET, CLAIMS_TARGET, of_ours=True)
    began = time.perf_counter()
    started = 0
    while (count := follow_up_starts.start_due(house, now)) > 0:
        started += count
    rate = started / (time.perf_counter() - began)
    with house.db.begin() as session:
        written = session.scalar(select(func.count(TextMessage.id))) or 0
        session.execute(text("truncate outbox"))
    if (started, written) != (DUE, DUE):
        raise RuntimeError(f"{DUE} were due, {started} started, {written} texts written")
    yield Row("due follow-ups started, none twice", "a second", rate, STARTS_TARGET, STARTS_TARGET, of_ours=True)


@contextmanager
def _worker(env: dict[str, str]) -> Iterator[None]:
    options = ["--queues", "texts", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "--app", "bench.fast_worker", "--quiet", "worker", *options]
    process = subprocess.Popen(command, env=env | {"REMAP_SIGTERM": "SIGQUIT"}, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _through_celery(house: House, settings: Settings, client: redis.Redis, contact: uuid.UUID) -> Iterator[Row]:
    """The queue is filled while nobody takes from it; the rate is that of the middle eight tenths."""
    app = Celery("bench", set_as_current=False)
    app.conf.update(celery_config(settings))
    if not wait_until(lambda: bool(app.control.inspect(timeout=1).ping()), 60.0):
        raise RuntimeError("the worker did not start")
    publisher = Publisher(settings, for_web=False)

    def bare() -> None:
        for _ in range(TASKS):
            app.send_task(NOTHING, args=("x",), queue="texts")

    def ours() -> None:
        for _ in range(TASKS):
            _write(house, contact)
        for _ in range(-(-TASKS // 200)):
            publisher.sweep(datetime.now(UTC) + timedelta(seconds=1), 200)

    theirs_rates, our_rates = [], []
    _rate(app, client, bare)  # connections warm
    _rate(app, client, ours)
    for _ in range(ROUNDS):
        theirs_rates.append(_rate(app, client, bare))
        our_rates.append(_rate(app, client, ours))
    yield Row("texts sent against bare Celery", "a second", median(our_rates), median(theirs_rates), RATE_TARGET)
    publisher.close()


def _rate(app: Celery, client: redis.Redis, fill: Callable[[], None]) -> float:
    app.control.cancel_consumer("texts", reply=True, timeout=5)
    fill()
    app.control.add_consumer("texts", reply=False)
    marks: dict[int, float] = {}
    while (left := int(client.llen("texts")) + int(client.hlen("unacked"))) > 0:  # type: ignore[arg-type]
        done = TASKS - left
        for mark in (TASKS // 10, TASKS * 9 // 10):
            if done >= mark:
                marks.setdefault(mark, time.perf_counter())
        time.sleep(0.002)
    marks.setdefault(TASKS * 9 // 10, time.perf_counter())
    first, last = min(marks), max(marks)
    return (last - first) / (marks[last] - marks[first])


def _write(house: House, contact_id: uuid.UUID) -> uuid.UUID:
    with house.db.begin() as session:
        contact = session.get_one(Contact, contact_id)
        return texts.queue_text(
            session,
            body="We are here.",
            purpose=Purpose.COUNSELOR_WORDS,
            helpline_number=HELPLINE,
            contact=contact,
            caller=contact.caller,
            now=datetime.now(UTC),
        ).id


def _latency(house: House, client: redis.Redis, contact: uuid.UUID) -> Row:
    """From the commit of a text to the request at the provider, one after another on an idle line."""
    taken = []
    for number in range(TIMED + 20):
        client.delete(STARTED)
        _write(house, contact)
        committed = time.time()
        told = client.blpop([STARTED], timeout=10)
        if told is None:
            raise RuntimeError("a text did not start within 10 s")
        if number >= 20:
            taken.append(1000 * (float(told[1].split()[1]) - committed))  # type: ignore[index]
        time.sleep(0.005)
    taken.sort()
    p99 = taken[int(0.99 * len(taken))]
    print(f"commit to provider: median {median(taken):.1f} ms")
    return Row("commit to the provider's request, p99 against its limit", "ms", p99, P99_TARGET_MS, 1.0, at_least=False)
