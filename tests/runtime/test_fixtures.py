"""The test fixtures themselves: a real database that forgets, and a Redis of one's own."""

import redis
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.outbox import OutboxRow
from tests.fixtures.database import Copies


def test_the_database_is_migrated(session: Session) -> None:
    assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_a_commit_in_a_test_is_gone_afterwards(database, copies: Copies, database_url: str, engine) -> None:
    with database.begin() as session:
        session.execute(text("CREATE TABLE left_over (id int)"))
    with engine.connect() as other:
        assert other.scalar(text("SELECT to_regclass('left_over')")) is None


def test_a_clean_database_is_empty_migrated_and_its_own(
    clean_database: str, database_url: str, build_clean_engine
) -> None:
    assert clean_database != database_url
    with build_clean_engine().connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_redis_is_empty_and_keeps_what_is_written(redis_client: redis.Redis, redis_url: str) -> None:
    assert redis_client.dbsize() == 0
    redis_client.set("here", "1")
    with redis.Redis.from_url(redis_url) as again:
        assert again.get("here") == b"1"


def test_settings_are_for_tests(settings, database_url: str) -> None:
    assert settings.app_env == "test"
    assert settings.database_url == database_url
