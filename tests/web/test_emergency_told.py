"""Medical personnel are told in an emergency (42 CFR 2.51): it is put on record, and nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact, events_of
from models.disclosures import disclosures_of
from models.texts import TextMessage
from routing.vocabulary import Channel, ContactStatus, Role
from services.house import House
from tests.fixtures.people import Browser
from tests.services.consenting import TOLD

AddContact = Callable[..., Contact]
SignIn = Callable[[Role], Browser]


@pytest.fixture
def contact(add_contact: AddContact) -> Contact:
    """Somebody who writes to us and of whom much is known."""
    return add_contact(ContactStatus.CONVERSING, channel=Channel.TEXT, triage=TOLD)


def test_an_emergency_is_put_on_record_and_supervisors_are_told(
    house: House, sign_in_as: SignIn, contact: Contact, add_person: Callable[..., object]
) -> None:
    add_person(Role.SUPERVISOR, "Sue Perez")
    ana = sign_in_as(Role.COUNSELOR)
    path = f"/contacts/{contact.id}"
    assert ana.post(f"{path}/rescue", step="dispatch_called")[0] == 200
    assert "has to be written down now" in ana.get(f"{path}/rescue")[1]
    assert "has to be written down now" in ana.get(path)[1]
    given = {"name": "Dana Fields", "role": "paramedic, County EMS", "reason": "not breathing", "minutes_ago": "3"}
    status, page = ana.post(f"{path}/emergency", **{**given, "fact": "", "minutes_ago": "2000"})
    assert status == 422
    assert "Tick what was told." in page
    assert "Dana Fields" in page, "nothing typed is lost"
    status, page = ana.post(f"{path}/emergency", **{**given, "fact": "danger"})
    assert (status, "On record" in page) == (200, True)
    page = ana.get(path)[1]
    assert "has to be written down now" not in page
    assert "not breathing · Dana Fields, paramedic, County EMS" in page
    with house.db.begin() as session:
        (row,) = disclosures_of(session, contact.id)
        assert (row.basis, row.facts, row.documented_at - row.at) == ("emergency", ["danger"], timedelta(minutes=3))
        bodies = [message.body for message in session.scalars(select(TextMessage)) if message.counselor_id]
        kinds = [event.kind for event in events_of(session, contact.id)]
    assert any("told to medical personnel" in body for body in bodies)
    assert not any("Dana" in body or "breathing" in body for body in bodies)
    assert "emergency_told" in kinds
    assert "told medical personnel in an emergency" in ana.get(f"{path}/rescue")[1]
