"""Celery tasks of the house: tidying up once a minute, and asking facilities for their beds."""

import uuid
from datetime import UTC, datetime
from functools import partial

import structlog
from celery import shared_task

from config.queues import (
    ALARMS_SWEEP,
    BEDS_SWEEP,
    HOUSEKEEPING_SWEEP,
    RETENTION_SWEEP,
    SHIFTS_SWEEP,
    VOICEMAILS_SWEEP,
)
from services import (
    alarms,
    coverage_alarm,
    housekeeping,
    missed_calls,
    missed_texts,
    owed_endings,
    reminders,
    retention,
    text_contacts,
    voicemails,
)
from services.directory import bed_calls, bed_questions, uploads
from workers.household import household
from workers.steps import in_turn

log = structlog.get_logger(__name__)
# A whole country takes a minute or two, on a busy host many times that. Acknowledged at once, because it may outlast
# the broker's patience; its row says what became of it.
PATIENT = {"acks_late": False, "soft_time_limit": 1_800, "time_limit": 1_860}


@shared_task(name=HOUSEKEEPING_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: what an outage kept from us, what nobody went on with or wrote down, old reminders."""
    home = household()
    in_turn(
        lambda: text_contacts.close_idle(home.house, datetime.now(UTC)),
        lambda: owed_endings.ask(home.house, datetime.now(UTC)),
        lambda: housekeeping.forget_published(home.house, datetime.now(UTC)),
        lambda: _told("texts", missed_texts.take_missed(home.house, home.telephony, datetime.now(UTC))),
        lambda: _told("calls", missed_calls.take_missed(home.house, home.telephony, datetime.now(UTC))),
        lambda: uploads.tidy(home.house, datetime.now(UTC)),
    )


def _told(what: str, count: int) -> None:
    if count:
        log.warning("missed_contacts_taken", kind=what, count=count)


@shared_task(name=alarms.SEND)  # type: ignore[untyped-decorator]
def alarm(alarm_id: str) -> None:
    """An alarm leaves the house."""
    home = household()
    alarms.send(home.house, home.alarm_ways, uuid.UUID(alarm_id), datetime.now(UTC))


@shared_task(name=ALARMS_SWEEP)  # type: ignore[untyped-decorator]
def alarms_again() -> None:
    """Beat's wake-up: alarms that did not get out."""
    home = household()
    due = alarms.due(home.house, datetime.now(UTC))
    in_turn(*(partial(alarms.send, home.house, home.alarm_ways, alarm_id, datetime.now(UTC)) for alarm_id in due))


@shared_task(name=VOICEMAILS_SWEEP)  # type: ignore[untyped-decorator]
def voicemails_home() -> None:
    """Beat's wake-up: voicemails are fetched to us and removed at the provider; late ones are told."""
    home = household()
    in_turn(
        lambda: voicemails.fetch_all(home.house, home.telephony, datetime.now(UTC)),
        lambda: voicemails.tell_late(home.house, datetime.now(UTC)),
    )


@shared_task(name=RETENTION_SWEEP)  # type: ignore[untyped-decorator]
def retained() -> None:
    """Beat's wake-up: what has outlived its period goes, here and at the provider."""
    home = household()
    in_turn(
        lambda: retention.apply_due(home.house, datetime.now(UTC)),
        lambda: retention.erase_copies(home.house, home.telephony, datetime.now(UTC)),
    )


@shared_task(name=BEDS_SWEEP)  # type: ignore[untyped-decorator]
def ask_beds() -> None:
    """Beat's wake-up: bed questions whose hour has come, and calls where a text stays without an answer."""
    house = household().house
    in_turn(
        lambda: bed_questions.ask_due(house, datetime.now(UTC)),
        lambda: bed_calls.plan_due(house, datetime.now(UTC)),
    )


@shared_task(name=SHIFTS_SWEEP)  # type: ignore[untyped-decorator]
def shifts() -> None:
    """Beat's wake-up: counselors are told of the shift that is near, supervisors of hours without anybody."""
    house = household().house
    in_turn(
        lambda: reminders.remind_due(house, datetime.now(UTC)),
        lambda: coverage_alarm.tell_gaps(house, datetime.now(UTC)),
    )


@shared_task(name=uploads.RUN, **PATIENT)  # type: ignore[untyped-decorator]
def directory_upload(upload_id: str) -> None:
    """Look at a directory file, take it over, or undo an import."""
    uploads.run(household().house, uuid.UUID(upload_id), datetime.now(UTC))
