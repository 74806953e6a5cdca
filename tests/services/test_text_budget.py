"""Texts share the provider's rate: danger and answers first, unasked ones wait, a refusal slows all of them."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.contacts import Contact
from models.people import Caller
from models.texts import TextMessage
from routing.sending import Purpose
from routing.vocabulary import TextStatus, Urgency
from services import failures, text_line, texts
from services.failures import FailureKind, LetGoReason
from services.house import House
from services.text_claims import Sent
from telephony.ports import ProviderRefused
from tests.services.outside import HELPLINE, NOON, Provider, make_caller, make_contact, make_counselor
from tests.services.texting import events

SECOND = timedelta(seconds=1)


@pytest.fixture
def slow(house: House) -> House:
    return replace(house, rules=replace(house.rules, texts_per_second=1, helpline_numbers=(HELPLINE,)))


def queue(house: House, body: str, purpose: Purpose, urgency: Urgency = Urgency.NONE) -> uuid.UUID:
    with house.db.begin() as session:
        at = NOON - SECOND + timedelta(milliseconds=session.query(TextMessage).count())
        facts = {"follow_up_texts_ok": True, "timezone": "America/New_York"}
        caller = session.scalar(select(Caller)) or make_caller(session, **facts)
        contact: Contact = make_contact(session, caller, urgency=urgency)
        return texts.queue_text(
            session, body=body, purpose=purpose, helpline_number=HELPLINE, contact=contact, caller=caller, now=at
        ).id


def told(provider: Provider) -> list[str]:
    return [text.body for text in provider.sent]


def ticks(house: House, provider: Provider, seconds: Iterable[int]) -> list[int]:
    return [text_line.send_in_line(house, provider, NOON + second * SECOND) for second in seconds]


def test_danger_goes_at_once_then_answers_then_what_nobody_asked_for(slow: House) -> None:
    provider = Provider()
    for number in range(3):
        check_in = queue(slow, f"check-in {number}", Purpose.FOLLOW_UP, Urgency.CALL_911)
        texts.send(slow, provider, check_in, NOON)
    assert told(provider) == ["check-in 0"], "one a second, also to somebody who was in danger then"
    late = [queue(slow, f"answer {number}", Purpose.REPLY) for number in range(5)]
    outcomes = [texts.send(slow, provider, message_id, NOON) for message_id in late]
    assert outcomes == [Sent.SENT] * 3 + [Sent.IN_LINE] * 2, "answers borrow from the next three seconds"
    danger = queue(slow, "call 911", Purpose.REPLY, Urgency.CALL_911)
    assert texts.send(slow, provider, danger, NOON) is Sent.SENT
    assert ticks(slow, provider, [1, 2, 3, 4, 5, 6, 7, 8, 9]) == [0, 1, 1, 0, 0, 0, 1, 1, 0]
    assert told(provider)[-4:] == ["answer 3", "answer 4", "check-in 1", "check-in 2"]


def test_a_long_text_costs_what_it_is_sent_in(slow: House) -> None:
    provider = Provider()
    texts.send(slow, provider, queue(slow, "x" * 161, Purpose.FOLLOW_UP), NOON)
    queue(slow, "check-in", Purpose.FOLLOW_UP)
    assert ticks(slow, provider, [1, 2]) == [0, 1]


def test_after_a_429_the_number_rests_and_goes_on_slower(slow: House) -> None:
    provider = Provider(fail_before=[ProviderRefused(20429, retry=True, too_many=True)])
    for number in range(4):
        queue(slow, f"check-in {number}", Purpose.FOLLOW_UP)
    later = [text_line.send_in_line(slow, provider, NOON + 10 * SECOND + second * SECOND) for second in range(12)]
    assert sum(later[:6]) == 3, "slower than one a second"
    assert sum(later) == 4
    with slow.db.begin() as session:
        statuses = session.scalars(select(TextMessage.status)).all()
    assert set(statuses) == {TextStatus.SENT}


def test_a_text_that_cannot_be_read_lets_the_others_pass_and_becomes_work(slow: House) -> None:
    provider = Provider()
    broken = queue(slow, "words", Purpose.REPLY)
    queue(slow, "answer", Purpose.REPLY)
    with slow.db.begin() as session:
        session.execute(text("update text_message set body = 'no key' where id = :id"), {"id": broken})
    tries = texts.ATTEMPT_LIMIT
    assert ticks(slow, provider, range(0, 30 * (tries - 1), 30)) == [1, *[0] * (tries - 2)]
    assert failures.failures_now(slow).rows == (), "the provider's own refusals count the same, and are not the last"
    ticks(slow, provider, [30 * tries])
    assert told(provider) == ["answer"]
    (failure,) = failures.failures_now(slow).rows
    assert (failure.id, failure.attempts) == (str(broken), tries)
    assert "text_failed" in events(slow)
    with slow.db.begin() as session:
        admin = make_counselor(session).id
    assert failures.let_go(slow, FailureKind.TEXT, failure.id, LetGoReason.CANNOT_WORK, admin, NOON)
