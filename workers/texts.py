"""Celery tasks for texts; each one calls the service of its name."""

import uuid
from datetime import UTC, datetime

from celery import shared_task

from config.queues import TEXTS_IN_LINE, TEXTS_SWEEP
from services import hand_over, text_line, text_reports, texts
from workers.household import household
from workers.steps import in_turn


@shared_task(name="workers.texts.send")  # type: ignore[untyped-decorator]
def send(*message_ids: str) -> None:
    """Send stored messages, those that are still to be sent."""
    home = household()
    texts.send_all(home.house, home.telephony, [uuid.UUID(each) for each in message_ids], datetime.now(UTC))


@shared_task(name=TEXTS_IN_LINE)  # type: ignore[untyped-decorator]
def send_in_line() -> None:
    """Beat's wake-up: texts that wait for the provider's rate."""
    home = household()
    text_line.send_in_line(home.house, home.telephony, datetime.now(UTC))


@shared_task(name=TEXTS_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: conversations that nobody took, texts that nobody sent, and those whose fate nobody knows."""
    home = household()
    in_turn(
        lambda: hand_over.escalate(home.house, datetime.now(UTC)),
        lambda: text_reports.send_due(home.house, datetime.now(UTC)),
        lambda: text_reports.reconcile(home.house, home.telephony, datetime.now(UTC)),
    )
