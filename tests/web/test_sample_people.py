"""The invented people of `make run`: whoever it prints can sign in, and production refuses all of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from models.people import Counselor, counselor_by_email
from routing.vocabulary import Role
from runtime.welcome import DEMO_PASSWORD, DEMO_SIGN_INS, welcome
from services.counselors import NewCounselor, add_counselor
from services.house import House
from tests.fixtures.people import token_in

pytestmark = pytest.mark.usefixtures("zip_codes")


def test_everybody_whom_make_run_names_can_sign_in_and_production_loads_nobody(
    application: Flask, house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = application.test_cli_runner().invoke
    with monkeypatch.context() as patch:
        patch.setitem(application.config, "APP_ENV", "production")
        assert run(args=["seed-samples"]).exit_code == 2
        with house.db.begin() as session:
            assert session.query(Counselor).count() == 0
    assert run(args=["seed-samples", "--password", "short"]).exit_code == 2
    zone = house.rules.default_timezone  # a run that was killed early left the admin alone
    add_counselor(
        house, NewCounselor(DEMO_SIGN_INS["admin"], "Demo Admin", "admin", "", DEMO_PASSWORD, zone), datetime.now(UTC)
    )
    done = run(args=["seed-samples"])
    assert done.exit_code == 0, done.output
    with house.db.begin() as session:  # the folder of an older release: nobody but the admin has a password
        for email in (DEMO_SIGN_INS["supervisor"], DEMO_SIGN_INS["counselor"]):
            person = counselor_by_email(session, email)
            assert person is not None
            person.password_hash = None
    assert "loaded before" in run(args=["seed-samples"]).output
    assert DEMO_PASSWORD not in welcome({"PORT": 1, "SIMULATOR_PORT": 2}, tmp_path, 1.0, loaded=False)
    assert set(DEMO_SIGN_INS) == {Role.ADMIN, Role.SUPERVISOR, Role.COUNSELOR}
    for role, email in DEMO_SIGN_INS.items():
        assert f"{email:<24} {role}" in welcome({"PORT": 1, "SIMULATOR_PORT": 2}, tmp_path, 1.0, loaded=True)
        client = application.test_client()
        token = token_in(client.get("/sign-in").get_data(as_text=True))
        fields = {"csrf_token": token, "email": email, "password": DEMO_PASSWORD}
        assert client.post("/sign-in", data=fields).status_code == 302
        with house.db.begin() as session:
            person = counselor_by_email(session, email)
            assert person is not None
            assert person.role == role
