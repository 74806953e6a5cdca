"""Celery tasks for follow-ups; each one calls the service of its name."""

import uuid
from datetime import UTC, datetime

from celery import shared_task

from config.queues import FOLLOW_UPS_SWEEP
from services import follow_up_starts, follow_ups
from services.referrals import asking, calls, referring, work
from workers.household import household
from workers.steps import in_turn


@shared_task(name=FOLLOW_UPS_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: due follow-ups start, unanswered ones are tried again or ended; so are questions to places."""
    house = household().house
    in_turn(
        lambda: follow_ups.give_up_waiting(house, datetime.now(UTC)),
        lambda: follow_up_starts.start_due(house, datetime.now(UTC)),
        lambda: asking.ask_due(house, datetime.now(UTC)),
        lambda: calls.plan_due(house, datetime.now(UTC)),
        lambda: referring.late_answers(house, datetime.now(UTC)),
        lambda: work.offer_late(house, datetime.now(UTC)),
    )


@shared_task(name=follow_up_starts.START)  # type: ignore[untyped-decorator]
def start(*follow_up_ids: str) -> None:
    """Start what a sweep has claimed."""
    follow_up_starts.start(household().house, [uuid.UUID(each) for each in follow_up_ids], datetime.now(UTC))
