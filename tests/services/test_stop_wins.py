"""STOP is the last word in every state of a conversation: one confirmation, and nothing that was under way follows."""

import pytest

from models.texts import TextMessage
from routing.sending import Purpose
from services import texts
from services.house import House
from services.text_claims import Sent
from tests.services.outside import Provider
from tests.services.texting import COUNSELOR, Thread, contact_of, staff

STATES = {
    "nothing said": [],
    "asked for a substance": ["hi"],
    "asked for a ZIP": ["xanax"],
    "asked how they pay": ["xanax", "02150"],
    "asked which one is meant": ["k"],
    "misunderstood": ["zzz", "qqq"],
    "promised a call": ["call me"],
    "in danger": ["he overdosed and is not breathing"],
    "stopped before": ["hi", "STOP", "START"],
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("by_counselor", [False, True])
def test_stop_always_wins(text_house: House, state: str, by_counselor: bool) -> None:
    caller = Thread(text_house)
    counselors = staff(text_house, COUNSELOR) if by_counselor else []
    for words in STATES[state]:
        caller.text(words)
    for counselor in counselors:
        counselor.text("TAKE")
        counselor.text("I am here.")
    under_way = {message.id for message in caller.outgoing()}
    caller.text("Stop.")
    assert contact_of(text_house).caller.texts_stopped_at is not None
    provider = Provider()
    sent: list[TextMessage] = [
        message
        for message in caller.outgoing()
        if texts.send(text_house, provider, message.id, caller.now) is Sent.SENT
    ]
    confirmations = [message for message in sent if message.id not in under_way]
    assert [message.purpose for message in confirmations] == [Purpose.OPT_OUT_CONFIRMATION]
    assert {message.purpose for message in sent} <= {Purpose.OPT_OUT_CONFIRMATION, Purpose.KEYWORD_ANSWER}
