"""A written consent as people meet it: asked for on the contact's page, signed from a text, told, taken back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.contacts import Contact, events_of
from models.directory import Listing
from models.disclosures import DisclosureConsent, disclosures_of
from models.texts import TextMessage
from routing.links import without_keys
from routing.vocabulary import Channel, ContactStatus, Language, Role, TextStatus
from services import conversation, disclosure, texts
from services.conversation import Inbound
from services.directory.bed_phones import BedPhone, register_phone
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import CALLER, Browser
from tests.services.consenting import TOLD
from tests.services.outside import HELPLINE

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


@pytest.fixture
def listing(house: House, write_csv: WriteCsv, zip_codes: None) -> Listing:
    """A place in the directory."""
    import_directory(house, ImportWish(write_csv([place("Quay House")])), datetime.now(UTC))
    with house.db.begin() as session:
        return session.scalars(select(Listing)).one()


@pytest.fixture
def contact(add_contact: AddContact) -> Contact:
    """Somebody who writes to us and of whom much is known."""
    return add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, triage=TOLD)


def last_text(house: House) -> TextMessage:
    with house.db.begin() as session:
        return session.scalars(select(TextMessage).order_by(TextMessage.created_at.desc()).limit(1)).one()


def key_in(house: House) -> str:
    found = re.search(r"\?k=([\w-]+)", last_text(house).body)
    assert found
    return found[1]


def ask(browser: Browser, contact: Contact, listed: Listing, **fields: object) -> tuple[int, str]:
    form = {"listing": listed.id, "fact": ["name", "substances"], "purpose": "treatment", "days": 30, **fields}
    return browser.post(f"/contacts/{contact.id}/consents", **form)  # type: ignore[arg-type]


def digest_in(page: str) -> str:
    return page.split('name="digest" value="', 1)[1].split('"', 1)[0]


def sign(client: FlaskClient, key: str, **fields: str) -> tuple[int, str]:
    page = client.post("/consent/sign", data={"k": key}).get_data(as_text=True)
    form = {"k": key, "signed": "yes", "name": "Maria Quinn", "agreed": "yes", "language": "en", **fields}
    response = client.post("/consent/sign", data={"digest": digest_in(page), **form})
    return response.status_code, response.get_data(as_text=True)


def test_a_consent_is_asked_for_signed_told_and_taken_back(
    house: House, application: Flask, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ana, phone = sign_in_as(Role.COUNSELOR), application.test_client()
    assert "Nothing may be told about this person yet" in ana.get(f"/contacts/{contact.id}")[1]
    assert ask(ana, contact, listing)[0] == 200
    key = key_in(house)
    page = ana.get(f"/contacts/{contact.id}")[1]
    assert "waits for the signature" in page
    assert key not in page, "whoever reads the thread cannot sign for them"
    assert "?k=…" in page

    door = phone.get(f"/consent/sign?k={key}")
    shown = door.get_data(as_text=True)
    assert door.status_code == 200
    assert not re.search("treat|substance|consent|permission|Quay", re.sub(r"/consent/\w+", "", shown), re.IGNORECASE)
    assert "script-src" not in door.headers["Content-Security-Policy"]
    assert (door.headers["Referrer-Policy"], door.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in door.headers
    page = phone.post("/consent/sign", data={"k": key}).get_data(as_text=True)
    assert "I allow Harborline, a treatment helpline, to tell Quay House, Chelsea MA about me." in page
    assert "<li>substances</li>" in page
    assert "<li>age</li>" not in page
    spanish = phone.post("/consent/sign", data={"k": key, "language": "es"}).get_data(as_text=True)
    assert 'lang="es"' in spanish
    assert "Permiso para compartir" in spanish
    assert digest_in(spanish) != digest_in(page)

    status, page = sign(phone, key)
    assert status == 200
    assert "Signed by typing the name Maria Quinn" in page
    with house.db.begin() as session:
        kept = session.scalars(select(DisclosureConsent)).one()
        assert kept.signed_text is not None
        assert "Quay House" in kept.signed_text
        assert (kept.signed_name, kept.language) == ("Maria Quinn", Language.ENGLISH)
        assert kept.link_hash != key.encode()
    again = phone.get(f"/consent/sign?k={key}")
    assert again.status_code == 410
    assert "This was signed already" in again.get_data(as_text=True)
    assert phone.post("/consent/sign", data={"k": key, "signed": "yes", "name": "X Y"}).status_code == 410

    copy = key_in(house)
    assert copy != key
    assert "Maria" not in phone.get(f"/consent/copy?k={copy}").get_data(as_text=True)
    assert "Maria Quinn" in phone.post("/consent/copy", data={"k": copy}).get_data(as_text=True)

    told = f"/contacts/{contact.id}/consents/{kept.id}/tell"
    status, page = ana.post(told, purpose="treatment")
    assert status == 200
    assert "alprazolam" in page
    assert "42 CFR part 2 prohibits" in page
    assert ana.post(told, purpose="arrival")[0] == 409
    assert ana.post(told, purpose="gossip")[0] == 400
    assert "reads texts" in ana.post(told, purpose="treatment", how="text")[1]
    awake = replace(house, rules=replace(house.rules, text_window_start_hour=0, text_window_end_hour=24))
    application.extensions["house"] = awake
    phone_of_place = BedPhone(listing.facility_id, "+16175550177", ("detox",), (), language=Language.SPANISH)
    assert register_phone(house, phone_of_place, datetime.now(UTC), None) is None
    assert "Texted to Quay House" in ana.post(told, purpose="treatment", how="text")[1]
    sent = last_text(house)
    words_in_spanish = ("alprazolam", "sustancias", "El consentimiento")
    assert all(words in sent.body for words in words_in_spanish), sent.body
    assert "The consent ends on" not in sent.body
    assert sent.bed_contact_id is not None
    page = ana.post(f"/contacts/{contact.id}/consents/{kept.id}/sheet", purpose="treatment")[1]
    assert all(words in page for words in ("alprazolam", "NOT sufficient", "The consent ends on"))

    page = phone.post("/consent/copy", data={"k": copy, "take_back": "yes"}).get_data(as_text=True)
    assert "Taken back on" in page
    status, page = ana.post(told, purpose="treatment")
    assert status == 409
    assert "Nothing may be told" in page
    page = ana.get(f"/contacts/{contact.id}")[1]
    assert "taken back" in page
    assert "Told to a facility with their consent" in page
    with house.db.begin() as session:
        rows = disclosures_of(session, contact.id)
        assert [row.how for row in rows] == ["spoken", "text", "print"]
        assert {tuple(row.facts) for row in rows} == {("name", "substances")}
        assert session.get_one(TextMessage, sent.id).status is TextStatus.SUPPRESSED, "taken back before it left"


NOT_SIGNED = (
    ({"name": " . "}, "type your name"),
    ({"agreed": ""}, "tick the box"),
    ({"digest": "00"}, "words have changed"),
)


def test_what_is_not_a_signature_is_said_and_can_be_tried_again(
    house: House, client: FlaskClient, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ask(sign_in_as(Role.COUNSELOR), contact, listing)
    key = key_in(house)
    for typed, says in NOT_SIGNED:
        status, page = sign(client, key, **typed)
        assert (status, says in page) == (422, True)
    assert sign(client, key)[0] == 200


def test_links_that_are_over_say_so_kindly_and_tell_nothing(
    house: House, client: FlaskClient, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    ask(ana, contact, listing)
    old = key_in(house)
    ask(ana, contact, listing)
    newer = key_in(house)
    with house.db.begin() as session:
        late = session.scalars(select(DisclosureConsent).where(DisclosureConsent.revoked_at.is_(None))).one()
        late.link_until = datetime.now(UTC) - timedelta(seconds=1)
    for key in (old, newer, "never", ""):
        for path in ("sign", "copy"):
            for answer in (client.get(f"/consent/{path}?k={key}"), client.post(f"/consent/{path}", data={"k": key})):
                assert answer.status_code == 410
                assert "This link no longer opens" in answer.get_data(as_text=True)
    en_espanol = client.get("/consent/sign?k=x", headers={"Accept-Language": "es"}).get_data(as_text=True)
    assert "Este enlace ya no abre" in en_espanol


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "stopped": ({}, "No link was sent"),
    "nothing": ({"purpose": ""}, "Choose at least one fact"),
    "danger": ({"fact": "danger"}, "Choose at least one fact"),
    "no place": ({"listing": 0}, "no longer in the directory"),
    "a year": ({"days": 365}, "Choose how long"),
    "a son": ({}, "Only that person can allow"),
}


def test_a_consent_that_cannot_be_asked_for_is_refused_in_words(
    house: House, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    for state, (wrong, says) in REFUSED.items():
        with house.db.begin() as session:
            found = session.get_one(Contact, contact.id)
            found.caller.texts_stopped_at = datetime.now(UTC) if state == "stopped" else None
            found.triage = {**TOLD, **({"for_whom": {"value": "son", "source": "text"}} if state == "a son" else {})}
        status, page = ask(ana, contact, listing, **wrong)
        assert (state, status, says in page) == (state, 409, True)
    with house.db.begin() as session:
        assert session.scalars(select(DisclosureConsent)).all() == []
        assert session.scalars(select(TextMessage)).all() == []


def test_taking_it_back_in_own_words_ends_everything_and_brings_a_person(
    house: House, application: Flask, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ask(sign_in_as(Role.COUNSELOR), contact, listing)
    sign(application.test_client(), key_in(house))
    now = datetime.now(UTC)
    with house.db.begin() as session:
        consent = session.scalars(select(DisclosureConsent)).one()
        told = disclosure.disclose(
            session, house, consent.contact, consent.facility_id, disclosure.SharedFor.TREATMENT,
            disclosure.Told.TEXT, now,
        )  # fmt: skip
        assert told is not None
        queued = texts.queue_text(
            session, body="facts", purpose=texts.Purpose.REPLY, helpline_number=HELPLINE,
            caller=consent.contact.caller, disclosure_id=told.id, now=now,
        )  # fmt: skip
    conversation.receive_text(house, Inbound("SM77", CALLER, HELPLINE, "I take back my consent please"), now)
    with house.db.begin() as session:
        assert session.get_one(TextMessage, queued.id).status is TextStatus.SUPPRESSED
        kinds = [event.kind for event in events_of(session, contact.id)]
        assert {"consent_ended", "counselor_wanted"} <= set(kinds)
        assert session.scalars(select(DisclosureConsent)).one().revoked_how == "by_text"
        answers = session.scalars(select(TextMessage).where(TextMessage.contact_id == contact.id)).all()
    assert any("we share nothing you had allowed" in message.body for message in answers)


def test_a_counselor_ends_a_consent_and_a_request(
    house: House, application: Flask, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    for signs, state in ((True, "taken back"), (False, "withdrawn")):
        ask(ana, contact, listing)
        if signs:
            sign(application.test_client(), key_in(house))
        with house.db.begin() as session:
            made = session.scalars(select(DisclosureConsent).where(DisclosureConsent.revoked_at.is_(None))).one()
        status, parts = ana.post(f"/contacts/{contact.id}/consents/{made.id}/end")
        assert (status, state in parts) == (200, True)
    with house.db.begin() as session:
        assert {row.revoked_how for row in session.scalars(select(DisclosureConsent))} == {"by_counselor", "withdrawn"}
    assert ana.post(f"/contacts/{made.id}/consents/{made.id}/end")[0] == 404


def test_keys_are_covered_wherever_a_thread_is_read() -> None:
    assert (
        without_keys("see https://x.example/consent/sign?k=abc-D_9 now") == "see https://x.example/consent/sign?k=… now"
    )


def test_a_guardian_signs_for_somebody_when_a_counselor_has_made_sure_that_they_may(
    house: House, client: FlaskClient, sign_in_as: SignIn, contact: Contact, listing: Listing
) -> None:
    ana = sign_in_as(Role.COUNSELOR)
    with house.db.begin() as session:
        found = session.get_one(Contact, contact.id)
        found.triage = {**TOLD, "for_whom": {"value": "child", "source": "text"}}
    status, page = ask(ana, contact, listing, signs_as="parent")
    assert (status, "Make sure first" in page) == (409, True)
    assert ask(ana, contact, listing, signs_as="parent", made_sure="yes")[0] == 200
    key = key_in(house)
    status, page = sign(client, key)
    assert (status, "for whom you sign" in page) == (422, True)
    assert "for whom I sign as parent of a minor" in page
    status, page = sign(client, key, subject="Sam Quinn")
    assert (status, "It is about Sam Quinn." in page) == (200, True)
    with house.db.begin() as session:
        kept = session.scalars(select(DisclosureConsent)).one()
    page = ana.post(f"/contacts/{contact.id}/consents/{kept.id}/tell", purpose="treatment")[1]
    assert "Sam Quinn" in page
    assert "Maria Quinn" not in page, "the place is told of the person, not of who signed"
