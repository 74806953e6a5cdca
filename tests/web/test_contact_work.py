"""Work on one contact's page: answers, a text conversation taken and answered, and what is refused in words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from models.contacts import Contact
from models.matches import MatchRecord
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Role
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import Browser
from tests.services.test_directory_california import LICENCE, write_california

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


def test_answers_are_written_on_the_page_and_wrong_ones_are_said_beside_their_field(
    sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact, browser = add_contact(ContactStatus.CONNECTED), sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/answers"
    status, parts = browser.post(path, zip="02150", substances="klonopin")
    assert status == 200
    assert 'hx-swap-oob="true"' in parts
    assert 'value="02150"' in parts
    assert "written by a counselor" in parts
    assert "clonazepam" in parts.lower()
    status, parts = browser.post(path, zip="215")
    assert status == 422
    assert "Five digits, such as 02150." in parts
    status, parts = browser.post(path, without="clonazepam")
    assert "Places appear once it is known what they take." in parts


def test_a_text_conversation_is_taken_answered_and_ended(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}"
    assert "Take this conversation" in browser.get(path)[1]
    status, parts = browser.post(f"{path}/text", body="Hello, I am here.")
    assert status == 409  # not taken yet
    assert browser.post(f"{path}/take")[0] == 200
    key = re.findall('name="text_key" value="([^"]+)"', browser.get(path)[1])[0]
    for _ in range(2):  # the answer to the first got lost on its way, and Send was pressed again
        status, parts = browser.post(f"{path}/text", body="Hello, I am here.", text_key=key)
        assert status == 200
        assert "Hello, I am here." in parts
        assert key not in parts, "the next text has a key of its own"
    with house.db.begin() as session:
        assert session.query(TextMessage).one().body == "Hello, I am here."
    assert browser.post(f"{path}/text", body="   ")[0] == 409
    assert browser.post(f"{path}/end-text")[0] == 200
    status, parts = browser.post(f"{path}/text", body="Too late.")
    assert status == 409


def test_the_whole_list_can_be_had_and_what_is_shown_counts(
    house: House, zip_codes: None, write_csv: WriteCsv, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    rows = [place(f"Quay House {n:02}", street1=f"{n} Quay Street", phone=f"617-555-01{n:02} x7") for n in range(25)]
    import_directory(house, ImportWish(write_csv(rows)), datetime.now(UTC))
    known = {"zip": {"value": "02150"}, "substances": [{"value": "clonazepam"}]}
    contact, browser = add_contact(ContactStatus.CONNECTED, triage=known), sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}"
    assert "Show 10 more" in browser.get(path)[1]
    status, parts = browser.post(f"{path}/more")
    assert (status, parts.count('name="place"')) == (200, 22)
    assert "Show 3 more" in browser.get(f"{path}/live")[1], "the list stays as long as it was made"
    status, parts = browser.post(f"{path}/more")
    assert (status, parts.count('name="place"')) == (200, 25)
    assert 'id="show-more"' not in parts
    assert all(f"tel:+161755501{n:02};ext=7" in parts for n in range(25))
    assert "(617) 555-0100 ext. 7" in parts
    assert browser.post(f"{path}/more")[0] == 409
    page = browser.get(path)[1]
    listing, key = (re.findall(f'name="{name}" value="([^"]+)"', page)[0] for name in ("place", "text_key"))
    for _ in range(2):  # as with words of one's own
        status, parts = browser.post(f"{path}/places", place=listing, agreed="yes", text_key=key)
        assert (status, "Texted to" in parts, key in parts, 'id="text-key"' in parts) == (200, True, False, True)
    with house.db.begin() as session:
        assert [kept.shown for kept in session.query(MatchRecord)] == [25]
        assert session.query(TextMessage).count() == 1


def test_a_states_licence_is_shown_and_said_to_have_expired(
    house: House, zip_codes: None, write_csv: WriteCsv, tmp_path: Path, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    wren = place("Canyon Wren Recovery", street1="66 Canyon Wren", city="Los Angeles", state="CA", zip="90026")
    licences = write_california(tmp_path, {**LICENCE, "license_expiration": "2020-10-31"})
    for path in (write_csv([wren]), licences):
        import_directory(house, ImportWish(path), datetime.now(UTC))
    known = {"zip": {"value": "90026"}, "substances": [{"value": "clonazepam"}]}
    contact, browser = add_contact(ContactStatus.CONNECTED, triage=known), sign_in_as(Role.COUNSELOR)
    words = "State license 190001AP · expired on 31 Oct 2020 · for 20 people · California DHCS"
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert words in page
    (facility,) = set(re.findall(r"/directory/(\d+)", page))
    assert words in browser.get(f"/directory/{facility}")[1]


def test_places_cannot_be_texted_when_there_are_none(sign_in_as: SignIn, add_contact: AddContact) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    status, _ = sign_in_as(Role.COUNSELOR).post(f"/contacts/{contact.id}/places", place="1", agreed="yes")
    assert status == 409
