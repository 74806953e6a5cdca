"""Whoever works on a contact holds back others who would change it, not those who only write beside it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from models.contacts import lock_contact, record
from models.database import Database
from tests.services.outside import NOON, make_caller, make_contact


def test_a_sweeper_tells_of_a_contact_that_a_webhook_holds_and_only_a_second_change_waits(
    build_clean_engine: Callable[[], Engine], keys: None
) -> None:
    """A sweeper holds a follow-up and writes of its contact; a webhook holds the contact and wants the follow-up."""
    webhook, sweeper = Database(build_clean_engine()), Database(build_clean_engine())
    with webhook.begin() as session:
        contact_id = make_contact(session, make_caller(session)).id
    with webhook.begin() as holding:
        assert lock_contact(holding, contact_id) is not None
        with sweeper.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            record(session, contact_id, "follow_up_started", NOON + timedelta(days=1))
        with sweeper.begin() as session:
            session.execute(text("set local lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                lock_contact(session, contact_id)
