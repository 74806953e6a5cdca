"""The live call on the page: every control for whoever has the call, the supervisor's own, and a sentence on a no."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from models.contacts import Contact, Leg
from models.people import Counselor
from routing.vocabulary import ContactStatus, LegKind, LegStatus, Part, Role
from services import alerts, guests
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[..., Browser]
AddContact = Callable[..., Contact]


def talk(house: House, contact: Contact, browser: Browser) -> Leg:
    """The contact becomes a conversation of whoever is signed in."""
    now = datetime.now(UTC)
    with house.db.begin() as session:
        found = session.get_one(Contact, contact.id)
        sides = [(LegKind.CALLER, None), (LegKind.COUNSELOR, browser.person.id)]
        legs = [
            Leg(
                contact_id=found.id,
                counselor_id=who,
                kind=kind,
                status=LegStatus.JOINED,
                planned_at=now,
                accepted_at=now,
            )
            for kind, who in sides
        ]
        session.add_all(legs)
        session.flush()
        found.claimed_by, found.claim_leg_id, found.room = browser.person.id, legs[1].id, legs[1].id.hex
        return legs[1]


def test_the_counselor_has_every_control_and_a_sentence_when_one_does_nothing(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    browser = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}/call"
    status, page = browser.post(f"{path}/hold")
    assert (status, "Somebody else has this call." in page) == (409, True)
    talk(house, contact, browser)
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert all(words in page for words in ("Mute me", "Add 988", "I need help", "Hang up", "cut off"))
    assert 'id="wrap-up-later"' in page, "folded while they talk"
    assert page.index('id="known"') < page.index('id="notes"') < page.index('id="matches"') < page.index("</main>")
    assert "<kbd>r</kbd>" not in page, "reports are not a counselor's"
    assert "Caller on hold" in browser.post(f"{path}/hold")[1]
    assert "You are muted" in browser.post(f"{path}/mute", muted="yes")[1]
    assert "Caller on hold" not in browser.post(f"{path}/resume")[1]
    assert "988" in browser.post(f"{path}/988")[1]
    assert browser.post(f"{path}/988")[0] == 409
    with house.db.begin() as session:
        found = session.get_one(Contact, contact.id)
        guest = guests.guest_of(session, found)
        assert guest is not None
        guest.status, guest.accepted_at = LegStatus.JOINED, datetime.now(UTC)
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "Leave them together" in page
    assert "Keys for their phone menu" in page
    assert browser.post(f"{path}/keys", keys="12a")[0] == 409
    assert browser.post(f"{path}/supervise", part="listen")[0] == 403
    assert browser.post(f"{path}/colleague", person="nobody")[0] == 400
    assert browser.post(f"{path}/cut-off", answer="yes")[0] == 200
    assert browser.post(f"{path}/cut-off", answer="perhaps")[0] == 400
    with house.db.begin() as session:
        session.get_one(Contact, contact.id).status = ContactStatus.HANDED_OVER
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "with the caller, without us" in page
    assert ("all together" in page, 'class="help"' in page) == (False, False)


def test_a_supervisor_has_controls_of_their_own_on_the_page_and_on_the_board(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    talk(house, contact, sign_in_as(Role.COUNSELOR))
    browser = sign_in_as(Role.SUPERVISOR)
    path = f"/contacts/{contact.id}/call"
    board = browser.get("/board")[1]
    assert f"{path}/supervise" in board
    assert "Counselor · English" in board
    page = browser.get(f"/contacts/{contact.id}")[1]
    assert "Whisper to the counselor" in page
    assert f"{path}/mute" not in page, "only the counselor mutes their own phone"
    status, page = browser.post(f"{path}/supervise", part=Part.LISTEN)
    assert status == 200
    assert "ringing" in page
    assert browser.post(f"{path}/supervise", part="consult")[0] == 400
    assert browser.post(f"{path}/reassign", person=str(browser.person.id))[0] == 409  # their own phone rings already
    other = sign_in_as(Role.ADMIN)
    with house.db.begin() as session:
        session.get_one(Counselor, other.person.id).phone = None
    from_board = {"part": Part.LISTEN, "from": "board", "csrf_token": other.token}
    there = other.client.post(f"{path}/supervise", data=from_board).headers["HX-Redirect"]
    page = other.get(there)[1]
    assert "There is no number to ring." in page
    assert "<kbd>r</kbd>" in page


def test_who_asks_for_help_stands_on_every_page_of_those_who_lead_until_one_of_them_sees_to_it(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    counselor, admin = sign_in_as(Role.COUNSELOR), sign_in_as(Role.ADMIN)
    talk(house, contact, counselor)
    path = f"/contacts/{contact.id}/call"
    assert admin.get("/help-asked") == (200, "")
    with house.db.begin() as session:  # the admin alone leads this line: somebody is asked all the same
        asked = alerts.supervisors(session, datetime.now(UTC))
        assert [person.id for person in asked] == [admin.person.id]
    supervisor = sign_in_as(Role.SUPERVISOR)
    with house.db.begin() as session:
        asked = alerts.supervisors(session, datetime.now(UTC))
        assert [person.id for person in asked] == [supervisor.person.id]
    assert [other.get("/help-asked")[0] for other in (counselor, sign_in_as(Role.AUDITOR))] == [403, 403]
    assert 'id="help-asked"' in supervisor.get("/directory")[1]
    assert 'id="help-asked"' not in counselor.get("/directory")[1]

    for count in (1, 2):  # asked again after it was seen, it stands there again
        assert "disabled>Help asked for" in counselor.post(f"{path}/help")[1]
        banner = supervisor.get("/help-asked")[1]
        said = (f"{counselor.person.name} asks for help", "Listen", "Open the contact")
        assert all(words in banner for words in said)
        assert admin.get("/help-asked")[1] == banner
        (seen,) = re.findall(r'hx-post="(/board/alarms/[^"]+/seen)"', banner)
        told = {"from": "header"}
        assert supervisor.post(seen, count="7", **told)[0] == 409, "they have asked once more than this page knew"
        status, page = supervisor.post(seen, count=str(count), **told)
        way = f'href="/contacts/{contact.id}"'
        assert (status, "You see to it that" in page, way in page) == (200, True, True), "the way there stays"
        assert f"{supervisor.person.name} sees to it" in admin.get("/board")[1]
        assert admin.get("/help-asked") == (200, "")
        page = counselor.get(f"/contacts/{contact.id}")[1]
        assert f"{supervisor.person.name} sees to it" in page
        assert "I need help" in page

    counselor.post(f"{path}/help")
    with house.db.begin() as session:
        session.get_one(Contact, contact.id).status = ContactStatus.ENDED
    banner = supervisor.get("/help-asked")[1]
    assert ("asks for help" in banner, "Listen" in banner) == (True, False), "nobody has come yet"
    counselor.post(f"/contacts/{contact.id}/disposition", disposition="information")
    assert supervisor.get("/help-asked") == (200, "")


def test_a_contact_that_is_over_is_called_only_when_that_is_safe(sign_in_as: SignIn, add_contact: AddContact) -> None:
    contact = add_contact(ContactStatus.CLOSED)
    browser = sign_in_as(Role.COUNSELOR)
    assert "Call out as the helpline" in browser.get(f"/contacts/{contact.id}")[1]
    status, page = browser.post(f"/contacts/{contact.id}/call/out")
    assert (status, "Nobody has said yet" in page) == (409, True)
    status, page = browser.post(f"/contacts/{contact.id}/call/out", asked="yes")
    assert status == 200
    assert "Being connected" in page
