"""Texts leave the house once, or not at all, whatever the provider does."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.alarms import Alarm
from models.contacts import Contact, ContactEvent
from models.outbox import OutboxRow
from models.people import Caller
from models.text_budget import next_in_line
from models.texts import TextMessage, thread_of
from routing.sending import Purpose, Rank
from routing.vocabulary import TextStatus
from services import text_reports, texts
from services.house import House
from services.text_claims import Sent
from services.text_reports import StatusReport
from telephony.ports import ProviderRefused, ProviderUnsure
from tests.services.outside import CALLER, HELPLINE, NIGHT, NOON, Provider, make_caller, make_contact, write_in

LATER = NOON + timedelta(minutes=3)  # past the grace


@pytest.fixture
def provider() -> Provider:
    return Provider()


def queue(house: House, purpose: Purpose = Purpose.REPLY, body: str = "We are here.", **facts: object) -> uuid.UUID:
    with house.db.begin() as session:
        caller = session.scalar(select(Caller)) or make_caller(session, **facts)
        contact = session.scalar(select(Contact)) or make_contact(session, caller)
        message = texts.queue_text(
            session,
            body=body,
            purpose=purpose,
            helpline_number=HELPLINE,
            contact=contact,
            caller=caller,
            now=NOON,
        )
        return message.id


def message_of(house: House, message_id: uuid.UUID) -> TextMessage:
    with house.db.begin() as session:
        return session.get_one(TextMessage, message_id, populate_existing=True)


def events(house: House) -> list[str]:
    with house.db.begin() as session:
        return list(session.scalars(select(ContactEvent.kind).order_by(ContactEvent.id)))


def test_a_queued_text_asks_for_its_sender_in_the_same_transaction(house: House) -> None:
    message_id = queue(house)
    with house.db.begin() as session:
        reminder = session.scalars(select(OutboxRow)).one()
    assert (reminder.task, reminder.queue, reminder.args) == ("workers.texts.send", "texts", [str(message_id)])


def test_a_text_is_sent_once_however_often_its_task_runs(house: House, provider: Provider) -> None:
    message_id = queue(house)
    outcomes = [texts.send(house, provider, message_id, NOON) for _ in range(3)]
    assert outcomes == [Sent.SENT, Sent.NOT_OURS, Sent.NOT_OURS]
    assert provider.to == [CALLER]
    sent = message_of(house, message_id)
    assert (sent.status, sent.provider_sid, sent.attempts) == (TextStatus.SENT, provider.sent[0].sid, 1)
    assert str(message_id) in provider.status_urls[0]


def test_a_crash_between_send_and_mark_is_settled_by_the_providers_list(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_after.append(KeyboardInterrupt())  # the process dies with the answer unread
    with pytest.raises(KeyboardInterrupt):
        texts.send(house, provider, message_id, NOON)
    assert message_of(house, message_id).status is TextStatus.SENDING
    assert text_reports.reconcile(house, provider, NOON + timedelta(seconds=60)) == 0  # still in its grace
    assert text_reports.reconcile(house, provider, LATER) == 1
    assert message_of(house, message_id).provider_sid == provider.sent[0].sid
    assert len(provider.sent) == 1


def test_an_unclear_answer_is_never_followed_by_a_blind_second_send(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_after.append(ProviderUnsure())
    assert texts.send(house, provider, message_id, NOON) is Sent.UNSURE
    assert texts.send(house, provider, message_id, NOON) is Sent.NOT_OURS
    text_reports.reconcile(house, provider, LATER)
    assert message_of(house, message_id).status is TextStatus.SENT
    assert len(provider.sent) == 1


def test_a_text_that_the_provider_never_saw_is_sent_after_the_list_says_so(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_before.append(ProviderUnsure())
    assert texts.send(house, provider, message_id, NOON) is Sent.UNSURE
    text_reports.reconcile(house, provider, LATER)
    assert message_of(house, message_id).status is TextStatus.QUEUED
    assert texts.send(house, provider, message_id, LATER) is Sent.SENT
    assert len(provider.sent) == 1


def test_while_the_list_cannot_be_read_nothing_is_sent_again(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_before += [ProviderUnsure(), ProviderUnsure()]
    texts.send(house, provider, message_id, NOON)
    text_reports.reconcile(house, provider, LATER)
    assert message_of(house, message_id).status is TextStatus.UNKNOWN
    assert text_reports.reconcile(house, provider, LATER + timedelta(seconds=30)) == 0  # leased


def test_two_unknown_texts_with_the_same_words_are_told_apart(house: House, provider: Provider) -> None:
    first, second = queue(house), queue(house)
    provider.fail_after.append(ProviderUnsure())
    texts.send(house, provider, first, NOON)
    provider.fail_before.append(ProviderUnsure())
    texts.send(house, provider, second, NOON)
    broken = queue(house)
    with house.db.begin() as session:
        lost = text("update text_message set body = 'no key', status = 'unknown', claimed_at = :at where id = :id")
        session.execute(lost, {"id": broken, "at": NOON})
    assert text_reports.reconcile(house, provider, LATER) == 3
    with house.db.begin() as session:
        assert session.scalars(select(Alarm.kind)).all() == ["row_broken"]
    statuses = {message_of(house, first).status, message_of(house, second).status}
    assert statuses == {TextStatus.SENT, TextStatus.QUEUED}  # one arrived, the other has to go


def test_a_busy_provider_is_asked_again_a_little_later(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_before.append(ProviderRefused(20429, retry=True))
    assert texts.send(house, provider, message_id, NOON) is Sent.WAITS
    assert texts.send(house, provider, message_id, NOON) is Sent.NOT_OURS  # its pause is not over
    assert texts.send(house, provider, message_id, NOON + timedelta(seconds=5)) is Sent.SENT


def test_a_refused_text_is_failed_and_seen_on_the_contact(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_before.append(ProviderRefused(21211, retry=False))
    assert texts.send(house, provider, message_id, NOON) is Sent.FAILED
    assert message_of(house, message_id).error_code == 21211
    assert events(house) == ["text_failed"]


def test_after_too_many_attempts_a_text_is_given_up_and_seen(house: House, provider: Provider) -> None:
    message_id, now = queue(house), NOON
    provider.fail_before += [ProviderRefused(20429, retry=True)] * texts.ATTEMPT_LIMIT
    outcomes = []
    while not outcomes or outcomes[-1] is Sent.WAITS:
        outcomes.append(texts.send(house, provider, message_id, now))
        now += texts.SLOWEST_RETRY
    assert outcomes[-1] is Sent.FAILED
    assert len(outcomes) == texts.ATTEMPT_LIMIT


def test_a_block_at_the_provider_becomes_our_own_opt_out(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_before.append(ProviderRefused(21610, retry=False))
    assert texts.send(house, provider, message_id, NOON) is Sent.SUPPRESSED
    second = queue(house, body="One more thing.")
    assert texts.send(house, provider, second, NOON) is Sent.SUPPRESSED
    assert provider.sent == []
    assert "texts_stopped" in events(house)


def test_a_text_written_before_stop_is_not_sent_after_it(house: House, provider: Provider) -> None:
    message_id = queue(house)
    with house.db.begin() as session:
        session.scalars(select(Caller)).one().texts_stopped_at = NOON
    assert texts.send(house, provider, message_id, NOON) is Sent.SUPPRESSED
    assert provider.sent == []


def test_an_unasked_text_waits_for_the_morning_and_costs_no_attempt(house: House, provider: Provider) -> None:
    message_id = queue(house, Purpose.FOLLOW_UP, timezone="America/New_York", follow_up_texts_ok=True)
    with house.db.begin() as session:
        session.get_one(TextMessage, message_id).due_at = NIGHT
    assert texts.send(house, provider, message_id, NIGHT) is Sent.WAITS
    waiting = message_of(house, message_id)
    assert (waiting.due_at.hour, waiting.attempts) == (13, 0)  # 9:00 in New York
    assert texts.send(house, provider, message_id, waiting.due_at) is Sent.SENT


def test_reports_move_a_text_forward_only(house: House, provider: Provider) -> None:
    message_id = queue(house)
    texts.send(house, provider, message_id, NOON)
    sid = provider.sent[0].sid
    seen = [
        text_reports.note_status(house, message_id, StatusReport(sid, word), NOON)
        for word in ("delivered", "sent", "queued", "delivered", "undelivered")
    ]
    assert seen == [TextStatus.DELIVERED] * 5
    assert events(house) == ["text_sent", "text_delivered"]


def test_a_report_may_come_before_our_own_request_has_returned(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.meanwhile = lambda sid: (
        text_reports.note_status(house, message_id, StatusReport(sid, "delivered"), NOON) and None
    )
    assert texts.send(house, provider, message_id, NOON) is Sent.SENT
    assert message_of(house, message_id).status is TextStatus.DELIVERED
    assert events(house).count("text_sent") == 1


def test_a_report_settles_an_unknown_text_without_the_list(house: House, provider: Provider) -> None:
    message_id = queue(house)
    provider.fail_after.append(ProviderUnsure())
    texts.send(house, provider, message_id, NOON)
    text_reports.note_status(house, message_id, StatusReport(provider.sent[0].sid, "sent"), NOON)
    assert text_reports.reconcile(house, provider, LATER) == 0
    assert message_of(house, message_id).status is TextStatus.SENT


def test_a_report_for_another_message_changes_nothing(house: House, provider: Provider) -> None:
    message_id = queue(house)
    texts.send(house, provider, message_id, NOON)
    assert text_reports.note_status(house, message_id, StatusReport("SMother", "failed", 30003), NOON) is None
    assert text_reports.note_status(house, uuid.uuid4(), StatusReport("SMother", "failed"), NOON) is None
    assert message_of(house, message_id).status is TextStatus.SENT


def test_a_text_that_no_reminder_reached_is_remembered_once_a_minute(house: House, provider: Provider) -> None:
    queue(house)
    assert text_reports.send_due(house, NOON + timedelta(seconds=2)) == 0
    assert text_reports.send_due(house, NOON + timedelta(seconds=10)) == 1
    assert text_reports.send_due(house, NOON + timedelta(seconds=15)) == 0
    assert text_reports.send_due(house, NOON + timedelta(seconds=90)) == 1


def test_a_caller_who_wrote_to_us_may_be_followed_up(house: House, provider: Provider) -> None:
    message_id = queue(house, Purpose.FOLLOW_UP)
    with house.db.begin() as session:
        write_in(session, session.scalars(select(Contact)).one())
    assert texts.send(house, provider, message_id, NOON) is Sent.SENT


def test_texts_that_go_together_share_no_trouble(
    house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person's texts keep their order; of ten claimed together each has its own end."""
    with house.db.begin() as session:
        ids = []
        for last in range(6):
            caller = make_caller(session, f"+1617555010{last}", texts_stopped_at=NOON if last == 5 else None)
            contact = make_contact(session, caller)
            for body in ("first", "second") if last == 0 else ("one",):
                facts = {"contact": contact, "caller": caller, "helpline_number": HELPLINE, "now": NOON}
                ids.append(texts.queue_text(session, body=body, purpose=Purpose.REPLY, **facts).id)

    def send_text(*, to: str, body: str, **rest: str) -> str:
        if to.endswith("0") and provider.fail_before:
            raise provider.fail_before.pop()
        if to.endswith("1"):
            raise ProviderUnsure
        if to.endswith("2"):
            raise ProviderRefused(21211, retry=False)
        return Provider.send_text(provider, to=to, body=body, **rest)

    monkeypatch.setattr(provider, "send_text", send_text)
    provider.fail_before.append(ProviderRefused(20429, retry=True))
    done = texts.send_all(house, provider, ids, NOON)
    first, second, unsure, failed, *others, stopped = (done[one] for one in ids)
    assert (first, second) == (Sent.WAITS, Sent.WAITS), "the second does not overtake the first"
    assert (unsure, failed, others, stopped) == (Sent.UNSURE, Sent.FAILED, [Sent.SENT] * 2, Sent.SUPPRESSED)
    again = texts.send_all(house, provider, ids, NOON + timedelta(seconds=9))
    assert [again[one] for one in ids[:2]] == [Sent.SENT] * 2
    assert [text.body for text in provider.sent[2:]] == ["first", "second"]
    assert set(again.values()) == {Sent.SENT, Sent.NOT_OURS}


def test_a_question_and_its_answers_read_in_the_order_in_which_they_were_written(house: House) -> None:
    words = [f"part {number}" for number in range(8)]
    for body in words:
        queue(house, body=body)
    with house.db.begin() as session:
        for message in session.scalars(select(TextMessage).order_by(TextMessage.position.desc())):
            message.rank = Rank.UNASKED  # the rows move about in their table
            session.flush()
    with house.db.begin() as session:
        (contact,) = session.scalars(select(Contact))
        assert [message.body for message in thread_of(session, contact.id)] == words
        assert next_in_line(session, HELPLINE, NOON) == thread_of(session, contact.id)[0].id


def test_a_text_that_breaks_the_claim_holds_up_no_other(house: House, provider: Provider) -> None:
    ids = [queue(house, body=f"text {number}") for number in range(3)]
    with house.db.begin() as session:
        session.get_one(TextMessage, ids[1]).purpose = "no such purpose"
    with pytest.raises(ValueError, match="no such purpose"):
        texts.send_all(house, provider, ids, NOON)
    assert sorted(text.body for text in provider.sent) == ["text 0", "text 2"]
