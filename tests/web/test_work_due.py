"""What somebody is owed: follow-ups, callbacks and voicemails on their pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.voicemails import Voicemail
from routing.vocabulary import (
    ContactStatus,
    FollowUpKind,
    FollowUpStatus,
    Role,
)
from services.house import House
from tests.fixtures.people import Browser

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


def test_a_callback_that_no_attempt_brought_about_is_finished_by_a_person(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    browser, contact, now = sign_in_as(Role.COUNSELOR), add_contact(ContactStatus.ENDED), datetime.now(UTC)
    with house.db.begin() as session:
        row = FollowUp(contact_id=contact.id, kind=FollowUpKind.CALLBACK, due_at=now, created_at=now)
        row.status, row.plan = FollowUpStatus.STARTED, {"by": "person"}
        session.add(row)
    assert "Ring again now" in browser.get("/follow-ups")[1]
    url = f"/follow-ups/{contact.id}/callback"
    assert browser.post(url, outcome="nonsense")[0] == 400
    assert "Nothing is due" in browser.post(url, outcome="talked")[1]
    assert "Somebody else has seen to" in browser.post(url, outcome="again")[1]
    assert "The callback is finished: We talked." in browser.get(f"/contacts/{contact.id}")[1]


def test_what_is_late_says_so(house: House, sign_in_as: SignIn, add_contact: AddContact) -> None:
    now = datetime.now(UTC)
    contact = add_contact(ContactStatus.CLOSED)
    browser = sign_in_as(Role.COUNSELOR)
    assert "Nothing is due" in browser.get("/follow-ups")[1]
    assert "No voicemail waits" in browser.get("/voicemails")[1]
    with house.db.begin() as session:
        for kind, hours in ((FollowUpKind.CHECK_IN, 5), (FollowUpKind.NALOXONE, 5), (FollowUpKind.RECONNECT, 30)):
            mine = browser.person.id if kind is FollowUpKind.CHECK_IN else None
            due = now + timedelta(hours=hours)
            session.add(FollowUp(contact_id=contact.id, kind=kind, due_at=due, created_at=now, owner_id=mine))
        late = now - timedelta(minutes=1)
        for minutes in (14, 16):  # within 15 minutes, as we say
            promised, closed = now - timedelta(minutes=minutes), add_contact(ContactStatus.CLOSED)
            kind = FollowUpKind.CALLBACK
            session.add(FollowUp(contact_id=closed.id, kind=kind, due_at=promised, created_at=promised))
        session.add(
            Voicemail(contact_id=contact.id, recording_sid="RE1", seconds=42, received_at=now, deadline_at=late)
        )
    _, due = browser.get("/follow-ups")
    assert "Call back" in due
    assert due.count("Late since") == 1
    assert "Check in" in due
    assert "Reach out again" not in due
    assert due.index("Check in") < due.index("Late since"), "my own come first"
    for count in ("Mine (1)", "Nobody&#39;s (3)", "All (4)"):
        assert count in due
    mine, nobodys = (browser.get(f"/follow-ups?whose={whose}")[1] for whose in ("mine", "nobodys"))
    assert ("Check in" in mine, "Call back" in mine) == (True, False)
    assert ("Check in" in nobodys, "Call back" in nobodys) == (False, True)
    assert browser.get("/follow-ups?whose=theirs")[0] == 400
    _, voicemails = browser.get("/voicemails")
    assert "42 seconds" in voicemails
    assert "Should have been answered by" in voicemails


def test_a_voicemail_is_taken_played_and_finished_on_its_page(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    browser, now = sign_in_as(Role.COUNSELOR), datetime.now(UTC)
    with house.db.begin() as session:
        left = Voicemail(
            contact_id=add_contact(ContactStatus.ENDED).id,
            recording_sid="RE1",
            seconds=42,
            received_at=now,
            deadline_at=now + timedelta(minutes=30),
            audio=b"RIFF sound",
            removed_at=now,
        )
        session.add(left)
        session.flush()
        page = f"/voicemails/{left.id}"
    assert browser.post(f"{page}/done", outcome="talked")[0] == 409, "whoever finishes it has taken it first"
    assert "We talked" in browser.post(f"{page}/take")[1]
    assert browser.get(f"{page}/sound") == (200, "RIFF sound")
    assert browser.post(f"{page}/done", outcome="shrugged")[0] == 400
    assert "No voicemail waits" in browser.post(f"{page}/done", outcome="talked")[1]


def test_whom_nothing_safe_reaches_is_seen_and_a_counselor_writes_what_is_safe(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact, browser, now = add_contact(ContactStatus.CLOSED), sign_in_as(Role.COUNSELOR), datetime.now(UTC)
    plan = {"plan": "referral", "by": "person", "instead": "no_way", "why": "no_consent", "spacing_seconds": 60}
    with house.db.begin() as session:
        row = FollowUp(contact_id=contact.id, kind=FollowUpKind.CHECK_IN, due_at=now, created_at=now, plan=plan)
        row.status = FollowUpStatus.STARTED
        session.add(row)
        session.flush()
        path = f"/follow-ups/{row.id}"
    assert "Nothing is known to be safe" in browser.get("/follow-ups")[1]
    assert "I do this" not in browser.post(f"{path}/mine")[1]
    assert "Nothing is due" in browser.post(f"{path}/word", word="not_wanted")[1]
    said = {"calling": "yes", "voicemail": "no", "from": "9", "until": "8", "name": "Sam"}
    status, parts = browser.post(f"/contacts/{contact.id}/reach", **said)
    assert (status, "the earlier one first" in parts) == (422, True)
    status, parts = browser.post(f"/contacts/{contact.id}/reach", **(said | {"until": "17"}))
    assert (status, 'value="Sam"' in parts) == (200, True)
    by_relay = said | {"until": "17", "relay": "yes"}
    known = ("Leave no voicemail.", "between 9:00 and 17:00", "Say you are: Sam.", "stay on when you hear tones")
    for _ in range(2):  # the same again is nothing new
        status, parts = browser.post(f"/contacts/{contact.id}/reach", **by_relay)
        for words in known:
            assert words in parts
        assert parts.count("Calls by TTY or relay") == 1
    with house.db.begin() as session:
        caller = session.get_one(Contact, contact.id).caller
        assert (caller.calling_ok, caller.voicemail_ok, caller.safe_until_hour) == (True, False, 17)
    assert "between" not in browser.post(f"/contacts/{contact.id}/reach", **(by_relay | {"from": "", "until": ""}))[1]
