"""The voice webhooks at the edge: signed, idempotent, and never without an answer."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config.logs import redact
from models.contacts import Contact
from models.outbox import OutboxRow
from models.people import Counselor
from routing.vocabulary import Role
from services import escalation, readiness
from services.house import House
from tests.fixtures.application import Signed

NOBODY = "00000000-0000-0000-0000-000000000000"
CALL = {"CallSid": "CA1", "From": "+12125550142", "To": "+18335550100", "CallStatus": "ringing"}


def test_an_unsigned_request_is_refused_on_every_webhook(application: Flask, client: FlaskClient) -> None:
    webhooks = [
        re.sub(r"<int:\w+>", "0", re.sub(r"<uuid:\w+>", NOBODY, rule.rule)).replace("<question>", "zip")
        for rule in application.url_map.iter_rules()
        if rule.rule.startswith(("/voice/", "/status/", "/sms/"))
    ]
    assert len(webhooks) >= 20
    refused = {path: client.post(path, data=CALL).status_code for path in webhooks}
    assert set(refused.values()) == {403}, refused


def test_a_call_is_answered_queued_and_handed_to_a_worker(twilio: Signed, session: Session) -> None:
    answer = twilio.post("/voice/inbound", **CALL)

    root = ET.fromstring(answer.data)
    assert answer.mimetype == "text/xml"
    assert [step.tag for step in root] == ["Gather", "Gather", "Enqueue"]
    assert session.scalars(select(OutboxRow.task)).all() == ["workers.calls.ring"]


def test_the_same_call_again_gets_the_same_answer_and_is_one_contact(twilio: Signed, session: Session) -> None:
    first, second = twilio.post("/voice/inbound", **CALL), twilio.post("/voice/inbound", **CALL)

    assert first.data == second.data
    assert session.scalar(select(func.count()).select_from(Contact)) == 1


@pytest.mark.parametrize("sender", ["anonymous", "unknown", "client:desk", "", "+266696687", "sip:someone"])
def test_a_withheld_or_strange_number_is_welcome(twilio: Signed, session: Session, sender: str) -> None:
    answer = twilio.post("/voice/inbound", **{**CALL, "From": sender})

    assert answer.status_code == 200
    assert session.scalars(select(Contact)).one().caller.number is None


def _without_a_database(application: Flask, monkeypatch: pytest.MonkeyPatch) -> House:
    house: House = application.extensions["house"]
    monkeypatch.setattr(house.db, "begin", lambda: 1 / 0)
    house = replace(house, rules=replace(house.rules, on_call_numbers=("+16175550199",)))
    application.extensions["house"] = house
    return house


def test_a_broken_database_still_answers_and_rings_the_on_call_phones(
    twilio: Signed, application: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_a_database(application, monkeypatch)

    root = ET.fromstring(twilio.post("/voice/inbound", **CALL).data)

    assert root.find("Dial/Number") is not None
    assert "9 1 1" in (root.findtext("Say") or "")


def test_a_counselor_who_calls_the_line_hears_the_staff_menu_and_may_be_a_caller(
    twilio: Signed, add_person: Callable[[Role], Counselor]
) -> None:
    own = CALL | {"From": add_person(Role.COUNSELOR).phone or ""}
    menu = ET.fromstring(twilio.post("/voice/inbound", **own).data)
    assert [step.tag for step in menu] == ["Gather", "Redirect"]
    assert "Press 1 to take calls" in (menu.findall("Gather/Say")[-1].text or "")
    choice = menu.findall("Gather")[0].get("action", "")
    answer = twilio.post(choice.removeprefix("http://127.0.0.1:8000"), **own, Digits="0")
    assert [step.tag for step in ET.fromstring(answer.data)] == ["Gather", "Gather", "Enqueue"]


def test_the_fallback_needs_no_database_and_keeps_press_one(
    twilio: Signed, application: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_a_database(application, monkeypatch)

    number = ET.fromstring(twilio.post("/voice/fallback", **CALL).data).find("Dial/Number")
    assert number is not None
    whisper = (number.get("url") or "").removeprefix("http://127.0.0.1:8000")
    assert whisper.startswith("/voice/degraded/whisper/")
    assert number.text not in whisper, "an address holds no telephone number"

    gather = ET.fromstring(twilio.post(whisper, ParentCallSid="CA1").data).find("Gather")
    assert gather is not None
    key = (gather.get("action") or "").removeprefix("http://127.0.0.1:8000")
    assert ET.fromstring(twilio.post(key, Digits="2").data).find("Hangup") is not None
    assert len(ET.fromstring(twilio.post(key, Digits="1").data)) == 0
    then = ET.fromstring(twilio.post("/voice/fallback", **CALL).data).find("Dial").get("action") or ""  # type: ignore[union-attr]
    voicemail = {"DialBridged": "false", "DialCallStatus": "completed", "DialCallDuration": "12"}
    again = twilio.post(then.removeprefix("http://127.0.0.1:8000"), **CALL, **voicemail)
    assert ET.fromstring(again.data).find("Dial") is not None, "a voicemail that heard the whisper is nobody's talk"
    another_call = twilio.post(whisper, ParentCallSid="CA2")
    assert ET.fromstring(another_call.data)[0].tag == "Hangup"
    forged = twilio.post(key[:-9] + "AAAAAAAA=", Digits="1")
    assert ET.fromstring(forged.data)[0].tag == "Hangup"


def test_health_speaks_for_the_process_and_readiness_for_what_it_needs(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ids = [client.get("/healthz").headers["X-Request-Id"] for _ in range(20)]
    assert [redact(one) for one in ids] == ids, "what an answer names is found in the log"
    ready = client.get("/readyz")
    assert ready.status_code == 503, "no worker runs in this test"
    assert ready.json is not None
    assert ready.json["checks"]["database"] == "ok"
    assert ready.json["checks"]["redis"] == "ok"
    assert b"python_info" in client.get("/metrics").data


def test_the_metrics_say_who_waits_and_who_could_answer(twilio: Signed, client: FlaskClient) -> None:
    twilio.post("/voice/inbound", **CALL)
    said = client.get("/metrics").text
    assert "harborline_waiting 1.0" in said
    assert "harborline_counselors_available 0.0" in said
    assert CALL["From"] not in said


def test_a_page_may_ask_the_database_longer_than_a_caller_waits(
    twilio: Signed, client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed: list[str] = []

    def note(*_: object) -> dict[str, float]:
        with house.db.begin() as session:
            allowed.append(session.execute(text("SHOW statement_timeout")).scalar_one())
        return {}

    monkeypatch.setattr(escalation, "join", note)
    twilio.post(f"/voice/join/{NOBODY}", **CALL)
    monkeypatch.setattr(readiness, "figures", note)
    client.get("/metrics")
    callers, pages = allowed
    assert pages == "5s"
    assert callers != pages, "the engine's own limit"
