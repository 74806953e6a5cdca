"""The rescue screen, the flags of a contact and the admins' list of dispatch numbers, as pages."""

from collections.abc import Callable
from datetime import UTC, datetime

from models.contacts import Contact
from routing.vocabulary import Channel, ContactStatus, Role, Urgency
from services import callbacks
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]
AddContact = Callable[..., Contact]
IN_DANGER = {
    "zip": {"value": "02150", "source": "keypad"},
    "flags": [{"value": "overdose", "source": "speech"}],
    "said": [{"words": "I took forty", "source": "speech", "question": "what", "at": None}],
}


def test_a_human_finds_place_number_supervisor_and_log_on_one_screen(
    sign_in_as: SignIn, add_contact: AddContact, zip_codes: None
) -> None:
    admin = sign_in_as(Role.ADMIN)
    line = {"state": "MA", "county": "", "name": "Emergency Desk (invented)", "phone": "617-555-0191"}
    status, page = admin.post("/dispatch", **{**line, "phone": "12"})
    assert status == 422
    assert "Ten digits, such as 617-555-0100." in page
    assert admin.post("/dispatch", **line)[0] == 302
    audit = admin.get("/admin/audit")[1]
    assert ("dispatch centre" in audit, line["name"] in audit) == (False, True), "its name, and no id"
    contact = add_contact(ContactStatus.ABANDONED, urgency=Urgency.CALL_911, triage=IN_DANGER)
    counselor = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/rescue"
    status, page = counselor.get(path)
    assert status == 200
    assert "Chelsea" in page
    assert "tel:+16175550191" in page
    assert "I took forty" in page
    status, page = counselor.post(path, step="dispatch_called")
    assert status == 200
    assert "Ana Ruiz: Local dispatch called" in page
    assert counselor.post(path, step="nonsense")[0] == 400
    assert path in counselor.get("/board")[1]
    assert counselor.get("/dispatch")[0] == 403
    assert "Write to them" not in page
    texting = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, urgency=Urgency.CALL_911)
    path = f"/contacts/{texting.id}"
    assert f'href="{path}#texts">Write to them' in counselor.get(f"{path}/rescue")[1], "nobody has taken it yet"
    assert counselor.post(f"{path}/take")[0] == 200
    assert f'href="{path}#composer">Write to them' in counselor.get(f"{path}/rescue")[1]
    assert 'id="composer"' in counselor.get(path)[1]


def test_a_flag_is_cleared_only_with_what_was_done(house: House, sign_in_as: SignIn, add_contact: AddContact) -> None:
    contact = add_contact(ContactStatus.CONNECTED, urgency=Urgency.CALL_911, triage=IN_DANGER)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/flags/overdose/clear"
    assert browser.post(path)[0] == 400
    status, parts = browser.post(path, done="medical_care")
    assert status == 200
    assert "cleared: In medical care" in parts
    assert browser.post(f"/contacts/{contact.id}/flags/seizure/clear", done="safe_now")[0] == 404
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).urgency is Urgency.NONE


def test_a_human_has_somebody_in_danger_called_back_at_their_own_number(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    gone = add_contact(ContactStatus.ABANDONED, urgency=Urgency.CALL_911, triage=IN_DANGER)
    waiting = add_contact(ContactStatus.WAITING, urgency=Urgency.CALL_911, triage=IN_DANGER)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{gone.id}/rescue"
    assert "Call them back" in browser.get(path)[1]
    status, page = browser.post(path, step="call_back")
    assert status == 200
    assert "Ana Ruiz: Call them back" in page
    assert "We promised to call them back." in page
    assert gone.id in callbacks.due_callbacks(house, datetime.now(UTC))
    browser.post(path, step="call_back")  # twice is once
    assert len(callbacks.due_callbacks(house, datetime.now(UTC))) == 1
    assert "Call them back" not in browser.get(f"/contacts/{waiting.id}/rescue")[1]
    assert browser.post(f"/contacts/{waiting.id}/rescue", step="call_back")[0] == 404
