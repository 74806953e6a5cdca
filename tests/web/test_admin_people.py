"""People as an admin keeps them: invited, given another role, let go, helped; the roster by file; the settings."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from models.people import AuditEvent, Counselor, counselor_by_email
from models.voicemails import Voicemail
from routing.vocabulary import ContactStatus, Role
from services import users
from services.house import House
from services.roster import import_roster
from services.roster_file import split_words
from services.users import UserRefused
from tests.fixtures.people import PASSWORD, Browser, token_in
from web import offers
from web.words import table

NEW = {"name": "Eva Lindt", "email": "eva@line.example", "role": "supervisor", "timezone": "America/Chicago"}
NEW |= {"languages": "en", "skills": "veterans"}
HEADER = "name,phone,email,role,languages,skills,timezone,shifts\n"


def test_an_admin_adds_somebody_who_then_sets_a_password_once(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    admin = sign_in_as(Role.ADMIN)
    status, page = admin.post("/admin/people/new", **NEW | {"email": "eva", "role": "boss", "phone": "12"})
    assert status == 422
    assert page.count('class="wrong"') == 3
    status, page = admin.post("/admin/people/new", **NEW)
    assert status == 200
    link = re.search(r"http://localhost(/password/[\w-]+)", page)
    assert link is not None
    client = application.test_client()
    assert client.get("/password/not-a-link").status_code == 404
    welcome = client.get(link[1]).get_data(as_text=True)
    assert "Welcome, Eva Lindt" in welcome
    fields = {"csrf_token": token_in(welcome), "password": "short"}
    assert client.post(link[1], data=fields).status_code == 422
    assert client.post(link[1], data=fields | {"password": PASSWORD}).status_code == 302
    assert client.post(link[1], data=fields | {"password": "another long one"}).status_code == 404
    with house.db.begin() as session:
        eva = counselor_by_email(session, NEW["email"])
        assert eva is not None
        kinds = {event.kind: event.actor_id for event in session.query(AuditEvent).order_by(AuditEvent.at)}
        assert (kinds["counselor_added"], kinds["password_set"]) == (admin.person.id, eva.id)
        assert (eva.languages, eva.skills) == (["en"], ["veterans"])
    assert Browser(application.test_client(), eva).get("/coverage")[0] == 200
    assert "Eva Lindt" in admin.get("/admin/people")[1]
    assert "is here already" in admin.post("/admin/people/new", **NEW)[1]


def test_an_admin_corrects_a_persons_facts_by_the_rules_of_the_roster_file(
    house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    admin, ben = sign_in_as(Role.ADMIN), sign_in_as(Role.COUNSELOR)
    address = f"/admin/people/{ben.person.id}"
    right = {"name": "Ben Osei", "email": "Ben.Osei@line.example", "phone": "", "timezone": "America/Denver"}
    right |= {"languages": "en, ES", "skills": "family youth"}
    wrong = {"name": " ", "email": admin.person.email, "phone": "-", "timezone": "Denver", "languages": "english"}
    status, page = admin.post(address, act="correct", **right | wrong | {"skills": "a!"})
    assert (status, page.count('class="wrong"')) == (422, 6)
    assert admin.post(address, act="correct", **right)[0] == 302
    assert admin.post(address, act="correct", **right)[0] == 302, "and the same again changes nothing"
    with house.db.begin() as session:
        who = session.get_one(Counselor, ben.person.id)
        assert (who.name, who.email, who.phone) == ("Ben Osei", "ben.osei@line.example", ben.person.phone)
        assert (who.timezone, who.languages, who.skills) == ("America/Denver", ["en", "es"], ["family", "youth"])
        assert counselor_by_email(session, "ben.osei@line.example") is who
        (event,) = session.query(AuditEvent).filter_by(kind="person_corrected")
        assert event.data["fields"] == "email, languages, name, skills, timezone"


def test_a_supervisor_ticks_what_somebody_offers_in_words(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser]
) -> None:
    lead, ben = sign_in_as(Role.SUPERVISOR), sign_in_as(Role.COUNSELOR)
    address = f"/roster/{ben.person.id}"
    with application.app_context():  # a file may say each by its name, as it is typed
        said = offers.codes()
    read = {name: split_words(name.upper(), said) for name in said}
    assert {name: codes for name, codes in read.items() if codes != (said[name],)} == {}
    for language in ("en", "es"):  # as a file is told to write them
        example = table(language)["roster_wrong.no_skill"].split('"')[-2]
        assert split_words(example, said) == ("veterans", "dual_diagnosis", "fentanyl")
    lead.client.set_cookie("language", "es")
    page = lead.get(address)[1]
    assert 'value="ht"> Criollo haitiano</label>' in page
    assert 'value="sign_language"> Lengua de señas</label>' in page
    status, page = lead.post(f"{address}/offers", skills="family")
    assert (status, "Elija al menos un idioma" in page) == (422, True)
    fields = {"csrf_token": lead.token, "languages": ["en", "ht"], "skills": ["family", "fentanyl"]}
    assert lead.client.post(f"{address}/offers", data=fields).status_code == 302
    assert "Criollo haitiano" in lead.get("/roster")[1]
    assert 'value="ht" checked>' in lead.get(address)[1]
    with house.db.begin() as session:
        who = session.get_one(Counselor, ben.person.id)
        assert (who.languages, who.skills) == (["en", "ht"], ["family", "fentanyl"])
        (event,) = session.query(AuditEvent).filter_by(kind="person_corrected")
        assert (event.actor_id, event.data["fields"]) == (lead.person.id, "languages, skills")


def test_who_leaves_is_out_at_once_and_leaves_nothing_behind(
    application: Flask, house: House, sign_in_as: Callable[[Role], Browser], add_contact: Callable[..., object]
) -> None:
    admin, ben = sign_in_as(Role.ADMIN), sign_in_as(Role.COUNSELOR)
    call = add_contact(ContactStatus.CONNECTED, claimed_by=ben.person.id)
    address, now = f"/admin/people/{ben.person.id}", datetime.now(UTC)
    assert "on a contact now" in admin.post(address, act="deactivate")[1]
    with house.db.begin() as session:
        call = session.merge(call)
        call.status, call.ended_at = ContactStatus.ENDED, now
        mail = Voicemail(
            contact_id=call.id, recording_sid="RE1", received_at=now, deadline_at=now, owner_id=ben.person.id
        )
        session.add(mail)
    assert admin.post(address, act="role", role="supervisor")[0] == 302
    assert ben.get("/contacts")[0] == 302  # signed out, so that the new role holds
    assert admin.post(address, act="deactivate")[0] == 302
    with house.db.begin() as session:
        assert session.get_one(Voicemail, mail.id).owner_id is None
        assert not session.get_one(Counselor, ben.person.id).active
    refused = application.test_client()
    fields = {"email": ben.person.email, "password": PASSWORD}
    fields["csrf_token"] = token_in(refused.get("/sign-in").get_data(as_text=True))
    assert refused.post("/sign-in", data=fields).status_code == 403
    assert admin.post(address, act="reactivate")[0] == 302
    assert Browser(application.test_client(), ben.person).get("/coverage")[0] == 200


def test_one_admin_who_can_sign_in_always_remains(
    house: House, sign_in_as: Callable[[Role], Browser], add_person: Callable[..., Counselor]
) -> None:
    admin = sign_in_as(Role.ADMIN)
    status, page = admin.post(f"/admin/people/{admin.person.id}", act="role", role="auditor")
    assert status == 409
    assert "changed by another admin" in page
    ben, now = add_person(Role.SUPERVISOR, "Ben Osei"), datetime.now(UTC)
    assert users.deactivate(house, admin.person.id, ben.id, now) is UserRefused.LAST_ADMIN
    row = f"Ana Ruiz,,{admin.person.email},supervisor,en,,America/New_York,\n"
    refused = import_roster(house, HEADER + row, now)
    assert [error[:37] for error in refused.errors] == ["Row 2: this is the last admin who can"]
    assert users.change_role(house, ben.id, Role.ADMIN, admin.person.id, now) is None
    assert import_roster(house, HEADER + row, now).changed == 1


def test_a_roster_file_is_looked_at_before_it_is_taken(
    house: House, sign_in_as: Callable[[Role], Browser], add_person: Callable[..., Counselor]
) -> None:
    admin, ben = sign_in_as(Role.ADMIN), add_person(Role.SUPERVISOR, "Ben Osei")
    rows = f"Ben Osei,+16175550177,{ben.email},supervisor,en es,,America/New_York,mon-fri 22:00-06:00\n"
    offers = "English; criollo haitiano,Dual diagnosis; night_lead"
    text = HEADER + rows + f"Eva Lindt,+16175550178,eva@line.example,counselor,{offers},America/New_York,\n"

    def look(content: bytes) -> tuple[int, str]:
        response = admin.client.post(
            "/admin/roster-file",
            data={"csrf_token": admin.token, "file": (io.BytesIO(content), "roster.csv")},
            content_type="multipart/form-data",
        )
        return response.status_code, response.get_data(as_text=True)

    admin.client.set_cookie("language", "es")
    said = look(HEADER.encode() + b"Ben,12,ben,counselor,en,,America/New_York,fri 9-5\n")[1]
    assert "Fila 2: &#34;12&#34; no es un número de teléfono" in said
    assert "Fila 2: El turno &#34;fri 9-5&#34; no se entiende" in said
    admin.client.delete_cookie("language")
    assert look(b"")[0] == look(b"\xff\xfe")[0] == look(b"name\nBen\n")[0] == 422
    status, page = look(text.encode())
    assert status == 200
    assert "It would change 2 people" in page
    assert "<ins>English, Spanish</ins>" in page
    assert "<ins>English, Haitian Creole</ins>" in page
    assert "Dual diagnosis, night_lead (a word of your own" in page
    assert "+16175550177" not in page.replace(text, "")  # masked, but for the file that the form carries
    with house.db.begin() as session:
        assert session.get_one(Counselor, ben.id).languages == ["en"]
    digest = page.split('name="digest" value="', 1)[1].split('"', 1)[0]
    assert admin.post("/admin/roster-file/take", text=text, digest="another")[0] == 409
    assert "1 new, 1 changed" in admin.post("/admin/roster-file/take", text=text, digest=digest)[1]
    with house.db.begin() as session:
        assert session.get_one(Counselor, ben.id).languages == ["en", "es"]
        eva = counselor_by_email(session, "eva@line.example")
        assert eva is not None
        assert (eva.languages, eva.skills) == (["en", "ht"], ["dual_diagnosis", "night_lead"])


def test_settings_are_shown_with_their_source_and_without_their_secrets(
    application: Flask, sign_in_as: Callable[[Role], Browser]
) -> None:
    page = sign_in_as(Role.ADMIN).get("/admin/settings")[1]
    settings = application.extensions["settings"]
    for secret in (settings.secret_key, settings.twilio_auth_token, settings.database_url, *settings.on_call_numbers):
        assert secret not in page
    assert "••• 99" in page
    assert "matching.toml" in page
    rows = {row.split("</code>")[0]: row for row in page.split("<code>")[1:]}
    assert "Default" in rows["RING_SECONDS"]
    assert "Filled in for development" in rows["PUBLIC_BASE_URL"]
