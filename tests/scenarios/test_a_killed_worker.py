"""Kills at the worst instants: the follow-up is sent, and it is sent once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models.database import Database
from models.follow_ups import FollowUp
from models.texts import TextMessage
from routing.vocabulary import Disposition, FollowUpKind, FollowUpStatus, TextStatus
from tests.scenarios.plant import Plant, until
from tests.services.outside import CALLER, make_caller, make_contact

ALL_DAY = {"TEXT_WINDOW_START_HOUR": "0", "TEXT_WINDOW_END_HOUR": "24"}
PATIENCE = 180.0  # a loaded machine takes long to start a worker
WORST_INSTANTS = ("between_commit_and_publish", "between_claim_and_send", "between_send_and_mark")


def owe_a_check_in(database: Database) -> None:
    """A referred caller who agreed to texts, and a check-in that is due."""
    now = datetime.now(UTC)
    with database.begin() as session:
        caller = make_caller(session, follow_up_texts_ok=True)
        contact = make_contact(session, caller, disposition=Disposition.REFERRED)
        session.add(
            FollowUp(
                contact_id=contact.id,
                kind=FollowUpKind.CHECK_IN,
                due_at=now - timedelta(seconds=1),
                created_at=now,
                plan={
                    "plan": "referral",
                    "version": 1,
                    "by": "text",
                    "words": "follow_up.check_in",
                    "spacing_seconds": 86_400,
                    "silent_attempts": 4,
                },
            )
        )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_follow_up_survives_the_death_of_one_worker_after_the_other_and_is_sent_once(
    build_plant: Callable[..., Plant], build_clean_engine: Callable[[], Engine]
) -> None:
    plant = build_plant(UNKNOWN_AFTER_SECONDS="2", **ALL_DAY)
    database = Database(build_clean_engine())
    sim = plant.start_simulator()
    owe_a_check_in(database)
    plant.start_beat()
    for place in WORST_INSTANTS:
        doomed = plant.start_texts_worker(("tests.scenarios.dying_worker", place))
        until(lambda worker=doomed: worker.poll() is not None, f"the death of the worker {place}", PATIENCE)
        assert doomed.returncode == -9

    plant.start_texts_worker()

    def settled() -> bool:
        with database.begin() as session:
            (message,) = session.scalars(select(TextMessage)).all() or [None]
            return message is not None and message.status is TextStatus.SENT

    until(settled, "a text that is marked as sent", PATIENCE)
    assert "Reply 1" in sim.phone(CALLER).wait_text()
    assert len(sim.phone(CALLER).texts) == 1
    with database.begin() as session:
        assert session.scalars(select(FollowUp)).one().status is FollowUpStatus.STARTED
