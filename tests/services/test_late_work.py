"""Work that nobody does is told to people: once while it stays late, by whoever is still alive."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.follow_ups import FollowUp
from models.outbox import OutboxRow
from models.texts import TextMessage
from routing.vocabulary import FollowUpKind, Role
from services import late_work
from services.alarms import AlarmKind
from services.degraded.keeper import Keeper
from services.house import House
from telephony.ports import Notice
from tests.services.outside import NOON, make_caller, make_contact, make_counselor

MINUTE = timedelta(minutes=1)


class Ways:
    """E-mail that arrives."""

    names = ("mail",)

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, way: str, notice: Notice) -> None:
        self.sent.append(notice.kind)


@pytest.fixture
def owed(house: House) -> FollowUp:
    with house.db.begin() as session:
        make_counselor(session, role=Role.SUPERVISOR)
        contact = make_contact(session, make_caller(session))
        row = FollowUp(contact_id=contact.id, kind=FollowUpKind.CHECK_IN, due_at=NOON, created_at=NOON, plan={})
        session.add(row)
        return row


def test_late_work_is_told_once_by_text_and_mail_even_when_no_worker_is_alive(house: House, owed: FollowUp) -> None:
    ways, now = Ways(), [NOON + 9 * MINUTE]
    keeper = Keeper(house, lambda: now[0], ways)
    for minutes in (9, 11, 12, 30, 60):
        now[0] = NOON + minutes * MINUTE
        keeper.look()
    assert ways.sent == [AlarmKind.WORK_LATE.value]
    with house.db.begin() as session:
        assert [text.purpose for text in session.scalars(select(TextMessage))] == ["counselor_notice"]


def test_what_is_late_again_after_it_was_in_time_is_told_again(house: House, owed: FollowUp) -> None:
    def look(minutes: int) -> bool:
        with house.db.begin() as session:
            for row in session.scalars(select(OutboxRow)):
                row.published_at = NOON
            for text in session.scalars(select(TextMessage)):
                session.delete(text)
        return late_work.watch(house, NOON + minutes * MINUTE)

    assert [look(11), look(12)] == [True, False]
    with house.db.begin() as session:
        session.get_one(FollowUp, owed.id).due_at = NOON + 40 * MINUTE
    assert [look(20), look(45), look(51), look(52)] == [False, False, True, False]
