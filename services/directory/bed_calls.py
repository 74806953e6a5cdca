"""Asking facility staff for their open beds by call: a press of a digit, when a text stays without an answer."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from models.bed_rounds import BedRound, rounds_to_call
from models.staff_calls import lock_question
from routing.bed_questions import read_digit
from routing.documents import Document, Say
from services import staff_calls, tasks
from services.directory.bed_phones import facility_name
from services.directory.bed_questions import take_digit
from services.house import House
from telephony.ports import Telephony

KIND: Final = staff_calls.Kind(BedRound, tasks.ASK_BEDS, "beds", "bed.call_thanks", "bed.call_nothing")


def plan_due(house: House, now: datetime) -> int:
    """Plan a call for every round whose text nobody answers, and for phones that read no texts; how many."""
    asked_before = now - timedelta(minutes=house.rules.bed_call_after_minutes)
    return staff_calls.plan(house, KIND, lambda session, most: rounds_to_call(session, asked_before, most), now)


def place(house: House, telephony: Telephony, round_id: uuid.UUID, now: datetime) -> bool:
    """Dial one planned call; never twice in a round."""
    return staff_calls.place(house, telephony, KIND, round_id, now)


def picked_up(house: House, round_id: uuid.UUID, sid: str) -> Document:
    """The facility's phone was picked up: who calls, and the first question."""
    with house.db.begin() as session:
        asked = staff_calls.picked_up(session, KIND, round_id, sid)
        if asked is None:
            return staff_calls.goodbye(KIND, None)
        name = facility_name(session, asked.phone.facility_id)
        who = {"organisation": house.rules.organisation_name, "facility": name}
        return _question(house, asked, Say("bed.call_hello", who))


def pressed(house: House, round_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key: the answer to the level that was asked; then the next level, or thanks."""
    with house.db.begin() as session:
        asked = lock_question(session, BedRound, round_id)
        digit = read_digit(digits[:1])
        if asked is None or asked.closed_at is not None:
            return staff_calls.goodbye(KIND, asked)
        if digit is None:
            return _question(house, asked)
        take_digit(session, house, asked, digit, "call", now)
        if asked.closed_at is not None:
            return staff_calls.goodbye(KIND, asked)
        return _question(house, asked, Say("bed.call_next"))


def call_ended(house: House, round_id: uuid.UUID) -> None:
    """The call is over. What is still unanswered may be texted until the next round."""
    staff_calls.ended(house, KIND, round_id)


def _question(house: House, asked: BedRound, *before: Say) -> Document:
    level = house.phrases.text(f"bed.level_{asked.asking.value}", asked.phone.language)
    return staff_calls.question(KIND, asked, Say("bed.call_ask", {"level": level}), *before)
