"""A person's record: everything about telling others on one page, as CSV and JSON and by command; itself on record."""

import csv
import inspect
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from flask import Flask

from models.contacts import Contact
from models.follow_ups import FollowUp
from models.forms import FilledForm, FormVersion
from models.people import AuditEvent, Counselor
from routing import vocabulary
from routing.disclosure import Fact, SharedFor, Told
from routing.vocabulary import Channel, ContactStatus, Disposition, FollowUpKind, Language, Role
from services import consent_words, disclosure, emergency_disclosure, person_record, safe_contact
from services.emergency_disclosure import Emergency
from services.house import House
from services.safe_contact import SafeContact
from tests.fixtures.people import CALLER, Browser
from tests.services.consenting import TOLD, a_consent, a_place
from tests.services.outside import make_counselor
from web.console import export_words
from web.words import Words, table

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


@pytest.fixture
def known(house: House, add_contact: AddContact) -> Contact:
    """Somebody with a consent, a disclosure, an emergency and a word about texts; and another contact of the number."""
    contact, now = add_contact(ContactStatus.CLOSED, channel=Channel.TEXT, triage=TOLD), datetime.now(UTC)
    add_contact(ContactStatus.CLOSED)
    with house.db.begin() as session:
        ana, place = make_counselor(session, name="Ana Example", phone=None), a_place(session)
        mine = session.get_one(Contact, contact.id)
        consent = a_consent(session, mine, place, (Fact.NAME, Fact.PAYER), signed_at=now, lasts=timedelta(days=9000))
        text = consent_words.text_of(house, consent, Language.ENGLISH)
        consent.signed_text, consent.text_version, consent.text_digest = text.whole, text.version, text.digest
        consent.language = Language.ENGLISH
        assert disclosure.disclose(session, house, mine, place, SharedFor.TREATMENT, Told.SPOKEN, now, actor_id=ana.id)
    told = Emergency("Dana Fields", "paramedic, County EMS", "not breathing", ["danger"])
    assert emergency_disclosure.document(house, contact.id, ana.id, told, now) == ()
    assert safe_contact.write(house, contact.id, ana.id, SafeContact(texting_ok=True), now)
    return contact


def words_in(told: object, t: Words) -> Iterator[str]:
    """Every name and value of a record, as its page says them."""
    if isinstance(told, dict):
        for name, one in told.items():
            yield t.of("export", name)
            yield from words_in(one, t)
    elif isinstance(told, list):
        for one in told:
            yield from words_in(one, t)
    else:
        yield str(told)


def test_what_a_person_is_handed_says_everything_in_words(application: Flask, house: House, known: Contact) -> None:
    with house.db.begin() as session:
        mine = session.get_one(Contact, known.id)
        mine.disposition = Disposition.CALLBACK_REQUESTED
        flag = {"value": "cannot_wake", "source": "speech", "done": "emergency_services", "by": str(known.id)}
        said = {"words": "Help.", "question": "what", "source": "speech", "at": "2026-11-20T10:00:00+00:00"}
        unclear = {"value": "bars", "choices": ["alprazolam"], "source": "text"}
        mine.triage = {**TOLD, "flags": [flag], "addressed": [flag], "said": [said], "unclear": [unclear]}
        mine.triage |= {"for_whom": {"value": "other_relative", "source": "text"}, "veteran": {"value": False}}
        at = {"due_at": mine.opened_at, "created_at": mine.opened_at}
        session.add_all(FollowUp(contact_id=mine.id, kind=kind, **at) for kind in FollowUpKind)
        caller, by = mine.caller_id, session.query(Counselor).first()
        options = [{"key": "walk_in", "en": "Walk-in", "es": "Sin cita"}, {"key": "b", "en": "B", "es": "B"}]
        field = {"key": "how_come", "kind": "choice", "en": "How come?", "es": "¿Cómo?", "options": options}
        version = FormVersion(at=mine.opened_at, fields=[field])
        session.add(version)
        session.flush()
        answers = {"how_come": "walk_in"}
        session.add(FilledForm(contact_id=mine.id, version_id=version.id, answers=answers, saved_at=mine.opened_at))
    assert by is not None
    told = person_record.export(house, caller, by.id, datetime.now(UTC))
    enums = [one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, StrEnum)]
    codes = {one.value for enum in enums for one in enum} | {"liver", "cannot_wake", "how_come", "walk_in", "a_consent"}
    for language, wish in (("en", "Another relative or a friend · texted"), ("es", "Sin cita")):
        t = Words(language, "America/New_York")
        with application.app_context():
            words = list(words_in(export_words.readable(told, t), t))
            assert export_words.readable({"known": {"age": 0, "pregnant": False}}, t) == {
                "known": {t("answer.age"): ["0"]}
            }, "nothing but what is empty or not so is left out"
        assert wish in words
        assert codes.intersection(words) - set(table(language).values()) == set(), "a code word where there are words"
        assert [one for one in words if re.search(r"[a-z]_[a-z]|\bTrue\b|T\d\d:", one)] == []
    written = re.findall(r'"(\w+)": one\.(?:\w+)\.value', inspect.getsource(person_record))
    said = {key if isinstance(key, str) else key[1] for key in export_words.FAMILIES}
    assert {*written} - said == set(), "a value of an enumeration that nothing puts into words"


def test_a_record_is_read_printed_and_exported_by_admins_and_auditors_only(
    house: House, sign_in_as: SignIn, known: Contact
) -> None:
    assert sign_in_as(Role.SUPERVISOR).get(f"/admin/records/{known.id}")[0] == 403
    auditor = sign_in_as(Role.AUDITOR)
    latest = auditor.get("/admin/records")[1]
    assert "Dana Fields, paramedic, County EMS" in latest
    status, page = auditor.get(f"/admin/records/{known.id}")
    assert status == 200
    for words in (
        "Harbor House, Boston", "I allow Harborline", "Maria Quinn", "how treatment would be paid for",
        "not breathing", "said by a counselor", "Texting is safe", "Put on record what was told", "This contact only.",
    ):  # fmt: skip
        assert words in page, words
    assert "555-01" not in page, "the number is masked"
    assert "With 1 more of this number" in page
    assert "All contacts of this number" in auditor.get(f"/admin/records/{known.id}?whole=1")[1]
    assert "(617) 555-0141" in auditor.post(f"/contacts/{known.id}/number")[1], "signed in just now"

    rows = list(csv.DictReader(io.StringIO(auditor.get(f"/admin/records/{known.id}.csv")[1])))
    lines = json.loads(auditor.get(f"/admin/records/{known.id}.json")[1])
    whats = {row["what"] for row in rows}
    expected = {
        "consent_prepared",
        "consent_signed",
        "told_consent",
        "told_emergency",
        "texting_ok",
        "audit_record_read",
    }
    assert expected <= whats
    assert {line["what"] for line in lines} >= expected
    assert (
        next(row for row in rows if row["what"] == "told_consent")["facts"] == "name; how treatment would be paid for"
    )
    assert CALLER not in json.dumps(lines)
    assert auditor.get(f"/admin/records/{known.id}.exe")[0] == 404
    with house.db.begin() as session:
        read = session.query(AuditEvent).filter_by(kind="record_read", actor_id=auditor.person.id).all()
    assert len(read) == 5, "each look, and both contacts of the number"


def test_a_record_is_found_by_a_number_that_stands_in_no_address(sign_in_as: SignIn, known: Contact) -> None:
    admin = sign_in_as(Role.ADMIN)
    headers = {"X-CSRFToken": admin.token}
    found = admin.client.post("/admin/records", data={"phone": "(617) 555-0141"}, headers=headers)
    assert found.status_code == 302
    assert "5550141" not in found.headers["Location"]
    assert "whole=1" in found.headers["Location"]
    status, page = admin.post("/admin/records", phone="617-555-0199")
    assert (status, "Nobody has reached us from that number" in page) == (404, True)


def test_the_command_prints_the_record(application: Flask, known: Contact) -> None:
    runner = application.test_cli_runner()
    lines = runner.invoke(args=["disclosures", "export", str(known.id), "--json"]).output.splitlines()
    assert {"told_consent", "told_emergency"} <= {json.loads(line)["what"] for line in lines}
    table = runner.invoke(args=["disclosures", "export", str(known.id), "--whole-number"]).output
    assert table.startswith("at,contact,what,")
    for wrong in ("nobody", "00000000-0000-4000-8000-000000000000"):
        refused = runner.invoke(args=["disclosures", "export", wrong])
        assert (refused.exit_code, bool(refused.stderr)) == (2, True)
