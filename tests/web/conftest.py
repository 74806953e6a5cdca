"""A running application on the test's own database, and a Twilio that signs what it posts."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from app import create_app
from config.settings import load_settings
from services.house import House


@pytest.fixture
def application(house: House, database_url: str, redis_url: str) -> Iterator[Flask]:
    """The composed application, with its house exchanged for the test's, whose changes vanish."""
    env = {"APP_ENV": "test", "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    app = create_app(load_settings(env))
    own = app.extensions["house"]
    app.extensions["house"] = house
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    own.db.bind.dispose()  # the readiness probes asked it


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """An HTTP client without a signature."""
    return application.test_client()


class Signed:
    """Posts as Twilio does."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        settings = app.extensions["settings"]
        self._base = settings.public_base_url
        self._validator = RequestValidator(settings.twilio_auth_token)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """A signed POST of form fields."""
        signature = self._validator.compute_signature(self._base + path, fields)
        return self._client.post(path, data=fields, headers={"X-Twilio-Signature": signature})


@pytest.fixture
def twilio(application: Flask) -> Signed:
    """Twilio, calling our webhooks."""
    return Signed(application)
