"""The first run: settings that the environment leaves open, a test call that is seen to go through, going live."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from models.contacts import Contact
from models.line_setup import TestCall as TestCallRow
from models.outbox import OutboxRow
from models.people import AuditEvent
from routing.documents import Ring
from routing.phrases import Phrases
from routing.vocabulary import Role
from services import account, intake, line_setup, live_words, tasks, test_calls
from services.degraded import calls, snapshot
from services.house import House
from tests.fixtures.application import Signed
from tests.fixtures.paper import PaperTelephony
from tests.fixtures.people import Browser
from tests.services.calls import NOON, Stage
from tests.services.test_account import ELSEWHERE, PaperAccount

SignIn = Callable[[Role], Browser]
BASE = "https://line.example.org"


@pytest.fixture(autouse=True)
def back_to_start(house: House) -> None:
    """A line that callers can reach, as production begins: nobody said that it is live."""
    house.rules = house.started_with = replace(house.rules, public_base_url=BASE, live=False)


def press_one(house: House, twilio: Signed, paper: PaperTelephony) -> str:
    """What a worker, the provider and the admin do once the call was asked for; what was heard last."""
    with house.db.begin() as session:
        asked = session.scalars(select(OutboxRow).where(OutboxRow.task == tasks.TEST_CALL).order_by(OutboxRow.id)).all()
        call = session.scalars(select(TestCallRow).order_by(TestCallRow.at.desc())).first()
        assert call is not None
        assert str(call.id) in str(asked[-1].args)
    test_calls.place(house, paper, call.id)
    test_calls.place(house, paper, call.id)  # a task told twice
    assert "press 1" in twilio.post(f"/voice/test/{call.id}", CallSid="CA1").get_data(as_text=True)
    heard = twilio.post(f"/voice/test-key/{call.id}", CallSid="CA1", Digits="1").get_data(as_text=True)
    assert twilio.post(f"/status/test?id={call.id}", CallSid="CA1", CallStatus="completed").status_code == 204
    return heard


def test_a_line_is_set_up_step_by_step_and_goes_live_when_nothing_is_wrong(
    application: Flask, house: House, sign_in_as: SignIn, twilio: Signed, paper: PaperTelephony
) -> None:
    admin = sign_in_as(Role.ADMIN)
    twilio_account = application.extensions["account"] = PaperAccount()
    assert admin.client.get("/admin").headers["Location"] == "/setup"
    assert "The line is not live" in admin.get("/form")[1]
    assert "+16175550" not in admin.get("/setup")[1], "people's numbers are masked"
    status, page = admin.post("/setup/live", act="live")
    assert status == 409
    for said in (
        *("no counselor or supervisor with a phone", "No test call", "twilio provision", "ON_CALL_NUMBERS"),
        "nobody has confirmed how many calls",
    ):
        assert said in page

    sign_in_as(Role.COUNSELOR)
    assert admin.post("/setup/settings", on_call_numbers="617 555 0199, +16175550198", backup_number="")[0] == 302
    assert house.rules.on_call_numbers == ("+16175550199", "+16175550198")
    account.provision(twilio_account, house.rules, ELSEWHERE)
    assert "about to ring" in admin.post("/setup/test-call")[1]
    assert 'hx-get="/setup/test-call"' in admin.post("/setup/test-call")[1], "asked twice, it rings once"
    assert "went through" in press_one(house, twilio, paper)
    assert len(paper.placed) == 1
    part = admin.get("/setup/test-call")[1]
    assert "It went through" in part
    assert '<span id="test-call-done" hx-swap-oob="true"><span class="pill available">done</span>' in part
    stage = Stage(house, paper)
    for number in (101, 102):
        stage.counselor(number)
    assert admin.post("/setup/settings", calls_at_once="none")[0] == 422
    assert admin.post("/setup/settings", calls_at_once="7")[0] == 302
    took = admin.post("/setup/live", act="rest")[0]
    assert (took, house.rules.live) == (302, False), "taken off, a line that never was live is no line that was"
    page = admin.post("/setup/check")[1]
    assert "takes 7" in page
    assert "makes 8" in page, "two conversations, and one caller for whom three phones ring"
    twilio_account.api_key = False
    assert "Everything is well" not in admin.post("/setup/check")[1]
    assert admin.post("/setup/live", act="live")[0] == 409
    assert admin.post("/setup/settings", calls_at_once="8")[0] == 302
    status, page = admin.post("/setup/live", act="live")
    assert (status, house.rules.live) == (200, True), "phones ring without a key for the browser"
    assert "The line is live. Please mend this soon" in page
    twilio_account.api_key = None
    assert "Everything is well" in admin.post("/setup/check")[1]
    assert "The line is not live" not in admin.get("/form")[1]
    assert admin.post("/setup/live", act="rest")[0] == 302
    assert not house.rules.live
    assert admin.post("/setup/settings", calls_at_once="")[0] == 302
    status, page = admin.post("/setup/live", act="live")
    assert (status, "nobody has confirmed how many calls" in page) == (200, True), "a line that was live comes back"
    assert house.rules.live
    with house.db.begin() as session:
        kinds = set(session.scalars(select(AuditEvent.kind)))
    assert {"setting_changed", "test_call_made", "went_live", "taken_off"} <= kinds


def test_the_sample_line_comes_back_though_only_a_deployment_could_mend_the_rest(
    application: Flask, house: House, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    counselor, admin = sign_in_as(Role.COUNSELOR), sign_in_as(Role.ADMIN)
    here = replace(house.rules, public_base_url="http://127.0.0.1:8000", live=True, on_call_numbers=("+16175550199",))
    house.rules = house.started_with = here
    twilio_account = application.extensions["account"] = PaperAccount()
    account.provision(twilio_account, here, "")
    page = admin.get("/setup")[1]
    assert "only the on-call phones ring. Texts are answered as ever" in page, "what taking it off means, before it is"
    assert "set an https address" in page, "step 2 says what the doctor will"
    assert admin.post("/setup/live", act="rest")[0] == 302
    for path in ("/contacts", "/my-line"):
        assert "The line is not live" in counselor.get(path)[1], "whoever waits for calls knows, on open pages too"
    status, page = admin.post("/setup/live", act="live")
    assert (status, house.rules.live) == (409, False)
    assert "No test call" not in page, "it was live before"
    monkeypatch.setitem(application.config, "APP_ENV", "development")
    status, page = admin.post("/setup/live", act="live")
    assert (status, house.rules.live) == (200, True)
    assert "The line is not live" not in counselor.get("/my-line")[1]
    assert "its fallback is on this host too" in page


def test_settings_reach_other_processes_say_who_set_them_and_leave_the_environment_alone(
    house: House, sign_in_as: SignIn
) -> None:
    admin = sign_in_as(Role.ADMIN)
    other = replace(house, phrases=Phrases(house.phrases.shipped), match_desk=None)
    outside = replace(other, phrases=Phrases(house.phrases.shipped), set_outside=frozenset({"organisation_name"}))
    for field, value, said in (
        ("on_call_numbers", "12", "Write telephone numbers"),
        ("backup_number", "+16175550101, +16175550102", "Write telephone numbers"),
        ("backup_number", "+18335550100", "own number"),
        ("organisation_name", "{x}", "without braces"),
    ):
        status, page = admin.post("/setup/settings", **{field: value})
        assert (status, said in page) == (422, True), value
    assert admin.post("/setup/settings", organisation_name="Quay Line", backup_number="+16175550101")[0] == 302
    for one in (other, outside):
        live_words.look(one)
        assert one.rules.backup_number == "+16175550101"
    assert (other.rules.organisation_name, outside.rules.organisation_name) == ("Quay Line", "Harborline")
    assert line_setup.held_settings(outside)["organisation_name"].source == "environment"
    assert line_setup.keep(outside, {"organisation_name": "Other"}, None, NOON) == {"organisation_name": "outside"}
    house.set_outside = frozenset({"on_call_numbers", "backup_number"})
    page = admin.get("/setup")[1].partition("<h2>3.")[2].partition("</li>")[0]
    assert "Set by ON_CALL_NUMBERS where the processes start; change it there." in page
    assert "<strong>••• ••• ••01</strong>" in page
    assert "<input id" not in page
    assert "Save" not in page
    status, page = admin.post("/setup/settings", on_call_numbers="+16175550111")
    assert (status, "must be changed there" in page) == (409, True), "from a page of before"
    house.set_outside = frozenset()
    assert house.rules.organisation_name == "Quay Line"
    assert f"Set by {admin.person.name}" in admin.get("/admin/settings")[1]
    stale = {
        "organisation_name": "Harborline",
        "was-organisation_name": "Harborline",
        "funding_sentence_en": "By gifts.",
    }
    admin.post("/setup/settings", **stale, **{"was-funding_sentence_en": ""})
    kept = (house.rules.organisation_name, house.rules.funding_sentence_en)
    assert kept == ("Quay Line", "By gifts."), "what a page of before did not touch stays as it is"
    admin.post("/setup/settings", organisation_name="Quay\x02 Line")
    assert house.rules.organisation_name == "Quay Line", "a sign that nobody sees would break the XML of a call"
    assert house.local is not None
    snapshot.take(house, house.local, NOON)
    assert snapshot.changed_words(house.local)[1]["backup_number"] == "+16175550101"
    admin.post("/setup/settings", organisation_name="", backup_number="-")
    assert (house.rules.organisation_name, house.rules.backup_number) == ("Harborline", None)


def test_while_the_line_is_not_live_callers_hear_emergency_words_and_the_on_call_phone_rings(
    house: House, paper: PaperTelephony, twilio: Signed
) -> None:
    stage = Stage(house, paper)
    stage.counselor(101)
    house.rules = replace(house.rules, on_call_numbers=("+16175550199",))
    words = twilio.post("/voice/inbound", CallSid="CA9", From="+12125550142", To="+18335550100").get_data(as_text=True)
    assert "call 9 1 1 now" in words
    assert "not open yet" in words
    assert "<Enqueue" in words
    with house.db.begin() as session:
        contact_id = session.scalars(select(Contact.id)).one()
    spanish = twilio.post(f"/voice/key/{contact_id}", CallSid="CA9", Digits="2").get_data(as_text=True)
    assert "aún no está abierta" in spanish
    assert stage.rings(contact_id) == ["+16175550199"]
    assert house.local is not None
    snapshot.take(house, house.local, stage.now)
    call = intake.inbound_call(house, "CA10", "+12125550143", "+18335550100")
    (ring,) = [step for step in calls.answer(house, call, stage.now).steps if isinstance(step, Ring)]
    assert [target.number for target in ring.targets] == ["+16175550199"], "the same while the database is gone"
    house.rules = replace(house.rules, live=True)
    assert set(stage.rings(contact_id)) == {"+16175550199", "+16175550101"}


def test_a_refused_test_call_says_the_code(house: House, sign_in_as: SignIn, paper: PaperTelephony) -> None:
    admin = sign_in_as(Role.ADMIN)
    for wrong in ("12", "+18335550100", "+882161234567"):
        assert admin.post("/setup/test-call", number=wrong)[0] == 422
    admin.post("/setup/test-call", number="617 555 0177")
    with house.db.begin() as session:
        call_id = session.scalars(select(TestCallRow.id)).one()
    paper.refuse.add("+16175550177")
    test_calls.place(house, paper, call_id)
    assert "code 21211" in admin.get("/setup/test-call")[1]
