"""The audit as auditors and admins read it: searched, paged, taken out, and on record itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from models.contacts import Contact
from models.people import AuditEvent, Counselor
from routing.vocabulary import Role
from services import audit, audit_trail
from services.house import House
from tests.fixtures.people import Browser


def test_an_auditor_finds_who_opened_a_contact(
    house: House,
    sign_in_as: Callable[[Role], Browser],
    add_person: Callable[..., Counselor],
    add_contact: Callable[..., Contact],
) -> None:
    ben, one, other = add_person(Role.COUNSELOR, "Ben Osei"), add_contact(), add_contact(number="+16175550142")
    now = datetime.now(UTC)
    with house.db.begin() as session:
        audit.write(session, "contact_opened", ben.id, now - timedelta(days=3), contact_id=one.id)
        audit.write(session, "number_revealed", ben.id, now, contact_id=other.id)
    browser = sign_in_as(Role.AUDITOR)
    address = f"https://line.example/contacts/{one.id}"
    _, page = browser.get(f"/admin/audit?contact={address}")
    assert "Ben Osei" in page
    assert "Events found: 1" in page
    assert "Uncovered a number</p>" not in page
    yesterday = (now - timedelta(days=1)).date().isoformat()
    assert "Nothing fits" in browser.get(f"/admin/audit?what=contact_opened&contact={one.id}&from={yesterday}")[1]
    status, page = browser.get("/admin/audit?contact=whoever&from=yesterday&what=nothing&who=me")
    assert status == 422
    assert page.count('class="wrong"') == 4
    table = browser.get(f"/admin/audit.csv?who={ben.id}&what=number_revealed")[1].splitlines()
    assert len(table) == 2
    assert table[1].split(",")[1:6] == ["Ben Osei", "number_revealed", "Uncovered a number", "", str(other.id)]
    with house.db.begin() as session:
        read = session.query(AuditEvent).filter_by(actor_id=browser.person.id, kind="audit_read").all()
        assert {row.data["contact_id"] for row in read} == {str(one.id), ""}
        assert session.query(AuditEvent).filter_by(kind="audit_exported").one().data["who"] == str(ben.id)


def test_a_long_audit_is_paged(house: House, sign_in_as: Callable[[Role], Browser]) -> None:
    now = datetime.now(UTC)
    with house.db.begin() as session:
        for minutes in range(audit_trail.PAGE + 1):
            audit.write(session, "api_key_added", None, now - timedelta(minutes=minutes), name=f"partner {minutes}")
    browser = sign_in_as(Role.ADMIN)
    first, last = (browser.get(f"/admin/audit?what=api_key_added&page={page}")[1] for page in (1, 9))
    assert "Page 1 of 2" in first
    assert "The system or a command</strong>" in first
    assert f"partner {audit_trail.PAGE}<" in last
    assert "partner 0<" not in last
