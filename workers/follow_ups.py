"""Celery tasks for follow-ups; each one calls the service of its name."""

from datetime import UTC, datetime

from celery import shared_task

from config.queues import FOLLOW_UPS_SWEEP
from services import follow_ups
from services.referrals import asking, calls, referring, work
from workers.household import household

ROUNDS = 20  # batches a tick, so that a morning's backlog does not wait for twenty ticks


@shared_task(name=FOLLOW_UPS_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: due follow-ups start, unanswered ones are tried again or ended; so are questions to places."""
    house = household().house
    follow_ups.give_up_waiting(house, datetime.now(UTC))
    for _ in range(ROUNDS):
        if follow_ups.start_due(house, datetime.now(UTC)) < follow_ups.BATCH:
            break
    asking.ask_due(house, datetime.now(UTC))
    calls.plan_due(house, datetime.now(UTC))
    referring.late_answers(house, datetime.now(UTC))
    work.offer_late(house, datetime.now(UTC))
