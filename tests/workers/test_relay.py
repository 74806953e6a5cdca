"""From a commit to the broker: at once when all is well, never lost and never waited for when it is not."""

import json
import os
import signal
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import Engine, func, select

from config.settings import Settings, load_settings
from models import outbox
from models.database import Database, Wake
from models.outbox import OutboxRow
from workers import relay as relays
from workers.publish import LIVE_CHANNEL, Publisher
from workers.relay import Relay, build_relay, sweep_unpublished

Noted = list[tuple[Wake, str]]


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Told:
    """A publisher that notes what it is given, and fails while told to."""

    def __init__(self) -> None:
        self.wakes: Noted = []
        self.failing = False
        self.tries = 0

    def publish(self, wakes: Sequence[tuple[Wake, str]]) -> None:
        failing = self.failing
        self.tries += 1  # last: who sees it may change what the next try finds
        if failing:
            raise ConnectionError("nobody there")
        self.wakes += wakes


@pytest.fixture
def house_settings(clean_database: str, redis_url: str) -> Settings:
    return load_settings({"APP_ENV": "test", "DATABASE_URL": clean_database, "REDIS_URL": redis_url})


@pytest.fixture
def publisher(house_settings: Settings) -> Iterator[Publisher]:
    built = Publisher(house_settings, for_web=True)
    yield built
    built.close()


@pytest.fixture
def clean_engine(build_clean_engine: Callable[[], Engine]) -> Engine:
    return build_clean_engine()


def ask(database: Database, count: int = 1, queue: str = "texts", at: datetime | None = None) -> None:
    with database.begin() as session:
        for number in range(count):
            outbox.put(session, "workers.texts.send", queue, f"id-{number}", now=at or datetime.now(UTC))


def unpublished(database: Database) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).where(OutboxRow.published_at.is_(None))) or 0


def bodies(client: redis.Redis, queue: str = "texts") -> list[dict]:
    return [json.loads(message) for message in client.lrange(queue, 0, -1)]


def taken(client: redis.Redis, queue: str = "texts") -> list[str]:
    """The ids that the broker has, of all messages."""
    return [each for message in bodies(client, queue) for each in json.loads(b64decode(message["body"]))[0]]


def test_a_commit_reaches_the_right_queue_as_json_and_is_marked(
    clean_engine: Engine, publisher: Publisher, redis_client: redis.Redis
) -> None:
    relay = Relay(lambda: publisher)
    database = Database(clean_engine, relay.nudge)
    ask(database)
    until(lambda: redis_client.llen("texts") == 1)
    (message,) = bodies(redis_client)
    assert message["content-type"] == "application/json"
    assert message["headers"]["task"] == "workers.texts.send"
    until(lambda: unpublished(database) == 0)


def test_a_change_that_is_rolled_back_reminds_nobody(clean_engine: Engine) -> None:
    told = Told()
    database = Database(clean_engine, Relay(lambda: told).nudge)

    def fail() -> None:
        with database.begin() as session:
            outbox.put(session, "workers.texts.send", "texts", "lost", now=datetime.now(UTC))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    ask(database)
    until(lambda: told.wakes)
    assert [wake.args for wake, _ in told.wakes] == [("id-0",)]


def test_open_pages_hear_the_contacts_id_and_nothing_else(
    clean_engine: Engine, publisher: Publisher, redis_client: redis.Redis
) -> None:
    database = Database(clean_engine, Relay(lambda: publisher).nudge)
    with redis_client.pubsub(ignore_subscribe_messages=True) as listening:
        listening.subscribe(LIVE_CHANNEL)
        listening.get_message(timeout=60)  # the word that it hears from now on
        with database.begin() as session:
            outbox.touch(session, "contact-1")
            outbox.touch(session, "contact-1")
        heard = []
        until(lambda: heard.append(listening.get_message(timeout=0.1)) or any(heard))
    assert [message["data"] for message in heard if message] == [b"contact-1"]


def test_a_request_waits_for_nothing_while_the_broker_hangs(clean_engine: Engine) -> None:
    reached, release = threading.Event(), threading.Event()

    class Hanging:
        def publish(self, wakes: Sequence[tuple[Wake, str]]) -> None:
            reached.set()
            release.wait()

    relay = Relay(Hanging)
    database = Database(clean_engine, relay.nudge)
    ask(database, count=50)  # would never come back if it waited for the publisher
    assert reached.wait(60)
    started = time.monotonic()
    for number in range(2_000):
        relay.nudge([Wake("live", str(number))])
    assert time.monotonic() - started < 20, "not ten milliseconds each, on any machine"
    ask(database, count=50)
    assert unpublished(database) == 100
    release.set()


def test_while_the_broker_is_away_the_breaker_spares_it_and_the_sweep_catches_up(
    clean_engine: Engine, publisher: Publisher, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    told.failing = True
    relay = Relay(lambda: told)
    database = Database(clean_engine, relay.nudge)
    ask(database)
    until(lambda: told.tries == 1)
    ask(database, count=3)
    until(lambda: relay.is_idle)
    assert told.tries == 1  # the breaker is open: nobody tries again yet
    assert unpublished(database) == 4
    later = datetime.now(UTC) + timedelta(seconds=3)
    assert sweep_unpublished(publisher, later) == 4
    assert (len(taken(redis_client)), unpublished(database)) == (4, 0)


def test_after_its_pause_the_breaker_lets_the_next_wake_through(
    clean_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "BREAKER_SECONDS", 0.05)
    told = Told()
    told.failing = True
    database = Database(clean_engine, Relay(lambda: told).nudge)
    ask(database)
    until(lambda: told.tries == 1)
    told.failing = False
    until(lambda: ask(database) or told.wakes)
    assert told.tries > 1


def test_a_nudge_into_a_full_queue_drops_and_does_not_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "WAITING_LIMIT", 1)
    release = threading.Event()
    published: Noted = []

    class Hanging:
        def publish(self, wakes: Sequence[tuple[Wake, str]]) -> None:
            release.wait()
            published.extend(wakes)

    relay = Relay(Hanging)
    relay.nudge([Wake("live", str(number)) for number in range(50)])
    release.set()
    until(lambda: published)
    assert len(published) < 50, "the rest is left to the sweep"


def test_the_sweep_leaves_young_rows_to_the_nudge_and_takes_every_old_one_once(
    clean_engine: Engine, publisher: Publisher, redis_client: redis.Redis
) -> None:
    database = Database(clean_engine)
    now = datetime.now(UTC)
    ask(database, count=450, at=now - timedelta(seconds=10))
    ask(database, count=1, at=now)
    assert sweep_unpublished(publisher, now) == 450
    assert sweep_unpublished(publisher, now) == 0
    assert (len(set(taken(redis_client))), len(taken(redis_client)), unpublished(database)) == (450, 450, 1)
    assert len(bodies(redis_client)) == 45, "ten texts a message"


def test_two_sweepers_at_once_publish_nothing_twice(
    clean_engine: Engine, house_settings: Settings, redis_client: redis.Redis
) -> None:
    database = Database(clean_engine)
    now = datetime.now(UTC)
    ask(database, count=400, at=now - timedelta(seconds=10))
    sweepers = [Publisher(house_settings, for_web=False) for _ in range(2)]
    threads = [threading.Thread(target=sweep_unpublished, args=(sweeper, now)) for sweeper in sweepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(taken(redis_client))) == len(taken(redis_client)) == 400
    for sweeper in sweepers:
        sweeper.close()


def test_a_process_killed_between_commit_and_publish_loses_nothing(
    clean_engine: Engine, house_settings: Settings, publisher: Publisher, redis_client: redis.Redis
) -> None:
    clean_engine.dispose()
    child = os.fork()
    if child == 0:  # the web worker: commits, and dies before its publisher thread runs

        def die(wakes: Sequence[Wake]) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        ask(Database(clean_engine, die))
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert redis_client.llen("texts") == 0
    assert sweep_unpublished(publisher, datetime.now(UTC) + timedelta(seconds=3)) == 1
    assert redis_client.llen("texts") == 1


def test_a_forked_process_has_a_relay_of_its_own(
    clean_engine: Engine, house_settings: Settings, redis_client: redis.Redis
) -> None:
    relay = build_relay(house_settings, for_web=True)
    ask(Database(clean_engine, relay.nudge))  # the parent's thread is running before the fork
    until(lambda: redis_client.llen("texts") == 1)
    clean_engine.dispose()
    child = os.fork()
    if child == 0:
        ask(Database(clean_engine, relay.nudge))
        until(lambda: redis_client.llen("texts") == 2)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert redis_client.llen("texts") == 2


def test_a_reminder_that_cannot_be_published_holds_up_none_behind_it(
    clean_engine: Engine, publisher: Publisher, redis_client: redis.Redis
) -> None:
    database = Database(clean_engine)
    now = datetime.now(UTC)
    ask(database, queue="no_such_queue", at=now - timedelta(seconds=20))
    ask(database, count=3, at=now - timedelta(seconds=10))
    assert sweep_unpublished(publisher, now) == 4
    assert (len(taken(redis_client)), unpublished(database)) == (3, 1)
    with database.begin() as session:
        poison = session.scalars(select(OutboxRow).where(OutboxRow.published_at.is_(None))).one()
    assert (poison.failures, poison.error, poison.given_up_at) == (1, "QueueNotFound", None)
