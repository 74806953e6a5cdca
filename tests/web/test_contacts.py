"""Contacts on the console: the list, one contact's page, notes, wrap-up and the number behind its mask."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine

from models.consents import ConsentEvent
from models.contacts import Contact, record
from models.people import AuditEvent
from routing.vocabulary import Channel, ContactStatus, Disposition, Language, Role, Urgency
from services import knowing
from services.house import House
from services.notes import version_of
from tests.fixtures.people import CALLER, PASSWORD, Browser

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


def test_nobody_yet_says_what_will_happen(sign_in_as: SignIn) -> None:
    status, page = sign_in_as(Role.COUNSELOR).get("/contacts")
    assert status == 200
    assert "No one has reached out yet" in page


def test_danger_stands_first_and_numbers_are_masked(sign_in_as: SignIn, add_contact: AddContact) -> None:
    add_contact(waited=300, number="+16175550142")
    danger = add_contact(waited=5, urgency=Urgency.CALL_911)
    _, page = sign_in_as(Role.COUNSELOR).get("/contacts")
    assert page.index(str(danger.id)) < page.index("••42")
    assert CALLER not in page
    assert "555-0141" not in page
    assert "911 now" in page


def test_who_was_promised_a_person_by_text_waits_like_a_caller(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    texter = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT)
    with house.db.begin() as session:
        session.get_one(Contact, texter.id).waiting_since = datetime.now(UTC)
    _, page = sign_in_as(Role.COUNSELOR).get("/contacts")
    waiting = page.index('id="waiting-title"')
    assert waiting < page.index(str(texter.id))
    assert '<span class="count">1</span>' in page[waiting : page.index(str(texter.id))]
    assert 'id="talking-title"' not in page


def test_contacts_that_are_over_come_in_pages(sign_in_as: SignIn, add_contact: AddContact) -> None:
    ids = [str(add_contact(ContactStatus.ABANDONED, waited=60 * n).id) for n in range(1, 53)]
    talked = add_contact(ContactStatus.ENDED, connected_at=datetime.now(UTC))
    for disposition in (None, Disposition.VOICEMAIL):
        add_contact(ContactStatus.ENDED, disposition=disposition)
    browser = sign_in_as(Role.COUNSELOR)
    _, first = browser.get("/contacts")
    to_wrap_up, past = first.split('id="past-title"')
    assert (str(talked.id) in to_wrap_up, to_wrap_up.count('class="contact ended"')) == (True, 1)
    assert (past.count(">Over</span>"), "To wrap up" in past) == (2, False), "nobody talked with them"
    assert ids[0] in first
    assert ids[51] not in first
    older = first.split("?before=")[1].split('"')[0]
    _, second = browser.get(f"/contacts?before={older}")
    assert ids[51] in second
    assert ids[0] not in second


def test_a_contacts_page_tells_its_story_and_reading_it_is_on_record(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    said = {"words": "I drink <b>too much</b>", "question": "what", "source": "speech", "at": None}
    triage = {"zip": {"value": "02150", "source": "keypad"}, "said": [said]}
    contact = add_contact(ContactStatus.CONNECTED, triage=triage)
    with house.db.begin() as session:
        record(session, contact.id, "danger", datetime.now(UTC), urgency="911_now", flags=["overdose"])
        record(session, contact.id, "guest_answered", datetime.now(UTC), kind="supervisor", part="listen")
        record(session, contact.id, "danger", datetime.now(UTC))  # as a release of long ago wrote it
    browser = sign_in_as(Role.COUNSELOR)
    status, page = browser.get(f"/contacts/{contact.id}")
    assert status == 200
    for words in (
        "put in the queue at once",
        "Danger heard: 911 now.",
        "Danger heard: –.",
        "02150",
        "keyed in",
        "listens to the call.",
    ):
        assert words in page
    assert "I drink &lt;b&gt;too much&lt;/b&gt;" in page
    with house.db.begin() as session:
        opened = session.query(AuditEvent).filter_by(kind="contact_opened").one()
        assert opened.actor_id == browser.person.id
        assert opened.data == {"contact_id": str(contact.id)}


def test_a_contact_that_does_not_exist_is_not_found(sign_in_as: SignIn) -> None:
    nobody = "/contacts/9f0d7c1e-0000-4000-8000-000000000000"
    browser = sign_in_as(Role.COUNSELOR)
    assert browser.get(nobody)[0] == 404
    assert browser.get(f"{nobody}/live")[0] == 404
    assert browser.post(f"{nobody}/notes", notes="x")[0] == 404


def test_notes_are_kept_and_nobody_overwrites_what_they_have_not_seen(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/notes"
    status, saved = browser.post(path, notes="Sister drives.", version=version_of(""))
    assert status == 200
    assert version_of("Sister drives.") in saved
    status, conflict = browser.post(path, notes="Other words.", version=version_of(""))
    assert status == 409
    assert "Sister drives." in conflict
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).notes == "Sister drives."


def test_a_contact_is_wrapped_up_once_it_is_over(house: House, sign_in_as: SignIn, add_contact: AddContact) -> None:
    waiting, ended = add_contact(), add_contact(ContactStatus.ENDED, ended_at=datetime.now(UTC))
    browser = sign_in_as(Role.COUNSELOR)
    status, page = browser.post(f"/contacts/{waiting.id}/disposition", disposition="referred")
    assert status == 409
    assert "still going on" in page
    status, page = browser.post(f"/contacts/{ended.id}/disposition", disposition="referred")
    assert status == 200
    assert "Written: Referred to a facility" in page
    assert "Saved. How it ended: Referred to a facility." in page
    assert '<span id="owed"' in page, "what is owed in the header is answered as well"
    assert browser.post(f"/contacts/{ended.id}/disposition", disposition="cured")[0] == 400
    assert 'value="places_texted"' not in page
    status, page = browser.post(f"/contacts/{ended.id}/disposition", disposition="places_texted")
    assert (status, "only where the line itself has texted a list" in page) == (409, True)
    with house.db.begin() as session:
        assert session.get_one(Contact, ended.id).disposition is Disposition.REFERRED


def test_the_wrap_up_asks_by_itself_whether_we_may_text_later_and_shows_what_will_not_be_sent(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    danger = {"flags": [{"value": "overdose", "source": "voice"}]}
    contact = add_contact(ContactStatus.ENDED, ended_at=datetime.now(UTC), triage=danger)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/disposition"
    browser.post(f"/contacts/{contact.id}/reach", texting="yes")  # or ticked when a list of places was texted
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "May we text this number later, to see how it went?" in page
    assert 'name="texting" value="unknown" checked' in page, "that a text is safe does not answer it"
    assert 'value="referred:check_in"' in browser.get(f"/contacts/{contact.id}")[1], "the plan is proposed before"
    proposed = browser.get(f"/contacts/{contact.id}")[1]
    promised = proposed.split("Check in: text", 1)[1].split("<label", 1)[0]
    said = re.findall(r'class="if-(\w+)"> \(will not be sent: ([^;]+); a counselor sees to it', promised)
    assert said == [
        ("no", "they do not want to be asked by text how it went"),
        ("unknown", "nobody has asked whether we may text them later"),
    ], "nothing is promised that the answer forbids"
    assert ("naloxone" in proposed, ":naloxone" in proposed) == (True, False), "what danger asks for has no box"
    assert browser.post(path, disposition="referred", leave_out="referred:nonsense")[0] == 400
    _, page = browser.post(path, disposition="referred", texting="unknown", leave_out="referred:month")
    assert 'value="referred:check_in"' not in page, "and is no proposal once it is planned"
    owed = page.split("What we still owe")[1].split("</section>")[0]
    assert owed.count("will not be sent: nobody has asked whether we may text them") == 3
    assert ("Check in" in owed, "Ask how the month was" in owed) == (True, False), "one was left out"
    assert f"{browser.person.name} left out: Ask how the month was." in page
    _, page = browser.post(path, disposition="referred", texting="yes")
    assert "will not be sent" not in page.split("What we still owe")[1].split("</section>")[0]
    assert 'id="wrap-up-texting-yes" name="texting" value="yes" checked' in page
    page = browser.post(f"/contacts/{contact.id}/reach", texting="no")[1]  # "he reads my phone"
    assert 'id="wrap-up-texting-' not in page, "nothing is ticked for them, and safety is no question of the wrap-up"
    assert "They said that texts are not safe. If that has changed" in page
    browser.post(path, disposition="referred", texting="yes")  # from a page that was opened before
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).caller.texting_ok is False
    stale = {"texting": "yes", "texting_was": "yes", "calling": "unknown"}
    browser.post(f"/contacts/{contact.id}/reach", **stale)  # as they stood in the form before
    with house.db.begin() as session:
        assert session.get_one(Contact, contact.id).caller.texting_ok is False
    browser.post(f"/contacts/{contact.id}/reach", texting="yes", texting_was="no")  # it is safe again: they said so
    _, page = browser.post(path, disposition="not_for_us", texting="no")
    assert "Done before" in page
    assert "a newer plan for this number took its place" in page
    assert "What we still owe" not in page
    with house.db.begin() as session:
        assert [(row.kind.value, row.actor_id) for row in session.query(ConsentEvent).order_by(ConsentEvent.id)] == [
            ("texting_ok", browser.person.id),
            ("follow_up_texts_ok", browser.person.id),
            ("texting_not_ok", browser.person.id),
            ("texting_ok", browser.person.id),
            ("follow_up_texts_not_ok", browser.person.id),
        ]
        assert session.get_one(Contact, contact.id).caller.texting_ok is True, "No is no word on safety"


def test_a_conversation_with_the_service_alone_says_so_and_shows_no_commands_as_words_of_theirs(
    sign_in_as: SignIn, add_contact: AddContact
) -> None:
    said = [{"words": words, "question": None, "source": "text"} for words in ("I want to stop", "MORE", "2")]
    use = [{"value": "misuse", "source": "text"}]
    triage = {"need": {"value": "detox", "source": "text"}, "use": use, "said": said}
    contact = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, triage=triage, waiting_since=None)
    _, page = sign_in_as(Role.COUNSELOR).get(f"/contacts/{contact.id}")
    assert "Answered by the text service" in page
    assert "Nobody has answered yet" not in page
    assert page.count("understood from their words") == 2
    assert page.count("<blockquote>") == 1


def test_what_nobody_wrote_or_said_does_not_read_as_written_or_said(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    said = {"channel": Channel.TEXT, "language": Language.SPANISH, "disposition": Disposition.PLACES_TEXTED}
    contact = add_contact(ContactStatus.CONVERSING, **said)
    with house.db.begin() as session:
        row = session.get_one(Contact, contact.id)
        words = ("hola, mi hija toma heroina y necesita ayuda", "quiere desintoxicarse", "toma heroina y xanax")
        for text, inferred in zip(words, (True, None, None), strict=True):
            knowing.hear_words(session, house, row, text, None, "text", datetime.now(UTC))
            assert (row.triage or {})["need"].get("inferred") is inferred, text
        row.triage = {"need": {"value": "moud", "source": "text", "inferred": True}}
    browser = sign_in_as(Role.COUNSELOR)
    _, page = browser.get(f"/contacts/{contact.id}")
    assert "<span>Spanish</span>" in page, "their language in the reader's"
    assert "The line noted by itself: Got a list of places by text." in page
    assert "Written: " not in page
    assert "checked" not in page.partition('value="places_texted"')[2].partition(">")[0]
    assert "usual for what they take, not said by them" in page
    assert "understood from their words" not in page


def test_a_number_is_uncovered_only_after_the_password_and_that_is_on_record(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact()
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/number"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        status, page = browser.post(path)
        assert status == 422
        assert "Give your password" in page
        assert browser.post(path, password="not this one")[0] == 422
        status, page = browser.post(path, password=PASSWORD)
        assert status == 200
        assert "(617) 555-0141" in page
    with house.db.begin() as session:
        assert session.query(AuditEvent).filter_by(kind="number_revealed").count() == 1
