"""An admin keeps a facility true on its page; others read it; what counselors learn comes from their contact."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.bed_contacts import BedContact
from models.contacts import Contact
from models.directory import Listing
from models.live_facts import reports_of
from routing.vocabulary import ContactStatus, Role
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import SAMPLE
from tests.fixtures.people import Browser, token_in
from tests.services.outside import NOON

SignIn = Callable[[Role], Browser]


@pytest.fixture
def hospital(house: House, zip_codes: None) -> int:
    """The sample directory, and the facility of its first place."""
    assert not import_directory(house, ImportWish(SAMPLE), NOON).errors
    with house.db.begin() as session:
        return session.scalars(select(Listing.facility_id).where(Listing.name1 == "Tidewater General Hospital")).one()


def send(browser: Browser, path: str, **fields: object) -> tuple[int, str]:
    """A form posted as a browser without scripts does; the page that it leads to."""
    data = {"csrf_token": browser.token, **fields}
    response = browser.client.post(path, data=data, follow_redirects=True)
    return response.status_code, response.get_data(as_text=True)


def test_an_admins_word_wins_is_shown_as_such_and_can_be_taken_back(hospital: int, sign_in_as: SignIn) -> None:
    admin, path = sign_in_as(Role.ADMIN), f"/directory/{hospital}"
    assert "On the helpline&#39;s own list, read 3 Jun 2026" in admin.get(path)[1]
    assert "The helpline&#39;s own list, read 3 Jun 2026</p>" in admin.get(path)[1]
    status, page = send(admin, f"{path}/fix", field="phone", value="617-555-0199", reason="they moved")
    assert status == 200
    assert "The list says: 617-555-0101" in page
    assert "they moved" in page
    assert "Put right by an admin" in page
    assert "(617) 555-0199" in admin.get("/directory?q=tidewater")[1]
    status, page = send(admin, f"{path}/fix", field="zip5", value="2150", reason="a slip")
    assert status == 422
    assert "Give a ZIP code that exists, as five digits." in page
    assert 'value="a slip"' in page, "what was typed is still there"
    status, page = send(admin, f"{path}/believe", field="phone")
    assert "The list says" not in page
    assert "Phone was put right for a time: 617-555-0199" in page


def test_a_place_is_held_back_with_reason_approver_and_review_day(hospital: int, sign_in_as: SignIn) -> None:
    admin, path = sign_in_as(Role.ADMIN), f"/directory/{hospital}"
    status, page = send(admin, f"{path}/hold", reason="asked for money", review_on="2020-01-01")
    assert (status, "Give a day in the future" in page) == (422, True)
    status, page = send(admin, f"{path}/hold", reason="asked for money", review_on="2099-01-01")
    assert "asked for money" in page
    assert "Approved by Ana Ruiz" in page
    assert "look again on 1 Jan 2099" in admin.get("/directory/checks")[1]
    assert "Do not refer to this place" not in send(admin, f"{path}/release")[1]


def test_staff_phones_are_registered_shown_masked_and_taken_off(
    house: House, hospital: int, sign_in_as: SignIn
) -> None:
    admin, path = sign_in_as(Role.ADMIN), f"/directory/{hospital}"
    wanted = {"number": "(617) 555-0177", "level": ["detox", "residential"], "hours": "9, 15", "language": "es"}
    status, page = send(admin, f"{path}/phones", **{**wanted, "hours": "9 25"})
    assert (status, "Give up to four full hours" in page) == (422, True)
    status, page = send(admin, f"{path}/phones", **wanted)
    assert status == 200
    assert "••• ••• ••77" in page
    assert "555-0177" not in page
    assert "Asked by text at 9:00, 15:00 (New York)" in page
    with house.db.begin() as session:
        phone_id = session.scalars(select(BedContact.id)).one()
    assert "No phone is registered" in send(admin, f"{path}/phones/{phone_id}/remove")[1]


def test_what_counselors_press_is_judged_by_an_admin(
    house: House, hospital: int, sign_in_as: SignIn, add_contact: Callable[..., Contact]
) -> None:
    known = {"zip": {"value": "02150"}, "substances": [{"value": "clonazepam"}], "payer": {"value": "medicaid"}}
    contact = add_contact(ContactStatus.CONNECTED, triage=known)
    counselor, admin = sign_in_as(Role.COUNSELOR), sign_in_as(Role.ADMIN)
    at = f"/contacts/{contact.id}"
    assert "Does not take: Medicaid" in counselor.get(at)[1]
    status, parts = counselor.post(f"{at}/report", facility=str(hospital), kind="payer")
    assert status == 200
    assert 'aria-pressed="true"' in parts
    counselor.post(f"{at}/report", facility=str(hospital), kind="full")
    counselor.post(f"{at}/report", facility=str(hospital), kind="full")  # a slip
    with house.db.begin() as session:
        (report,) = reports_of(session, hospital)
    assert (report.kind.value, report.payer) == ("payer", "medicaid")
    calls = admin.get("/directory/calls")[1]
    assert "Tidewater General Hospital" in calls
    assert "Payment not taken" in calls
    path = f"/directory/{hospital}"
    assert "does not count yet" in admin.get(path)[1]
    assert "Confirmed: counts until ended" in send(admin, f"{path}/reports/{report.id}/confirm")[1]
    assert counselor.post(f"{at}/report", facility="999999999", kind="full")[0] == 409
    assert counselor.post(f"{at}/report", facility=str(hospital), kind="bribed")[0] == 400
    status, page = send(admin, f"{path}/checked", found="same", back="calls")
    assert status == 200
    assert "Payment not taken" not in page
    assert "A person checked it by phone on" in admin.get(path)[1]


def test_offered_against_chosen_and_exposure_are_read_and_downloaded(
    hospital: int, sign_in_as: SignIn, add_contact: Callable[..., Contact], house: House
) -> None:
    known = {"zip": {"value": "02150"}, "substances": [{"value": "clonazepam"}], "pregnant": {"value": True}}
    contact, counselor = add_contact(ContactStatus.CONNECTED, triage=known), sign_in_as(Role.COUNSELOR)
    page = counselor.get(f"/contacts/{contact.id}")[1]
    assert page.count('id="learn-') > page.count('id="chosen-') > 0, "what stands beside the list was not offered in it"
    assert page.count('id="chosen-') == page.count('name="place"')
    with house.db.begin() as session:
        listing = session.scalars(select(Listing.id).where(Listing.facility_id == hospital)).one()
    assert counselor.post(f"/contacts/{contact.id}/chosen", listing=str(listing))[0] == 200
    assert counselor.post(f"/contacts/{contact.id}/chosen", listing="0")[0] == 409
    admin = sign_in_as(Role.ADMIN)
    page = admin.get("/reports/neutrality")[1]
    assert "Tidewater General Hospital" in page
    assert ('<td class="figure">' in page, 'data-label="Shown"' in page) == (False, True), (
        "on a phone each says what it is"
    )
    answer = admin.client.get("/reports/neutrality/choices.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.mimetype == "text/csv"
    assert {"counselor": "Ana Ruiz", "operator": "Tidewater General Hospital", "offered": "1", "chosen": "1"} in rows
    assert admin.get("/reports/neutrality?since=yesterday")[0] == 400


def test_others_read_the_page_and_change_nothing(hospital: int, sign_in_as: SignIn, client: FlaskClient) -> None:
    counselor, path = sign_in_as(Role.COUNSELOR), f"/directory/{hospital}"
    page = counselor.get(path)[1]
    assert "Phones that answer for beds" not in page
    assert "Do not refer" not in page
    assert f"{path}/fix" not in page
    for address in ("fix", "hold", "release", "phones", "checked", "believe"):
        assert send(counselor, f"{path}/{address}", field="phone", value="1", reason="x")[0] == 403, address
    for address in ("calls", "checks"):
        assert counselor.get(f"/directory/{address}")[0] == 403, address
    assert "Ask for Dana." in send(counselor, f"{path}/tip", value="Ask for Dana.")[1]
    page = send(counselor, f"{path}/beds", level="detox", open="3")[1]
    assert "3 open" in page
    assert send(counselor, f"{path}/beds", level="detox", open="-3")[0] == 422
    assert counselor.client.post(f"{path}/tip", data={"value": "no token"}).status_code == 400
    assert counselor.get("/directory/999999999")[0] == 404
    assert "csrf_token" in page
    assert token_in(page)
