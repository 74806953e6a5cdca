"""A test call to an admin's phone: a real call through the provider, seen to go through when they press 1."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.line_setup import TestCall, last_test_call, lock_test_call, somebody_pressed
from models.people import Counselor
from routing.documents import Ask, Document, HangUp, Say
from routing.lifecycle import leg_may_become
from routing.phone import callable_in, e164
from routing.vocabulary import Language, LegStatus
from services import audit, tasks
from services.house import House
from telephony.ports import ProviderRefused, ProviderUnsure, Telephony

PRESS_SECONDS = 10
LASTS = timedelta(minutes=2)  # ringing and pressing; a call of which nothing was heard for so long is over


@dataclass(frozen=True)
class TestCallShown:
    """How the last test call stands. `state`: waiting, rings, answered, pressed, over, or refused with `error`."""

    __test__ = False

    state: str
    at: datetime
    error: int | None = None

    @property
    def goes_on(self) -> bool:
        """Whether there is more to wait for."""
        return self.state in ("waiting", "rings", "answered")


def begin(house: House, by: uuid.UUID, typed: str, now: datetime) -> bool:
    """Ask for a call to the number typed, else to one's own phone; False when there is none that we call.

    One that goes on is not asked for twice.
    """
    with house.db.begin() as session:
        person = session.get(Counselor, by, with_for_update={"key_share": True})
        number = e164(typed) if typed.strip() else person.phone if person is not None else None
        if not number or number in house.rules.helpline_numbers:
            return False
        if not callable_in(number, house.rules.callback_countries):
            return False
        last = last_test_call(session)
        if last is None or not _shown(last, now).goes_on:
            call = TestCall(id=uuid.uuid4(), number=number, status=LegStatus.PLANNED, by=by, at=now)
            session.add(call)
            session.flush()
            tasks.ask(session, tasks.TEST_CALL, call.id, now)
            audit.write(session, "test_call_made", by, now)
    return True


def shown(house: House, now: datetime) -> tuple[TestCallShown | None, bool]:
    """The last test call, and whether any ever went through."""
    with house.db.begin() as session:
        last = last_test_call(session)
        return (_shown(last, now) if last is not None else None), somebody_pressed(session)


def _shown(call: TestCall, now: datetime) -> TestCallShown:
    if call.pressed_at is not None:
        return TestCallShown("pressed", call.at)
    if call.status is LegStatus.ENDED or now - call.at > LASTS:
        return TestCallShown("refused" if call.error else "over", call.at, call.error)
    states = {LegStatus.RINGING: "rings", LegStatus.ANSWERED: "answered"}
    return TestCallShown(states.get(call.status, "waiting"), call.at)


def place(house: House, telephony: Telephony, call_id: uuid.UUID) -> None:
    """Dial: claimed first, dialled outside any transaction, never twice."""
    with house.db.begin() as session:
        call = lock_test_call(session, call_id)
        if call is None or call.status is not LegStatus.PLANNED:
            return
        call.status, number = LegStatus.PLACING, call.number
    base = house.rules.public_base_url
    try:
        sid = telephony.place_call(
            to=number,
            sender=house.rules.helpline_numbers[0],
            url=f"{base}/voice/test/{call_id}",
            status_url=f"{base}/status/test?id={call_id}",
            ring_seconds=house.rules.ring_seconds,
        )
    except ProviderRefused as refusal:
        _move(house, call_id, LegStatus.ENDED, error=refusal.code)
    except ProviderUnsure:
        return  # it may ring: its own webhooks tell
    else:
        _move(house, call_id, LegStatus.RINGING, sid=sid)


def _move(house: House, call_id: uuid.UUID, status: LegStatus, *, sid: str = "", error: int | None = None) -> None:
    with house.db.begin() as session:
        call = lock_test_call(session, call_id)
        if call is not None and leg_may_become(call.status, status):
            call.status, call.sid, call.error = status, call.sid or sid or None, error


def picked_up(house: House, call_id: uuid.UUID, sid: str) -> Document:
    """The phone was picked up: say so, and ask for 1."""
    _move(house, call_id, LegStatus.ANSWERED, sid=sid)
    words = Say("voice.test_call", {"organisation": house.rules.organisation_name})
    ask = Ask((words,), f"/voice/test-key/{call_id}", digits=1, seconds=PRESS_SECONDS)
    return Document(Language.ENGLISH, (ask, Say("voice.test_call_nothing"), HangUp()))


def pressed(house: House, call_id: uuid.UUID, digits: str, now: datetime) -> Document:
    """1: both ways work."""
    with house.db.begin() as session:
        call = lock_test_call(session, call_id)
        heard = call is not None and digits[:1] == "1"
        if call is not None and heard:
            call.pressed_at = call.pressed_at or now
    words = Say("voice.test_call_thanks" if heard else "voice.test_call_nothing")
    return Document(Language.ENGLISH, (words, HangUp()))


def call_ended(house: House, call_id: uuid.UUID) -> None:
    """The call is over."""
    _move(house, call_id, LegStatus.ENDED)
