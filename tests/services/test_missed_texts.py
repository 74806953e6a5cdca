"""Texts that arrived while we were away are found and answered, each once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.people import Caller
from models.texts import TextMessage
from services import conversation, hand_over, keyword_texts, missed_texts
from services.conversation import Inbound
from services.house import House
from telephony.ports import ProviderUnsure, ReceivedText
from tests.services.outside import CALLER, HELPLINE, NOON, Provider


def received(sid: str, body: str = "hi", at: datetime = NOON - timedelta(minutes=5)) -> ReceivedText:
    return ReceivedText(sid, CALLER, HELPLINE, body, at)


def kept(house: House) -> list[str]:
    with house.db.begin() as session:
        query = select(TextMessage.body).where(~TextMessage.outgoing).order_by(TextMessage.position)
        return list(session.scalars(query))


def the_contact(house: House) -> Contact:
    with house.db.begin() as session:
        return session.scalars(select(Contact)).one()


def test_a_text_that_no_webhook_brought_is_taken_and_answered(house: House) -> None:
    provider = Provider(received=[received("SM1", "is anybody there")])
    assert missed_texts.take_missed(house, provider, NOON) == 1
    assert kept(house) == ["is anybody there"]
    with house.db.begin() as session:
        assert session.scalars(select(TextMessage).where(TextMessage.outgoing)).one()


def test_texts_that_were_taken_before_are_left_alone(house: House) -> None:
    conversation.receive_text(house, Inbound("SM1", CALLER, HELPLINE, "hi"), NOON - timedelta(minutes=5))
    provider = Provider(received=[received("SM1")])
    assert missed_texts.take_missed(house, provider, NOON) == 0
    assert missed_texts.take_missed(house, provider, NOON) == 0
    assert len(kept(house)) == 1


def test_a_text_whose_webhook_may_be_under_way_is_waited_for(house: House) -> None:
    provider = Provider(received=[received("SM1", at=NOON - timedelta(seconds=20))])
    assert missed_texts.take_missed(house, provider, NOON) == 0
    assert missed_texts.take_missed(house, provider, NOON + timedelta(minutes=1)) == 1


def test_several_are_taken_in_the_order_in_which_they_were_written(house: House) -> None:
    times = [NOON - timedelta(minutes=minutes) for minutes in (3, 9, 6)]
    provider = Provider(received=[received(f"SM{at.minute}", f"{at.minute}", at) for at in times])
    assert missed_texts.take_missed(house, provider, NOON) == 3
    contact = the_contact(house)
    assert contact.triage is not None
    assert [said["words"] for said in contact.triage["said"]] == ["51", "54", "57"]


def test_while_the_list_cannot_be_read_nothing_breaks(house: House) -> None:
    assert missed_texts.take_missed(house, Unreadable(), NOON) == 0


class Unreadable(Provider):
    """A provider whose list is out of order."""

    def received_texts(self, *, recipient: str, since: datetime) -> list[ReceivedText]:
        raise ProviderUnsure


class Breaks:
    """What understands texts, out of order for some words."""

    def __init__(self, works: Any) -> None:
        self.works = works

    def understand(self, words: str, *rest: Any) -> Any:
        if "breaks" in words:
            raise ValueError
        return self.works.understand(words, *rest)


def test_a_text_that_nothing_can_take_is_kept_for_a_counselor_and_holds_up_no_other(house: House) -> None:
    broken = replace(house, triage=Breaks(house.triage))  # type: ignore[arg-type]
    provider = Provider(received=[received("SM1", "this breaks", NOON - timedelta(minutes=3)), received("SM2", "hi")])
    with pytest.raises(ExceptionGroup):
        missed_texts.take_missed(broken, provider, NOON)
    assert kept(house) == ["hi"]
    assert missed_texts.take_missed(broken, provider, NOON + timedelta(minutes=3)) == 1
    assert sorted(kept(house)) == ["hi", "this breaks"]
    assert (the_contact(house).next_step, the_contact(house).waiting_since) == (
        *(hand_over.COUNSELOR, NOON + timedelta(minutes=3)),
    )
    assert missed_texts.take_missed(broken, provider, NOON + timedelta(minutes=4)) == 0


def test_stop_holds_also_when_nothing_can_take_the_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword_texts, "obey", lambda *_, **__: 1 / 0)
    provider = Provider(received=[received("SM1", "Stop", NOON - timedelta(minutes=9))])
    assert missed_texts.take_missed(house, provider, NOON) == 1
    with house.db.begin() as session:
        assert session.scalars(select(Caller.texts_stopped_at)).one() == NOON
