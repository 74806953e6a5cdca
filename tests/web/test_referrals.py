"""Referrals at the console: one key of the match list, what was said, a link, and the page of what waits."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from models.contacts import Contact
from models.referral_asks import ReferralLink
from models.referrals import referrals_of
from routing.vocabulary import ContactStatus, Role
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import WriteCsv, place
from tests.fixtures.people import Browser

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]
KNOWN = {"zip": {"value": "02150"}, "substances": [{"value": "clonazepam"}]}


@pytest.fixture
def contact(house: House, zip_codes: None, write_csv: WriteCsv, add_contact: AddContact) -> Contact:
    """Somebody for whom two places were found."""
    rows = [place("Quay House"), place("Pier House", street1="9 Pier Street", phone="617-555-0145")]
    assert not import_directory(house, ImportWish(write_csv(rows)), datetime.now(UTC)).errors
    return add_contact(ContactStatus.CONNECTED, triage=KNOWN)


def test_a_counselor_refers_hears_no_and_the_next_place_is_offered(
    house: House, contact: Contact, sign_in_as: SignIn
) -> None:
    browser, path = sign_in_as(Role.COUNSELOR), f"/contacts/{contact.id}"
    page = browser.get(path)[1]
    first, second = re.findall(r'id="refer-(\d+)"', page)
    assert page.count('data-key="e"') == 1
    status, parts = browser.post(f"{path}/refer", listing=first)
    assert (status, "No phone of this place is registered" in parts) == (200, True)
    assert browser.post(f"{path}/refer", listing=first)[0] == 409
    status, parts = browser.post(f"{path}/referral-link", listing=first)
    assert re.search(r'value="[^"]*/referral/\?k=[\w-]{24}"', parts)
    assert "/referral/" not in browser.get(path)[1], "it is shown once"
    assert "Places that owe an answer" in browser.get("/referrals")[1]
    status, parts = browser.post(f"{path}/referral", listing=first, status="declined", reason="full")
    assert status == 200
    assert "Nobody there has been asked" in parts
    assert browser.post(f"{path}/refer", listing=second)[0] == 200
    assert browser.post(f"{path}/referral", listing=second, status="accepted")[0] == 200
    assert f'<option value="{second}" selected>' in browser.get(path)[1], (
        "the wrap-up proposes where they were handed to"
    )
    assert browser.post(f"{path}/referral", listing=second, status="not_arrived")[0] == 200
    listed = browser.get("/referrals")[1]
    (work,) = re.findall(r"/referrals/([\w-]{36})/done", listed)
    assert "They did not get into" in listed
    assert browser.post(f"/referrals/{work}/done")[0] == 200
    assert "Somebody else has seen to this" in browser.post(f"/referrals/{work}/done")[1]
    with house.db.begin() as session:
        assert [(r.status, r.reason) for r in referrals_of(session, contact.id)] == [
            ("declined", "full"),
            ("not_arrived", None),
        ]


def test_a_place_answers_behind_its_link_without_a_session_and_the_link_expires_kindly(
    house: House, contact: Contact, sign_in_as: SignIn, client: FlaskClient
) -> None:
    browser, path = sign_in_as(Role.COUNSELOR), f"/contacts/{contact.id}"
    first = re.findall(r'id="refer-(\d+)"', browser.get(path)[1])[0]
    browser.post(f"{path}/refer", listing=first)
    token = re.findall(r"/referral/\?k=([\w-]{24})", browser.post(f"{path}/referral-link", listing=first)[1])[0]
    seen = client.get(f"/referral/?k={token}")
    words = seen.get_data(as_text=True)
    assert "take a new person for treatment now?" in words
    assert not any(fact in words.lower() for fact in ("02150", "clonazepam"))
    assert "Set-Cookie" not in seen.headers
    assert "recibir ahora" in client.get(f"/referral/?k={token}&lang=es").get_data(as_text=True)
    assert said(house, contact) == [("sent", "counselor")], "to look moves nothing"
    client.post(f"/referral/?k={token}", data={"status": "acknowledged"})
    client.post(f"/referral/?k={token}", data={"status": "accepted"})
    assert "If that changes" in client.post(f"/referral/?k={token}", data={"status": "acknowledged"}).get_data(
        as_text=True
    )
    assert said(house, contact) == [("accepted", "facility_link")]
    assert client.post(f"/referral/?k={token}", data={"status": "arrived"}).status_code == 410
    client.post(f"/referral/?k={token}", data={"status": "declined", "reason": "full"})
    assert said(house, contact) == [("declined", "facility_link"), ("offered", "service")]
    assert "We may not tell you anything of the person" in words
    with house.db.begin() as session:
        session.execute(update(ReferralLink).values(expires_at=datetime.now(UTC)))
    gone = client.get(f"/referral/?k={token}")
    assert (gone.status_code, "Nothing is wrong on your side" in gone.get_data(as_text=True)) == (410, True)


def said(house: House, contact: Contact) -> list[tuple[str, str | None]]:
    with house.db.begin() as session:
        return [(r.status.value, r.said_by) for r in referrals_of(session, contact.id)]


@pytest.mark.parametrize("fields", [{"status": "lost"}, {"status": "declined", "reason": "moon"}, {}])
def test_a_crooked_word_changes_nothing(contact: Contact, sign_in_as: SignIn, fields: dict[str, str]) -> None:
    assert sign_in_as(Role.COUNSELOR).post(f"/contacts/{contact.id}/referral", listing="1", **fields)[0] == 400
