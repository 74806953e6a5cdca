"""Asking a place by call on its registered phone, when it reads no texts or a text stays without an answer."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from models.referral_asks import ReferralAsk, asks_to_call
from routing.documents import Document, Say
from routing.vocabulary import SaidBy
from services import staff_calls, tasks
from services.house import House
from services.referrals import asking, words
from services.referrals.asking import Taken
from telephony.ports import Telephony

CALL_AFTER = timedelta(minutes=5)  # of silence after the text: somebody who is ready to go waits
KIND: Final = staff_calls.Kind(
    ReferralAsk, tasks.ASK_REFERRAL, "referral", "referral.call_thanks", "referral.call_nothing"
)


def plan_due(house: House, now: datetime) -> int:
    """Plan a call for every question whose text nobody answers, and for phones that read no texts; how many."""
    return staff_calls.plan(house, KIND, lambda session, most: asks_to_call(session, now - CALL_AFTER, most), now)


def place(house: House, telephony: Telephony, ask_id: uuid.UUID, now: datetime) -> bool:
    """Dial one planned call; never twice for a question."""
    return staff_calls.place(house, telephony, KIND, ask_id, now)


def picked_up(house: House, ask_id: uuid.UUID, sid: str) -> Document:
    """The place's phone was picked up: who calls, and the question."""
    with house.db.begin() as session:
        ask = staff_calls.picked_up(session, KIND, ask_id, sid)
        if ask is None:
            return staff_calls.goodbye(KIND, None)
        who = {"organisation": house.rules.organisation_name, "facility": words.name_of(session, ask.referral)}
        return _question(house, ask, Say("referral.call_hello", who))


def pressed(house: House, ask_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key: yes, no, or why not; anything else is asked once more."""
    with house.db.begin() as session:
        ask = session.get(ReferralAsk, ask_id)
        if ask is None:
            return staff_calls.goodbye(KIND, None)
        taken = asking.take(session, house, ask, digits[:1], SaidBy.FACILITY_KEY, now)
        thanks = staff_calls.goodbye(KIND, ask)
        if taken is Taken.WHY:
            why = staff_calls.key_asked(KIND, ask, Say("referral.call_why"))
            return Document(ask.phone.language, (why, *thanks.steps))
        if taken is Taken.ACCEPTED:
            spelt = {"spelt": ", ".join(ask.referral.code or "")}
            return staff_calls.goodbye(KIND, ask, Say("referral.call_accepted", spelt))
        return thanks if taken is not None or ask.closed_at is not None else _question(house, ask)


def call_ended(house: House, ask_id: uuid.UUID) -> None:
    """The call is over. What is still unanswered may be texted."""
    staff_calls.ended(house, KIND, ask_id)


def _question(house: House, ask: ReferralAsk, *before: Say) -> Document:
    need = words.need_of(house, ask.referral.contact, ask.phone.language)
    return staff_calls.question(KIND, ask, Say("referral.call_ask", {"need": need}), *before)
