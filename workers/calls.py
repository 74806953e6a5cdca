"""Celery tasks for calls: each wakes one service with an id."""

import uuid

from celery import shared_task

from config.queues import CALLS_DIAL, CALLS_RECONCILE, CALLS_SWEEP
from services import (
    bridging,
    callbacks,
    contact_matches,
    in_call,
    intake_facts,
    intake_lines,
    moving,
    owed_callbacks,
    releasing,
    ringing,
    rooms,
    tasks,
    test_calls,
    transfers,
    watchdog,
)
from services.directory import bed_calls
from services.referrals import calls as referral_calls
from services.referrals import intake_answers
from workers.household import household
from workers.steps import in_turn


@shared_task(name=tasks.RING)  # type: ignore[untyped-decorator]
def ring(contact_id: str) -> None:
    """Ring the next counselors for a waiting contact."""
    here = household()
    owed_callbacks.give_way(here.house, here.now())  # a caller who is here again is not called back meanwhile
    ringing.ring(here.house, here.telephony, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.CONNECT)  # type: ignore[untyped-decorator]
def connect(contact_id: str) -> None:
    """Fetch the caller to the counselor who waits in the conference."""
    here = household()
    bridging.connect(here.house, here.telephony, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.RELEASE)  # type: ignore[untyped-decorator]
def release(contact_id: str) -> None:
    """Let go of phones that still ring for nobody."""
    here = household()
    releasing.release(here.house, here.telephony, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.SEAT)  # type: ignore[untyped-decorator]
def seat(contact_id: str) -> None:
    """Tell the provider how the phones of a conversation sit."""
    here = household()
    rooms.tune(here.house, here.telephony, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.MOVE)  # type: ignore[untyped-decorator]
def move(contact_id: str) -> None:
    """Move two who talk by a <Dial> into a conference."""
    here = household()
    moving.move(here.house, here.telephony, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.LEFT_ALONE)  # type: ignore[untyped-decorator]
def left_alone(contact_id: str) -> None:
    """Fetch a caller out of a conference in which nobody is left."""
    here = household()
    bridging.fetch_out(here.house, here.telephony, uuid.UUID(contact_id))


@shared_task(name=tasks.PLACE)  # type: ignore[untyped-decorator]
def place(leg_id: str) -> None:  # noqa: ARG001 - whose turn it is says the line of planned legs
    """Dial a phone that a conversation waits for."""
    here = household()
    ringing.dial(here.house, here.telephony, here.now())


@shared_task(name=tasks.KEYS)  # type: ignore[untyped-decorator]
def send_keys(leg_id: str) -> None:
    """Send keys into an intake line's phone tree."""
    here = household()
    intake_lines.send_keys(here.house, here.telephony, uuid.UUID(leg_id))


@shared_task(name=tasks.READ_OUT)  # type: ignore[untyped-decorator]
def read_out(leg_id: str) -> None:
    """Read to an intake line what the person agreed to."""
    here = household()
    intake_facts.send(here.house, here.telephony, uuid.UUID(leg_id))


@shared_task(name=tasks.DROP)  # type: ignore[untyped-decorator]
def drop(leg_id: str) -> None:
    """Let one phone of a conversation go."""
    here = household()
    releasing.let_go(here.house, here.telephony, uuid.UUID(leg_id), "released", here.now())


@shared_task(name=tasks.CALL_BACK)  # type: ignore[untyped-decorator]
def call_back(contact_id: str) -> None:
    """Start a callback that is due."""
    here = household()
    owed_callbacks.give_way(here.house, here.now())
    callbacks.begin(here.house, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.MATCH)  # type: ignore[untyped-decorator]
def match(contact_id: str) -> None:
    """Find places for a contact whose place and substance are known."""
    here = household()
    contact_matches.match_for_call(here.house, uuid.UUID(contact_id), here.now())


@shared_task(name=tasks.ASK_BEDS)  # type: ignore[untyped-decorator]
def ask_beds(round_id: str) -> None:
    """Ring a facility that has not answered for its beds."""
    here = household()
    bed_calls.place(here.house, here.telephony, uuid.UUID(round_id), here.now())


@shared_task(name=tasks.ASK_REFERRAL)  # type: ignore[untyped-decorator]
def ask_referral(ask_id: str) -> None:
    """Ring a place that has not answered about a referral."""
    here = household()
    referral_calls.place(here.house, here.telephony, uuid.UUID(ask_id), here.now())


@shared_task(name=tasks.TEST_CALL)  # type: ignore[untyped-decorator]
def test_call(call_id: str) -> None:
    """Ring the phone of an admin who tries the line."""
    here = household()
    test_calls.place(here.house, here.telephony, uuid.UUID(call_id))


@shared_task(name=tasks.ASK_INTAKE)  # type: ignore[untyped-decorator]
def ask_intake(leg_id: str) -> None:
    """Ask an intake line for its key before it goes; a call that cannot be fetched is let go."""
    here = household()
    if not intake_answers.send_to_question(here.house, here.telephony, uuid.UUID(leg_id)):
        releasing.let_go(here.house, here.telephony, uuid.UUID(leg_id), "released", here.now())


@shared_task(name=CALLS_SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Beat's wake-up: claims that ran out, legs without a word, callers for whom nothing rings, due callbacks."""
    here = household()
    in_turn(
        lambda: watchdog.rescue(here.house, here.telephony, here.now()),
        lambda: owed_callbacks.give_way(here.house, here.now()),
        lambda: bridging.sweep(here.house, here.telephony, here.now()),
        lambda: moving.sweep(here.house, here.telephony, here.now()),
        lambda: in_call.consultations_near_their_end(here.house, here.now()),
        lambda: in_call.long_holds(here.house, here.now()),
        lambda: transfers.late_arrivals(here.house, here.now()),
        lambda: rooms.sweep(here.house, here.telephony, here.now()),
        lambda: callbacks.begin_due(here.house, here.now()),
    )


@shared_task(name=CALLS_DIAL)  # type: ignore[untyped-decorator]
def dial() -> None:
    """Beat's wake-up: planned legs whose turn has come."""
    here = household()
    ringing.dial(here.house, here.telephony, here.now())


@shared_task(name=CALLS_RECONCILE)  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Beat's wake-up: calls whose end no callback told, that have no end, or whose caller was left with nobody."""
    here = household()
    in_turn(
        lambda: transfers.end_long_talks(here.house, here.now()),
        lambda: watchdog.reconcile(here.house, here.telephony, here.now()),
        lambda: watchdog.left_behind(here.house, here.telephony, here.now()),
    )
