"""The text webhooks at the edge: signed, idempotent, answered with nothing, and emergency words when all else fails."""

import uuid
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox import OutboxRow
from models.texts import TextMessage
from routing.vocabulary import TextStatus
from tests.fixtures.application import Signed

TEXT = {"MessageSid": "SM1", "From": "+16175550123", "To": "+18335550100", "Body": "hi", "NumMedia": "0"}


def outgoing(session: Session) -> list[TextMessage]:
    return list(session.scalars(select(TextMessage).where(TextMessage.outgoing).order_by(TextMessage.position)))


def test_a_text_is_taken_stored_and_its_answer_handed_to_a_worker(twilio: Signed, session: Session) -> None:
    answer = twilio.post("/sms/inbound", **TEXT)
    assert (answer.status_code, answer.data) == (204, b"")
    (reply,) = outgoing(session)
    assert reply.status is TextStatus.QUEUED
    assert "workers.texts.send" in session.scalars(select(OutboxRow.task)).all()


def test_the_same_text_again_is_answered_once(twilio: Signed, session: Session) -> None:
    assert [twilio.post("/sms/inbound", **TEXT).status_code for _ in range(3)] == [204, 204, 204]
    assert len(outgoing(session)) == 1


def test_a_text_that_nobody_signed_is_refused_and_leaves_no_trace(client: FlaskClient, session: Session) -> None:
    assert client.post("/sms/inbound", data=TEXT).status_code == 403
    assert session.scalars(select(TextMessage)).all() == []


def test_a_status_report_finds_its_text_and_a_strange_one_is_no_error(twilio: Signed, session: Session) -> None:
    twilio.post("/sms/inbound", **TEXT)
    (reply,) = outgoing(session)
    report = {"MessageSid": "SMout", "MessageStatus": "delivered", "ErrorCode": ""}
    assert twilio.post(f"/status/message?text={reply.id}", **report).status_code == 204
    assert twilio.post(f"/status/message?text={uuid.uuid4()}", **report).status_code == 204
    assert twilio.post("/status/message?text=nonsense", **report).status_code == 404
    session.expire_all()
    assert [(message.status, message.provider_sid) for message in outgoing(session)] == [
        (TextStatus.DELIVERED, "SMout")
    ]


def test_without_a_database_the_fallback_still_says_911_and_988(
    twilio: Signed, application: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.extensions["house"].db, "begin", lambda: 1 / 0)
    words = "".join(ET.fromstring(twilio.post("/sms/fallback", **TEXT).data).itertext())
    assert "911" in words
    assert "988" in words


def test_numbers_that_are_no_numbers_do_no_harm(twilio: Signed, session: Session) -> None:
    assert twilio.post("/sms/inbound", **{**TEXT, "NumMedia": "many"}).status_code == 204
    assert twilio.post("/sms/inbound", MessageSid="SM2", From="+16175550124").status_code == 204
