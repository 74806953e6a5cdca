"""Asking facility staff for their open beds by call: a press of a digit, when a text stays without an answer."""

import uuid
from datetime import datetime, timedelta

from models import call_budget
from models.bed_rounds import BedRound, claim_call, lock_round, planned_calls, rounds_to_call
from routing.bed_questions import read_digit
from routing.documents import Ask, Document, HangUp, Say
from routing.lifecycle import leg_may_become
from routing.vocabulary import Language, LegStatus
from services import tasks
from services.directory.bed_phones import facility_name
from services.directory.bed_questions import take_digit, within_hours
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

BATCH = 20  # a sweep: callers' own calls come first
REMIND_AFTER = timedelta(minutes=2)  # a planned call that no reminder brought to a worker
PRESS_SECONDS = 8


def plan_due(house: House, now: datetime) -> int:
    """Plan a call for every round whose text nobody answers, and for phones that read no texts; how many."""
    asked_before = now - timedelta(minutes=house.rules.bed_call_after_minutes)
    with house.db.begin() as session:
        found = [
            asked for asked in rounds_to_call(session, asked_before, BATCH) if within_hours(house, asked.contact, now)
        ]
        for asked in found:
            asked.call_status = LegStatus.PLANNED
        for asked in (*found, *planned_calls(session, now - REMIND_AFTER, BATCH)):
            asked.call_at = now
            tasks.ask(session, tasks.ASK_BEDS, asked.id, now)
        return len(found)


def place(house: House, telephony: Telephony, round_id: uuid.UUID, now: datetime) -> bool:
    """Dial one planned call: claimed first, dialled outside any transaction, never twice in a round."""
    with house.db.begin() as session:
        if call_budget.any_in_line(session) or not call_budget.take_slot(session, house.rules.calls_per_second, now):
            return False  # callers first: the next reminder tries again
        asked = claim_call(session, round_id, now)
        if asked is None:
            return False
        if (
            not asked.contact.active
            or asked.contact.stopped_at is not None
            or not within_hours(house, asked.contact, now)
        ):
            asked.call_status = LegStatus.ENDED
            return False
        number = asked.contact.number
    base = house.rules.public_base_url
    try:
        sid = telephony.place_call(
            to=number,
            sender=house.rules.helpline_numbers[0],
            url=f"{base}/voice/beds/{round_id}",
            status_url=f"{base}/status/beds?round={round_id}",
            ring_seconds=house.rules.ring_seconds,
        )
    except ProviderRefused as refusal:
        if refusal.too_many:
            _later(house, round_id)
        else:
            call_ended(house, round_id)
        return False
    except ProviderUnsure:
        return False  # it may ring: its own webhooks tell; the next round asks anew
    with house.db.begin() as session:
        placed = lock_round(session, round_id)
        if placed is not None:
            placed.call_sid = placed.call_sid or sid
            _move(placed, LegStatus.RINGING)
    return True


def picked_up(house: House, round_id: uuid.UUID, sid: str) -> Document:
    """The facility's phone was picked up: who calls, and the first question."""
    with house.db.begin() as session:
        asked = lock_round(session, round_id)
        if asked is None or asked.closed_at is not None:
            return _goodbye(asked)
        asked.call_sid = asked.call_sid or sid
        _move(asked, LegStatus.ANSWERED)
        values = {
            "organisation": house.rules.organisation_name,
            "facility": facility_name(session, asked.contact.facility_id),
        }
        return _question(house, asked, Say("bed.call_hello", values))


def pressed(house: House, round_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key: the answer to the level that was asked; then the next level, or thanks."""
    with house.db.begin() as session:
        asked = lock_round(session, round_id)
        digit = read_digit(digits[:1])
        if asked is None or asked.closed_at is not None:
            return _goodbye(asked)
        if digit is None:
            return _question(house, asked)
        take_digit(session, house, asked, digit, "call", now)
        if asked.closed_at is not None:
            return Document(asked.contact.language, (Say("bed.call_thanks"), HangUp()))
        return _question(house, asked, Say("bed.call_next"))


def call_ended(house: House, round_id: uuid.UUID) -> None:
    """The call is over. What is still unanswered may be texted until the next round."""
    with house.db.begin() as session:
        asked = lock_round(session, round_id)
        if asked is not None and asked.call_status is not None:
            _move(asked, LegStatus.ENDED)


def _later(house: House, round_id: uuid.UUID) -> None:
    """The provider took no more calls just now: the next reminder tries again."""
    with house.db.begin() as session:
        asked = lock_round(session, round_id)
        if asked is not None and asked.call_status is LegStatus.PLACING:
            asked.call_status = LegStatus.PLANNED


def _question(house: House, asked: BedRound, *before: Say) -> Document:
    level = house.phrases.text(f"bed.level_{asked.asking.value}", asked.contact.language)
    then = f"/voice/beds-key/{asked.id}"
    first = Ask((*before, Say("bed.call_ask", {"level": level})), then, digits=1, seconds=PRESS_SECONDS)
    again = Ask((Say("bed.call_ask", {"level": level}),), then, digits=1, seconds=PRESS_SECONDS)
    return Document(asked.contact.language, (first, again, Say("bed.call_nothing"), HangUp()))


def _goodbye(asked: BedRound | None) -> Document:
    return Document(asked.contact.language if asked else Language.ENGLISH, (Say("bed.call_thanks"), HangUp()))


def _move(asked: BedRound, status: LegStatus) -> None:
    if asked.call_status is None or leg_may_become(asked.call_status, status):
        asked.call_status = status
