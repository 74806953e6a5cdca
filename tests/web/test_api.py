"""The directory's API: HSDS for those who hold a key, nothing for others, and nothing that is internal."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.directory import Facility
from models.live_facts import DoNotRefer
from models.people import AuditEvent
from routing.vocabulary import Role
from services.api_keys import add_api_key
from services.directory.fixes import fix_facility
from services.directory.hsds import shapes
from services.directory.importing import ImportWish, import_directory
from services.house import House
from tests.fixtures.directory import SAMPLE
from tests.fixtures.people import Browser
from tests.services.hsds_schemas import differences

NOW = datetime.now(UTC)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.json"
Read = Callable[..., TestResponse]
LISTS: dict[str, tuple[Any, Any, str]] = {
    "organizations": (shapes.Page[shapes.Organization], shapes.FullOrganization, "organization"),
    "services": (shapes.Page[shapes.ListedService], shapes.Service, "service"),
    "service_at_locations": (shapes.Page[shapes.OfferedService], shapes.OfferedService, "service_at_location"),
    "locations": (shapes.Page[shapes.Location], shapes.Location, "location"),
}
pytestmark = pytest.mark.usefixtures("zip_codes")


@pytest.fixture
def read(application: Flask, house: House) -> Read:
    """Reads an address of the API over the sample directory, with a key unless another is given."""
    import_directory(house, ImportWish(SAMPLE), NOW)
    key, client = add_api_key(house, "Partner", None, NOW).key, application.test_client()

    def get(path: str, **headers: str) -> TestResponse:
        return client.get(f"/api/v1/{path}", headers={"X-API-Key": key, **headers})

    return get


def test_every_answer_is_hsds_and_what_the_document_promises(read: Read) -> None:
    for name, (page_shape, one_shape, schema) in LISTS.items():
        page = read(f"{name}?per_page=2&page=3").get_json()
        page_shape.model_validate(page)
        assert (page["page_number"], page["size"], page["first_page"], page["last_page"]) == (3, 2, False, False)
        for found in page["contents"]:
            assert not differences(f"{schema}_list", found) if schema != "location" else True
        one = read(f"{name}/{page['contents'][0]['id']}").get_json()
        one_shape.model_validate(one)
        assert one["id"] == page["contents"][0]["id"]
        assert not differences(schema, one) if schema != "location" else True
        (full,) = read(f"{name}?per_page=1&page=5&full=true").get_json()["contents"]
        one_shape.model_validate(full)
        assert full["id"] == one["id"]


def test_pages_hold_everything_once_and_filters_narrow(read: Read) -> None:
    first = read("services?per_page=40").get_json()
    second = read("services?per_page=40&page=2").get_json()
    ids = [each["id"] for each in first["contents"] + second["contents"]]
    assert len(set(ids)) == len(ids) == first["total_items"] > 50
    assert (second["last_page"], read("services?page=99").get_json()["empty"]) == (True, True)
    found = read("services?search=tidewater hospital").get_json()
    assert [each["name"] for each in found["contents"]] == ["Tidewater General Hospital"]
    owner = found["contents"][0]["organization_id"]
    assert read(f"service_at_locations?organization_id={owner}").get_json()["total_items"] == 1


def test_who_has_the_answer_already_is_told_so(read: Read, house: House) -> None:
    answer = read("organizations?search=tidewater")
    again = read("organizations?search=tidewater", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with house.db.begin() as session:
        facility = session.query(Facility.id).filter(Facility.key.startswith("tidewater")).scalar()
    fix_facility(house, facility, "name2", "East Wing", "they said so", NOW, None)
    assert read("organizations?search=tidewater", **{"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_missing_wrong_or_revoked_key_is_refused_with_a_sentence(application: Flask, read: Read) -> None:
    runner = application.test_cli_runner()
    for headers in ({"X-API-Key": ""}, {"X-API-Key": "hl_wrong"}, {"X-API-Key": "x" * 10_000}):
        refused = read("services", **headers)
        assert refused.status_code == 401
        assert "X-API-Key" in refused.get_json()["error"]
    assert runner.invoke(args=["api-key", "add", "Partner"]).exit_code == 2
    assert runner.invoke(args=["api-key", "revoke", "Partner"]).exit_code == 0
    assert read("services").status_code == 401
    added = runner.invoke(args=["api-key", "add", "Partner"])
    assert read("services", **{"X-API-Key": added.stdout.strip()}).status_code == 200
    assert runner.invoke(args=["api-key", "list"]).stdout.count("Partner") == 2
    assert runner.invoke(args=["api-key", "revoke", "Nobody"]).exit_code == 2


def test_an_admin_makes_a_key_by_the_page_sees_it_used_and_revokes_it(
    house: House, read: Read, sign_in_as: Callable[[Role], Browser]
) -> None:
    admin, page = sign_in_as(Role.ADMIN), "/admin/api-keys"
    assert "Not used yet" in admin.get(page)[1]
    status, made = admin.post(page, act="add", name=" State   partner ")
    assert status == 200
    key = made.split('id="key">', 1)[1].split("<", 1)[0]
    assert key not in admin.get(page)[1], "it is shown once"
    assert read("services", **{"X-API-Key": key}).status_code == 200
    shown = admin.get(page)[1]
    assert f"Made by {admin.person.name}" in shown
    assert ("Last used" in shown, "Made by a command" in shown) == (True, True)
    for name, said in (("", "Give a name of 1 to 64"), ("State partner", "State partner has a key")):
        status, refused = admin.post(page, act="add", name=name)
        assert (status, said in refused) == (422, True)
    assert admin.post(page, act="revoke", name="State partner")[0] == 302
    assert read("services", **{"X-API-Key": key}).status_code == 401
    assert admin.post(page, act="revoke", name="State partner")[0] == 409
    assert admin.post(page, act="give", name="State partner")[0] == 400
    with house.db.begin() as session:
        told = session.query(AuditEvent).filter(AuditEvent.kind.startswith("api_key"), AuditEvent.actor_id.is_not(None))
        assert {(event.kind, event.actor_id, event.data["name"]) for event in told} == {
            ("api_key_added", admin.person.id, "State partner"),
            ("api_key_revoked", admin.person.id, "State partner"),
        }


def test_what_cannot_be_answered_is_said_in_a_sentence(read: Read) -> None:
    for path, status, sentence in (
        ("services?page=0", 400, "page is a number from 1"),
        ("services?per_page=1000", 400, "per_page is a number from 1 to 100"),
        ("services?taxonomy_term_id=1", 400, "taxonomy_term_id cannot be asked for here"),
        ("services?search=%00", 400, "Search for at most 80"),
        ("services?full=maybe", 400, "full is true or false"),
        ("services?organization_id=x", 400, "organization_id is the id"),
        (f"services/{uuid.UUID(int=7)}", 404, "Nothing is published here"),
        ("services/7", 404, "Nothing is published here"),
    ):
        answer = read(path)
        assert answer.status_code == status, path
        assert sentence in answer.get_json()["error"], path


def test_what_the_api_does_not_do_is_said_as_json_too(application: Flask) -> None:
    client = application.test_client()
    for method, path, status in (("POST", "/api/v1/services", 405), ("GET", "/api/v2/services", 404)):
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (status, "application/json"), path
        assert answer.get_json()["error"].endswith(".")
    assert client.post("/api/v1/services").headers["Allow"].startswith("GET")
    assert client.get("/nowhere").mimetype == "text/html"


def test_places_held_back_and_words_of_the_house_are_never_told(read: Read, house: House) -> None:
    (before,) = read("services?search=tidewater").get_json()["contents"]
    with house.db.begin() as session:
        facility = session.query(Facility.id).filter(Facility.key.startswith("tidewater")).scalar()
    fix_facility(house, facility, "tip", "a secret tip", "a secret reason", NOW, None)
    assert "secret" not in read(f"services/{before['id']}").get_data(as_text=True)
    with house.db.begin() as session:
        session.add(
            DoNotRefer(
                id=uuid.uuid4(), facility_id=facility, reason="a secret", review_on=NOW.date(), at=NOW, since=1
            )
        )  # fmt: skip
    assert read("services?search=tidewater").get_json()["empty"] is True
    for path in (f"services/{before['id']}", f"organizations/{before['organization_id']}"):
        assert read(path).status_code == 404


def test_the_document_is_open_and_the_one_that_we_keep(application: Flask) -> None:
    client = application.test_client()
    served = client.get("/api/v1/openapi.json").get_json()
    assert served == json.loads(DOCUMENT.read_text(encoding="utf-8")), "write what is served to docs/api/openapi.json"
    assert set(served["paths"]) == {path for name in LISTS for path in (f"/{name}", f"/{name}/{{id}}")}
    assert client.get("/api/v1/").get_json()["openapi_url"].endswith("/api/v1/openapi.json")
