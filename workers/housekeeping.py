"""Celery task that tidies up once a minute."""

from datetime import UTC, datetime

from celery import shared_task

from config.queues import HOUSEKEEPING_SWEEP
from services import housekeeping, text_contacts
from workers.household import household


@shared_task(name=HOUSEKEEPING_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: forget reminders that were delivered long ago, end conversations that nobody goes on with."""
    text_contacts.close_idle(household().house, datetime.now(UTC))
    housekeeping.forget_published(household().house, datetime.now(UTC))
