"""The contact form: defined by an admin, filled by a counselor, counted for funders; old versions stay."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models.contacts import Contact
from models.forms import FilledForm, FormVersion
from routing.vocabulary import ContactStatus, Role
from services import forms
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]
AddContact = Callable[..., Contact]
DRAFT = {
    "key": ["", "county"],
    "kind": ["choice", "county"],
    "en": ["Reason", "County"],
    "es": ["Motivo", "Condado"],
    "options": ["Work = Trabajo\nHome = Casa", ""],
}


def send(browser: Browser, act: str, **changed: list[str]) -> tuple[int, str]:
    fields = {**DRAFT, **changed, "act": act}
    response = browser.client.post("/form", data=fields, headers={"X-CSRFToken": browser.token})
    return response.status_code, response.get_data(as_text=True)


@pytest.mark.usefixtures("zip_codes")
def test_a_form_is_defined_filled_kept_with_its_version_and_counted(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    admin, counselor = sign_in_as(Role.ADMIN), sign_in_as(Role.COUNSELOR)
    contact, other = add_contact(ContactStatus.CONNECTED), add_contact(ContactStatus.CONNECTED)
    assert "contact-form" not in counselor.get(f"/contacts/{contact.id}")[1]
    assert send(admin, "save")[0] == 302
    first = forms.to_fill(house, contact.id)
    assert first is not None
    assert [option.key for option in first.fields[0].options] == ["work", "home"]
    path, version = f"/contacts/{contact.id}/form", str(first.version)
    assert counselor.post(path, form_version=version, **{"f-reason": "work"})[0] == 200
    assert forms.to_fill(house, contact.id).answers == {"reason": "work"}  # type: ignore[union-attr]
    assert counselor.post(path, form_version=version, **{"f-county": "suffolk county, ma"})[0] == 200
    assert counselor.post(path, form_version=version, **{"f-county": "Nowhere County, MA"})[0] == 422
    assert 'value="Suffolk County, MA"' in counselor.get(f"/contacts/{contact.id}")[1]

    options = "Trade = Oficio [work]\nSchool = Escuela"
    assert send(admin, "save", key=["reason", "county"], options=[options, ""])[0] == 302
    assert ">Work<" in counselor.get(f"/contacts/{contact.id}")[1]
    assert ">Trade<" in counselor.get(f"/contacts/{other.id}")[1]
    with house.db.begin() as session:
        session.get_one(Contact, other.id).triage = {"zip": {"value": "02150"}}
    newest = forms.to_fill(house, other.id)
    assert newest is not None
    assert newest.answers == {"county": "Suffolk County, MA"}, "the ZIP code tells it"
    assert newest.version > first.version
    counselor.post(f"/contacts/{other.id}/form", form_version=str(newest.version), **{"f-reason": "work"})
    _, page = sign_in_as(Role.AUDITOR).get("/reports/form.csv")
    this_month = f"{contact.opened_at.astimezone(ZoneInfo('America/New_York')):%Y-%m}"
    assert f"reason,Reason,work,Trade,{this_month},2" in page
    assert f"contacts,,,,{this_month},2" in page
    assert 'county,County,"Suffolk County, MA","Suffolk County, MA",' in page
    with house.db.begin() as session:
        assert len(session.scalars(select(FormVersion)).all()) == 2
        assert session.get_one(FilledForm, contact.id).answers == {"reason": "work", "county": "Suffolk County, MA"}


def test_a_draft_is_changed_on_the_page_and_refused_in_words(house: House, sign_in_as: SignIn) -> None:
    admin = sign_in_as(Role.ADMIN)
    assert "Call type" in admin.get("/form")[1]
    assert send(admin, "add")[1].count('name="kind"') == 3
    assert send(admin, "remove-0")[1].count('name="kind"') == 1
    moved = send(admin, "up-1")[1]
    assert moved.index('value="County"') < moved.index('value="Reason"')
    status, page = send(admin, "save", options=["Only one", ""])
    assert status == 422
    assert '[only_one]\n</textarea><p class="wrong" role="alert">“One of several” needs two choices at least.' in page
    assert "A form needs one field" in send(admin, "save", **{name: [] for name in DRAFT})[1]
    assert send(admin, "save", kind=["colour", "county"])[0] == 400
    assert send(admin, "save", es=["Motivo"])[0] == 400
    assert forms.current(house) == ()


def test_what_is_taken_back_is_gone_and_a_strange_form_is_refused(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    send(sign_in_as(Role.ADMIN), "save")
    contact, browser = add_contact(ContactStatus.CONNECTED), sign_in_as(Role.COUNSELOR)
    found = forms.to_fill(house, contact.id)
    assert found is not None
    path = f"/contacts/{contact.id}/form"
    browser.post(path, form_version=str(found.version), **{"f-reason": "work"})
    browser.post(path, form_version=str(found.version), **{"f-reason": "", "f-unheard": "of"})
    again = forms.to_fill(house, contact.id)
    assert again is not None
    assert again.answers == {}
    assert forms.fill(house, contact.id, 10**6, {}, browser.person.id, datetime.now(UTC)) is not None
    assert browser.post("/contacts/00000000-0000-0000-0000-000000000000/form", form_version="1")[0] == 404
