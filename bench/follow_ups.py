"""Due follow-ups claimed and started, texts through Celery against bare Celery, and how soon a text starts.

TARGETS.md, Follow-ups. A hundred thousand follow-ups of the future lie in the table throughout; PostgreSQL with fsync.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Thread

import redis
from sqlalchemy import func, insert, select, text

from bench import text_rate
from bench.rows import Row
from config.settings import Settings, load_settings
from models import follow_ups as rows
from models.contacts import Contact
from models.follow_ups import FollowUp
from models.people import Caller
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, FollowUpKind, FollowUpStatus
from runtime.embedded import Servers, ensure_servers
from runtime.migrate import upgrade
from services import claimed, follow_up_starts
from services.house import House
from workers.household import build_house
from workers.publish import Publisher
from workers.relay import build_relay

TITLE = "Follow-ups (two worker processes, 100,000 follow-ups of the future in the table)"
FUTURE, DUE, ROUNDS = 100_000, 8_000, 3
HELPLINE = "+18335550100"
CLAIMS, DISPATCHED = 50_000, 25_000


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
        contacts = _fill(house)
        client = stack.enter_context(redis.Redis.from_url(settings.redis_url))
        found = [*_due(quiet, settings, client)]
        stack.enter_context(_worker(env))
        found += text_rate.rates(quiet, settings, client, contacts)
        found[2] = replace(found[2], baseline=found[3].baseline)  # bare Celery's tasks, of the same run
        return [*found, *text_rate.latency(house, settings, client, contacts[0])]


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


def _fill(house: House) -> list[uuid.UUID]:
    """Callers at noon who agreed to texts, with follow-ups of the future and due ones; their contacts."""
    now = datetime.now(UTC)
    zone = next(f"Etc/GMT{hours - 12:+d}" for hours in range(24) if hours == now.hour)  # where it is noon
    facts = {"follow_up_texts_ok": True, "timezone": zone, "created_at": now}
    callers = [{"id": uuid.uuid4(), **facts} for _ in range(DUE)]
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
    return [one["id"] for one in contacts]  # type: ignore[misc]


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


def _due(house: House, settings: Settings, client: redis.Redis) -> Iterator[Row]:
    """Claimed and committed; claimed by two at once and handed to the broker in batches; started by one process."""
    now = datetime.now(UTC)
    claims, handed = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with house.db.begin() as session:
            ids = rows.claim_due(session, FollowUpStatus.PENDING, now, DUE, claimed.LEASE)
        claims.append(len(ids) / (time.perf_counter() - began))
        _unclaim(house)
        handed.append(_hand_out(house, settings, client, now))
        _unclaim(house)
    yield Row("due follow-ups claimed", "a second", median(claims), CLAIMS, CLAIMS, of_ours=True)
    yield Row(
        "claimed and with the broker, none twice", "a second", median(handed), DISPATCHED, DISPATCHED, of_ours=True
    )
    began = time.perf_counter()
    for first in range(0, len(ids), claimed.BATCH):
        follow_up_starts.start(house, ids[first : first + claimed.BATCH], now)
    rate = len(ids) / (time.perf_counter() - began)
    with house.db.begin() as session:
        written = session.scalar(select(func.count(func.distinct(TextMessage.caller_id)))) or 0
        session.execute(text("truncate outbox"))
    if (len(ids), written) != (DUE, DUE):
        raise RuntimeError(f"{DUE} were due, {len(ids)} claimed, {written} people written to")
    yield Row("started in full by one process, against Celery's tasks", "a second", rate, 0.0, None)


def _unclaim(house: House) -> None:
    with house.db.begin() as session:
        session.execute(text("update follow_up set claimed_at = null where claimed_at is not null"))
        session.execute(text("truncate outbox"))


def _hand_out(house: House, settings: Settings, client: redis.Redis, now: datetime) -> float:
    """From the claim until the last batch is with the broker. What two sweepers claim is compared."""
    publisher = Publisher(settings, for_web=False)
    found: list[Sequence[uuid.UUID]] = []
    threads = [Thread(target=lambda: found.append(follow_up_starts.hand_out(house, now))) for _ in range(2)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    publisher.sweep(datetime.now(UTC) + timedelta(seconds=1), 1000)
    taken = time.perf_counter() - began
    publisher.close()
    messages = client.lrange("follow_ups", 0, -1)
    bodies = [json.loads(message)["body"] for message in messages]  # type: ignore[union-attr]
    batched = [one for body in bodies for one in json.loads(b64decode(body))[0]]
    first = [str(one) for ids in found for one in ids[: claimed.BATCH]]  # which each sweeper starts itself
    client.delete("follow_ups")
    if len(batched) + len(first) != DUE or len({*batched, *first}) != DUE:
        raise RuntimeError(
            f"{DUE} were due, {len(batched)} came to the broker, {len({*batched, *first})} different ones"
        )
    return DUE / taken


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
