"""Work on one contact's page: answers, a text conversation taken and answered, and what is refused in words."""

from collections.abc import Callable

from models.contacts import Contact
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Role
from services.house import House
from tests.fixtures.people import Browser

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
    status, parts = browser.post(f"{path}/text", body="Hello, I am here.")
    assert status == 200
    assert "Hello, I am here." in parts
    with house.db.begin() as session:
        assert session.query(TextMessage).one().body == "Hello, I am here."
    assert browser.post(f"{path}/text", body="   ")[0] == 409
    assert browser.post(f"{path}/end-text")[0] == 200
    status, parts = browser.post(f"{path}/text", body="Too late.")
    assert status == 409


def test_places_cannot_be_texted_when_there_are_none(sign_in_as: SignIn, add_contact: AddContact) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    status, _ = sign_in_as(Role.COUNSELOR).post(f"/contacts/{contact.id}/places", place="1", agreed="yes")
    assert status == 409
