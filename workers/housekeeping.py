"""Celery task that tidies up once a minute."""

from datetime import UTC, datetime

import structlog
from celery import shared_task

from config.queues import HOUSEKEEPING_SWEEP
from services import housekeeping, missed_texts, text_contacts
from workers.household import household

log = structlog.get_logger(__name__)


@shared_task(name=HOUSEKEEPING_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: texts that an outage kept from us, conversations that nobody goes on with, old reminders."""
    home = household()
    text_contacts.close_idle(home.house, datetime.now(UTC))
    housekeeping.forget_published(home.house, datetime.now(UTC))
    missed = missed_texts.take_missed(home.house, home.telephony, datetime.now(UTC))
    if missed:
        log.warning("missed_texts_taken", count=missed)
