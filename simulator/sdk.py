"""Clients for the official Twilio SDK: one that talks to the simulator in this process, one over HTTP."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator.exchange import Exchange
from simulator.rest.edge import IN_PROCESS, TIMED_OUT
from simulator.server import create_app


class InProcessHttpClient(HttpClient):  # type: ignore[misc]
    """Hands the SDK's requests to the application, without network; simulated time-outs are raised as real ones are."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._client = _app().test_client()

    def request(
        self,
        method: str,
        uri: str,
        *,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the SDK's signature
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        """One request."""
        parts = urlsplit(uri)
        answer = self._client.open(
            parts.path,
            method=method,
            query_string=params or parts.query,
            data={key: value for key, value in (data or {}).items() if value is not None} or None,
            headers=[(key, value) for key, value in (headers or {}).items() if key != "Content-Type"],
            auth=auth,
            environ_overrides={IN_PROCESS: self._exchange},
        )
        if TIMED_OUT in answer.headers:
            raise requests.exceptions.ReadTimeout("simulated time-out")
        return Response(answer.status_code, answer.get_data().decode(errors="replace"), answer.headers)


class BaseUrlHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends requests for any twilio.com host to a base URL instead."""

    def __init__(self, base: str, **options: Any) -> None:
        super().__init__(**options)
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """One request."""
        parts = urlsplit(url)
        if (parts.hostname or "").endswith(".twilio.com"):
            url = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **options)


def in_process_client(exchange: Exchange) -> Client:
    """The official client on an exchange of this process."""
    settings = exchange.settings
    return Client(settings.account_sid, settings.auth_token, http_client=InProcessHttpClient(exchange))


@cache
def _app() -> Flask:
    """One application for all: building it costs more than a whole simulated call."""
    return create_app(None)
