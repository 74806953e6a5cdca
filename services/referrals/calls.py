"""Asking a place by call on its registered phone, when it reads no texts or a text stays without an answer."""

import uuid
from datetime import datetime, timedelta

from models import call_budget
from models.referral_asks import ReferralAsk, asks_to_call, claim_ask_call, lock_ask, planned_ask_calls
from routing.documents import Ask, Document, HangUp, Say
from routing.lifecycle import leg_may_become
from routing.vocabulary import Language, LegStatus, SaidBy
from services import tasks
from services.directory.bed_questions import within_hours
from services.house import House
from services.referrals import asking, words
from services.referrals.asking import Taken
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

BATCH = 20  # a sweep: callers' own calls come first
CALL_AFTER = timedelta(minutes=5)  # of silence after the text: somebody who is ready to go waits
REMIND_AFTER = timedelta(minutes=2)  # a planned call that no reminder brought to a worker
PRESS_SECONDS = 8


def plan_due(house: House, now: datetime) -> int:
    """Plan a call for every question whose text nobody answers, and for phones that read no texts; how many."""
    with house.db.begin() as session:
        waiting = asks_to_call(session, now - CALL_AFTER, BATCH)
        found = [ask for ask in waiting if ask.phone.stopped_at is None and within_hours(house, ask.phone, now)]
        for ask in found:
            ask.call_status = LegStatus.PLANNED
        for ask in (*found, *planned_ask_calls(session, now - REMIND_AFTER, BATCH)):
            ask.call_at = now
            tasks.ask(session, tasks.ASK_REFERRAL, ask.id, now)
        return len(found)


def place(house: House, telephony: Telephony, ask_id: uuid.UUID, now: datetime) -> bool:
    """Dial one planned call: claimed first, dialled outside any transaction, never twice for a question."""
    with house.db.begin() as session:
        if call_budget.any_in_line(session) or not call_budget.take_slot(session, house.rules.calls_per_second, now):
            return False  # callers first: the next reminder tries again
        ask = claim_ask_call(session, ask_id, now)
        if ask is None:
            return False
        if not ask.phone.active or ask.phone.stopped_at is not None or not within_hours(house, ask.phone, now):
            ask.call_status = LegStatus.ENDED
            return False
        number = ask.phone.number
    base = house.rules.public_base_url
    try:
        sid = telephony.place_call(
            to=number,
            sender=house.rules.helpline_numbers[0],
            url=f"{base}/voice/referral/{ask_id}",
            status_url=f"{base}/status/referral?ask={ask_id}",
            ring_seconds=house.rules.ring_seconds,
        )
    except ProviderRefused as refusal:
        _back_to(house, ask_id, LegStatus.PLANNED if refusal.too_many else LegStatus.ENDED)
        return False
    except ProviderUnsure:
        return False  # it may ring: its own webhooks tell; else a counselor sees to the silence
    with house.db.begin() as session:
        placed = lock_ask(session, ask_id)
        if placed is not None:
            placed.call_sid = placed.call_sid or sid
            _move(placed, LegStatus.RINGING)
    return True


def picked_up(house: House, ask_id: uuid.UUID, sid: str) -> Document:
    """The place's phone was picked up: who calls, and the question."""
    with house.db.begin() as session:
        ask = lock_ask(session, ask_id)
        if ask is None or ask.closed_at is not None:
            return _goodbye(ask)
        ask.call_sid = ask.call_sid or sid
        _move(ask, LegStatus.ANSWERED)
        who = {"organisation": house.rules.organisation_name, "facility": words.name_of(session, ask.referral)}
        return _question(house, ask, Say("referral.call_hello", who))


def pressed(house: House, ask_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """A key: yes, no, or why not; anything else is asked once more."""
    with house.db.begin() as session:
        ask = session.get(ReferralAsk, ask_id)
        if ask is None:
            return _goodbye(None)
        taken = asking.take(session, house, ask, digits[:1], SaidBy.FACILITY_KEY, now)
        if taken is Taken.WHY:
            why = Ask((Say("referral.call_why"),), _then(ask), digits=1, seconds=PRESS_SECONDS)
            return Document(ask.phone.language, (why, *_goodbye(ask).steps))
        if taken is Taken.ACCEPTED:
            spelt = {"spelt": ", ".join(ask.referral.code or "")}
            return Document(ask.phone.language, (Say("referral.call_accepted", spelt), HangUp()))
        return _goodbye(ask) if taken is not None or ask.closed_at is not None else _question(house, ask)


def call_ended(house: House, ask_id: uuid.UUID) -> None:
    """The call is over. What is still unanswered may be texted."""
    _back_to(house, ask_id, LegStatus.ENDED)


def _back_to(house: House, ask_id: uuid.UUID, status: LegStatus) -> None:
    with house.db.begin() as session:
        ask = lock_ask(session, ask_id)
        if ask is None or ask.call_status is None:
            return
        if status is LegStatus.PLANNED and ask.call_status is LegStatus.PLACING:
            ask.call_status = status  # the provider took no more calls just now: the next reminder tries again
        else:
            _move(ask, status)


def _question(house: House, ask: ReferralAsk, *before: Say) -> Document:
    question = Say("referral.call_ask", {"need": words.need_of(house, ask.referral.contact, ask.phone.language)})
    first = Ask((*before, question), _then(ask), digits=1, seconds=PRESS_SECONDS)
    again = Ask((question,), _then(ask), digits=1, seconds=PRESS_SECONDS)
    return Document(ask.phone.language, (first, again, Say("referral.call_nothing"), HangUp()))


def _then(ask: ReferralAsk) -> str:
    return f"/voice/referral-key/{ask.id}"


def _goodbye(ask: ReferralAsk | None) -> Document:
    language = ask.phone.language if ask is not None else Language.ENGLISH
    return Document(language, (Say("referral.call_thanks"), HangUp()))


def _move(ask: ReferralAsk, status: LegStatus) -> None:
    if ask.call_status is None or leg_may_become(ask.call_status, status):
        ask.call_status = status
