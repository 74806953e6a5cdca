"""Care plans and blocks as pages: supervisors write and block, counselors read."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from models.care import CarePlan
from models.contacts import Contact
from routing.vocabulary import ContactStatus, Role
from services.house import House
from tests.fixtures.people import Browser

SignIn = Callable[[Role], Browser]
AddContact = Callable[..., Contact]


def test_a_supervisor_writes_a_care_plan_and_a_counselor_reads_it(
    house: House, sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CONNECTED)
    supervisor, counselor = sign_in_as(Role.SUPERVISOR), sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}"
    assert supervisor.post(f"{path}/care-plan", words="Ask about the dog")[0] == 200
    assert "Ask about the dog" in counselor.get(path)[1]
    assert "Save the plan" not in counselor.get(path)[1]
    assert counselor.post(f"{path}/care-plan", words="mine")[0] == 403
    assert supervisor.post(f"{path}/care-plan", words="x" * 2001)[0] == 422
    for wrong in ("soon", "2020-01-01"):
        assert supervisor.post(f"{path}/care-plan", words="Ask about the dog", review=wrong)[0] == 422
    other = add_contact(ContactStatus.CLOSED, number="+16175550142")
    ahead = (datetime.now(UTC) + timedelta(days=200)).date()
    assert supervisor.post(f"/contacts/{other.id}/care-plan", words="Call twice", review=ahead.isoformat())[0] == 200
    with house.db.begin() as session:
        session.get_one(CarePlan, contact.caller_id).review_on = datetime.now(UTC).date() - timedelta(days=9)
    page = supervisor.get("/blocks")[1]
    assert page.index("Should have been looked at by") < page.index(f"Look at it again by {ahead:%-d %b %Y}")
    assert (path in page, "Ask about the dog" in page) == (True, False), "its words are behind the contact, on record"


def test_a_number_is_blocked_and_unblocked_and_nobody_reads_it_there(
    sign_in_as: SignIn, add_contact: AddContact
) -> None:
    contact = add_contact(ContactStatus.CLOSED)
    supervisor = sign_in_as(Role.SUPERVISOR)
    status, page = supervisor.post("/blocks", phone="12", days="99", reason="")
    assert status == 422
    assert "A whole number of days from 1 to 30." in page
    assert supervisor.post(f"/contacts/{contact.id}/block", days="0", reason="threats")[0] == 400
    assert supervisor.post(f"/contacts/{contact.id}/block", days="2", reason="threats")[0] == 302
    page = supervisor.get("/blocks")[1]
    assert "Threats" in page
    assert not re.search(r"555-?01\d\d", page.replace("617-555-0100", ""))
    remove = page.split('action="/blocks/')[1].split('"')[0]
    assert supervisor.post(f"/blocks/{remove}")[0] == 302
    assert "No number is blocked." in supervisor.get("/blocks")[1]
    assert sign_in_as(Role.COUNSELOR).get("/blocks")[0] == 403
