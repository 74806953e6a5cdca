"""Safe contact and the consent ledger: what a person said holds at once and can be shown years later."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.consents import ConsentEvent
from models.contacts import Contact
from models.follow_ups import FollowUp
from models.people import Caller
from models.texts import TextMessage
from routing.vocabulary import Disposition
from services import conversation, dispositions, follow_up_plans, follow_up_starts, records, safe_contact, texts
from services.conversation import Inbound
from services.house import House
from services.safe_contact import SafeContact
from services.text_claims import Sent
from tests.services.outside import CALLER, HELPLINE, NOON, Provider, make_caller, make_contact, make_counselor

DAY = timedelta(days=1)


def a_contact(house: House, **facts: object):
    """A referred voice contact and a counselor: their ids."""
    with house.db.begin() as session:
        counselor = make_counselor(session)
        contact = make_contact(session, make_caller(session, timezone="America/New_York", **facts))
        contact.disposition = Disposition.REFERRED
        follow_up_plans.plan_for(session, house, contact, NOON)
        return contact.id, counselor.id


def out(house: House) -> list[str]:
    with house.db.begin() as session:
        query = select(TextMessage.body).where(TextMessage.outgoing).order_by(TextMessage.position)
        return list(session.scalars(query))


def ledger(house: House) -> list[tuple[str, str]]:
    with house.db.begin() as session:
        rows = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
        return [(row.kind.value, row.how.value) for row in rows]


def text(house: House, body: str, sid: str = "SM1") -> None:
    conversation.receive_text(house, Inbound(sid, CALLER, HELPLINE, body), NOON)


def test_texts_go_out_once_the_person_agreed_and_a_counselor_wrote_it(house: House) -> None:
    contact_id, counselor_id = a_contact(house)
    told = dispositions.WrapUp(follow_up_texts_ok=True)
    assert dispositions.close(house, contact_id, counselor_id, Disposition.REFERRED, NOON, told)
    follow_up_starts.start_due(house, NOON + DAY)
    assert len(out(house)) == 1
    assert ledger(house) == [("texting_ok", "counselor"), ("follow_up_texts_ok", "counselor")]


def test_safe_hours_narrow_ours(house: House) -> None:
    contact_id, counselor_id = a_contact(house, follow_up_texts_ok=True)
    safe_contact.write(house, contact_id, counselor_id, SafeContact(hours=(17, 19)), NOON)
    follow_up_starts.start_due(house, NOON + DAY)
    assert out(house) == []
    with house.db.begin() as session:
        due = session.scalars(select(FollowUp.due_at).order_by(FollowUp.due_at)).first()
    assert due == NOON + DAY + timedelta(hours=5)  # 17:00 in New York


def test_an_unasked_text_says_the_name_that_the_person_chose(house: House) -> None:
    contact_id, counselor_id = a_contact(house, follow_up_texts_ok=True)
    safe_contact.write(house, contact_id, counselor_id, SafeContact(neutral_name="Sam from the library"), NOON)
    follow_up_starts.start_due(house, NOON + DAY)
    assert out(house)[0].startswith("Sam from the library: ")
    safe_contact.write(house, contact_id, counselor_id, SafeContact(neutral_name=""), NOON)
    with house.db.begin() as session:
        assert session.scalars(select(Caller)).one().neutral_name is None


@pytest.mark.parametrize(
    "wish", [SafeContact(hours=(9, 9)), SafeContact(hours=(20, 25)), SafeContact(neutral_name="x" * 41)]
)
def test_a_wrong_answer_is_named_and_changes_nothing(house: House, wish: SafeContact) -> None:
    contact_id, counselor_id = a_contact(house)
    assert safe_contact.problem_of(wish)
    assert not safe_contact.write(house, contact_id, counselor_id, wish, NOON)
    assert ledger(house) == []


def test_start_does_not_undo_what_is_not_safe(house: House) -> None:
    text(house, "hi")
    text(house, "don't text me, he reads my phone", "SM2")
    text(house, "START", "SM3")
    provider = Provider()
    with house.db.begin() as session:
        queued = list(session.scalars(select(TextMessage.id).where(TextMessage.outgoing)))
    assert {texts.send(house, provider, message_id, NOON) for message_id in queued} == {Sent.SUPPRESSED}
    assert provider.sent == [], "whoever holds the phone now gets no answer"
    with house.db.begin() as session:
        assert session.scalars(select(Caller)).one().texting_ok is False
    assert ledger(house) == [("texts_suspended", "own_words"), ("texts_started", "keyword")]


def test_every_stop_stands_in_the_ledger_with_the_text_that_said_it(house: House) -> None:
    text(house, "STOP")
    with house.db.begin() as session:
        event = session.scalars(select(ConsentEvent)).one()
        stop = session.scalars(select(TextMessage).where(~TextMessage.outgoing)).one()
    assert (event.kind.value, event.how.value, event.text_id) == ("texts_stopped", "keyword", stop.id)


def test_the_evidence_shows_what_was_said_and_sent_in_order_without_words_or_numbers(house: House) -> None:
    text(house, "hi")
    text(house, "STOP", "SM2")
    with house.db.begin() as session:
        contact_id = session.scalars(select(Contact.id)).one()
    record = records.record_of(house, contact_id, None, "en", True, NOON)
    assert record is not None
    entries = records.lines(record)
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert {entry["what"] for entry in entries} == {"text_in", "text_out", "texts_stopped"}
    assert CALLER not in str(entries)
    assert "reached people" not in str(entries)
    assert records.record_of(house, uuid.uuid4(), None, "en", True, NOON) is None
