"""The counselor sees the sheet that the caller hears."""

from collections.abc import Callable

from models.contacts import Contact
from routing.vocabulary import ContactStatus, Role
from tests.fixtures.people import Browser


def test_a_sheet_in_both_languages_with_sources_and_linked_from_the_contact(
    sign_in_as: Callable[[Role], Browser], add_contact: Callable[..., Contact]
) -> None:
    browser = sign_in_as(Role.COUNSELOR)
    assert 'href="/information/clonazepam"' in browser.get("/information")[1]
    status, page = browser.get("/information/clonazepam")
    assert status == 200
    assert "Please do not stop it suddenly" in page
    assert "No la deje de golpe" in page
    assert "FDA label of clonazepam" in page
    assert "In Ohio, dial 211" in browser.get("/information/shelter?state=OH")[1]
    assert browser.get("/information/nothing")[0] == 404
    known = {"substances": [{"value": "clonazepam", "source": "text"}]}
    contact = add_contact(ContactStatus.CONNECTED, triage=known)
    assert 'href="/information/clonazepam"' in browser.get(f"/contacts/{contact.id}")[1]
