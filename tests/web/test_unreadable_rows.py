"""Rows that cannot be read (another key, a broken value) are shown as such on every page, and all others as ever."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, text

from models.api_keys import ApiKey
from models.base import Base
from models.bed_contacts import BedContact
from models.care import Block, CarePlan
from models.contacts import Contact
from models.crypto import EncryptedBytes, EncryptedJSON, EncryptedText, lookup_hash
from models.directory import Listing
from models.follow_ups import FollowUp
from models.forms import FilledForm, FormVersion
from models.legal_holds import LegalHold
from models.line_setup import SettingEdit, line_state
from models.people import Counselor
from models.schedules import ShiftChange
from models.texts import TextMessage
from models.voicemails import Voicemail
from routing.shift_words import parse_shifts
from routing.vocabulary import (
    ChangeKind,
    ChangeStatus,
    ContactStatus,
    FollowUpKind,
    Language,
    Role,
    TextStatus,
)
from services import schedules
from services.directory.importing import ImportWish, import_directory
from services.held_rules import rules_held
from services.house import House
from services.roster import import_roster
from tests.fixtures.directory import SAMPLE
from tests.fixtures.people import Browser

S = ContactStatus
SHOWN = "(could not be read; tell whoever runs the system)"
EN_ESPANOL = "(no se pudo leer; avise a quien mantiene el sistema)"
SPANISH = {"Accept-Language": "es"}
HEADER = "name,phone,email,role,languages,skills,timezone,shifts"
FIELD = {"key": "call_type", "kind": "text", "en": "Call type", "es": "Tipo", "options": []}
PAGES = {  # each with something of the rows that can be read
    "/board": "Zoe Sound",
    "/contacts": "••77",
    "/contacts/{contact}": SHOWN,
    "/follow-ups": "Zoe Sound",
    "/voicemails": "Zoe words",
    "/blocks": "••77",
    "/coverage": "Zoe Sound",
    "/roster": "Zoe Sound",
    "/roster/{counselor}": SHOWN,
    "/admin/people": "Zoe Sound",
    "/admin/people/{counselor}": SHOWN,
    "/admin/api-keys": "Zoe Sound",
    "/admin/audit": "Zoe Sound",
    "/admin/retention": "Zoe words",
    "/admin/records": "",
    "/admin/records/{contact}": SHOWN,
    "/directory/{place}": "••77",
    "/directory/calls": "",
    "/failures": "",
    "/referrals": "",
    "/reports": "",
    "/setup": SHOWN,
    "/admin/settings": "",
    "/contacts/{contact}/rescue": SHOWN,
    "/directory/checks": "",
    "/form": "",
    "/reports/form": "",
    "/shifts": "",
}


def fill(house: House, who: Counselor, contact: Contact, place: int, number: str) -> None:
    """One of everything that pages list, by this counselor and about this contact."""
    now, words = datetime.now(UTC), f"{who.name.split()[0]} words"
    of, by_hash = {"contact_id": contact.id}, {"number": number, "number_hash": lookup_hash(number)}
    body = {"helpline_number": "+18335550100", "purpose": "reply", "outgoing": True, "body": words}
    span = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    phone = {"levels": ["detox"], "ask_hours": [9], "timezone": "America/New_York", "language": Language.ENGLISH}
    with house.db.begin() as session:
        version = FormVersion(at=now, saved_by=who.id, fields=[FIELD])
        session.add(version)
        session.flush()
        session.get_one(Contact, contact.id).notes = words
        session.get_one(Contact, contact.id).claimed_by = who.id
        session.get_one(Contact, contact.id).triage = {"zip": {"value": "02150", "source": "keypad"}}
        session.get_one(Counselor, who.id).shifts = [schedules.shift(one) for one in parse_shifts("daily 00:00-24:00")]
        session.add_all(
            (
                Voicemail(**of, recording_sid=words, transcript=words, received_at=now, deadline_at=now, audio=b"x"),
                TextMessage(
                    **of, **body, caller_id=contact.caller_id, status=TextStatus.FAILED, created_at=now, due_at=now
                ),
                FollowUp(**of, kind=FollowUpKind.CHECK_IN, due_at=now, created_at=now, owner_id=who.id),
                LegalHold(caller_id=contact.caller_id, reason=words, placed_at=now, placed_by=who.id),
                Block(**by_hash, until=span["ends_at"], reason="fraud", blocked_by=who.id, created_at=now),
                CarePlan(
                    caller_id=contact.caller_id,
                    words=words,
                    written_at=now,
                    written_by=who.id,
                    review_on=date(2099, 1, 1),
                ),
                SettingEdit(version=99 - int(number[-2:]), name="on_call_numbers", value=number, at=now, by=who.id),
                FilledForm(**of, version_id=version.id, answers={"call_type": "a"}, saved_at=now, saved_by=who.id),
                ApiKey(name=words, digest=by_hash["number_hash"], added_at=now, added_by=who.id),
                BedContact(facility_id=place, **by_hash, **phone, voice_only=False, active=True, registered_at=now),
                ShiftChange(
                    **span,
                    counselor_id=who.id,
                    kind=ChangeKind.OFFER,
                    status=ChangeStatus.OFFERED,
                    made_at=now,
                ),
            )
        )


def spoil(house: House) -> None:
    """Whatever is encrypted so far can no longer be read."""
    kinds = (EncryptedText, EncryptedJSON, EncryptedBytes)
    with house.db.begin() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, kinds):
                    session.execute(
                        text(f"update {table.name} set {column.name} = 'no key' where {column.name} is not null")
                    )


def test_what_cannot_be_read_is_shown_as_such_and_takes_no_page_down(
    house: House,
    zip_codes: None,
    sign_in_as: Callable[[Role], Browser],
    add_person: Callable[[Role, str], Counselor],
    add_contact: Callable[..., Contact],
) -> None:
    assert not import_directory(house, ImportWish(SAMPLE), datetime.now(UTC)).errors
    with house.db.begin() as session:
        place = session.scalars(select(Listing.facility_id).order_by(Listing.id).limit(1)).one()
    lost = add_person(Role.COUNSELOR, "Lou Lost")
    called = add_contact(S.CONNECTED, number="+16175550166")
    fill(house, lost, called, place, "+16175550166")
    spoil(house)
    admin = sign_in_as(Role.ADMIN)
    sound = add_contact(number="+16175550177")
    fill(house, add_person(Role.SUPERVISOR, "Zoe Sound"), sound, place, "+16175550177")
    with house.db.begin() as session:
        session.get_one(Counselor, admin.person.id).timezone = "Moon/Sea"
    ids = {"contact": called.id, "counselor": lost.id, "place": place}
    found = {path: admin.get(path.format(**ids)) for path in PAGES}
    with house.db.begin() as session:
        line_state(session)[0].live, line_state(session)[0].by = True, lost.id
        session.flush()
        assert rules_held(session) == {"live": True}, "the line is live whatever else cannot be read"
    assert {path: status for path, (status, _) in found.items() if status != 200} == {}
    assert [path for path, words in PAGES.items() if words not in found[path][1]] == []
    assert all("Something on this page could not be read" in found[path][1] for path, words in PAGES.items() if words)
    assert EN_ESPANOL in admin.get("/blocks", **SPANISH)[1]

    with house.db.begin() as session:
        session.execute(text("update text_message set body = 'no key' where contact_id = :id"), {"id": sound.id})
    status, said = admin.post(f"/contacts/{sound.id}/answers", zip="02151")
    assert (status, 'value="02151"' in said, SHOWN in said) == (200, True, True), "kept, and the answer shows the rest"
    for file in ("audit.csv", f"records/{called.id}.json"):
        assert "filename=incomplete-" in admin.client.get(f"/admin/{file}").headers["Content-Disposition"]
    with house.db.begin() as session:
        phone = session.scalars(select(BedContact.id).order_by(BedContact.registered_at).limit(1)).one()
        block = session.scalars(select(Block.id).order_by(Block.created_at).limit(1)).one()
    assert admin.post(f"/blocks/{block}/remove")[0] == 302
    assert admin.post(f"/directory/{place}/phones/{phone}/remove")[0] == 303
    right = {"name": "Lou Found", "email": "lou@line.example", "phone": "617-555-0119", "languages": "en", "skills": ""}
    right |= {"timezone": "America/New_York", "act": "correct"}
    page = f"/admin/people/{lost.id}"
    status, said = admin.post(page, **right | {"name": EN_ESPANOL, "email": SHOWN, "phone": ""})
    assert (status, said.count('class="wrong"')) == (422, 3), "what could not be read is not kept as if it were known"
    assert admin.post(page, **right)[0] == 302
    with house.db.begin() as session:
        person = session.get_one(Counselor, lost.id, populate_existing=True)
        assert (person.name, person.phone) == ("Lou Found", "+16175550119")
    spoil(house)
    row = "Lou Again,617-555-0119,lou@line.example,counselor,en,,America/New_York,mon 09:00-17:00"
    assert import_roster(house, f"{HEADER}\n{row}\n", datetime.now(UTC)).changed == 1
    with house.db.begin() as session:
        person = session.get_one(Counselor, lost.id, populate_existing=True)
        assert (person.name, person.email) == ("Lou Again", "lou@line.example")
