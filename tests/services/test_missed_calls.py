"""Calls that never reached us are found in Twilio's list, each written down once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.callbacks import owed_callback
from models.contacts import Contact
from models.follow_ups import FollowUp
from models.look_backs import good_until
from routing.follow_up import By
from routing.vocabulary import ContactStatus
from services import missed_calls
from telephony.ports import ProviderUnsure, ReceivedCall
from tests.services.calls import LINE, NOON, Stage


def came(sid: str, minutes: float, caller: str = "+12125550142", *, over: bool = True) -> ReceivedCall:
    return ReceivedCall(sid, caller, LINE, NOON - timedelta(minutes=minutes), over)


def test_missed_calls_become_contacts_once_and_who_talked_with_nobody_is_work_for_a_person(stage: Stage) -> None:
    stage.counselor(101)
    stage.dials()  # known already
    known = ReceivedCall(stage.caller_sid(), "+12125550142", LINE, NOON - timedelta(minutes=3), over=True)
    stage.network.received = [
        *(known, came("CAlost", 300), came("CAtalked", 200, "+12125550143"), came("CAhidden", 100, "anonymous")),
        *(came("CAlive", 5, over=False), came("CAyoung", 0.5), came("CAours", 50, LINE)),
        came("CAmenu", 40, "+16175550101"),  # one of our people, who only heard the menu
    ]
    stage.network.talks = {"CAtalked": 95}

    assert missed_calls.take_missed(stage.house, stage.network, NOON) == 3
    assert missed_calls.take_missed(stage.house, stage.network, NOON) == 0

    with stage.house.db.begin() as session:
        contacts = session.scalars(select(Contact).order_by(Contact.opened_at)).all()[:3]
        assert [c.status for c in contacts] == [ContactStatus.ABANDONED, ContactStatus.ENDED, ContactStatus.ABANDONED]
        assert session.scalars(select(FollowUp.contact_id)).all() == [contacts[0].id]
        owed = owed_callback(session, contacts[0].id)
        assert owed is not None
        assert owed.plan == {"by": By.PERSON.value}, "nobody asked whether a call is safe, so nothing rings by itself"


def test_a_list_that_cannot_be_read_is_read_again_from_the_same_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missed_calls.take_missed(stage.house, stage.network, NOON) == 0

    def unsure(**_: object) -> list[ReceivedCall]:
        raise ProviderUnsure

    with monkeypatch.context() as patch:
        patch.setattr(stage.network, "received_calls", unsure)
        assert missed_calls.take_missed(stage.house, stage.network, NOON + timedelta(hours=3)) == 0
    with stage.house.db.begin() as session:
        assert good_until(session, "calls") == NOON
    stage.network.received = [ReceivedCall("CA9", "+12125550149", LINE, NOON + timedelta(minutes=1), over=True)]
    assert missed_calls.take_missed(stage.house, stage.network, NOON + timedelta(hours=4)) == 1
