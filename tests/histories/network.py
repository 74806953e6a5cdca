"""The official SDK on the simulator in this process, with the time that a real request takes, and killed workers."""

from collections.abc import Callable
from typing import Any

import requests
from twilio.http.response import Response
from twilio.rest import Client

from simulator.exchange import Exchange
from simulator.sdk import InProcessHttpClient
from telephony.client import TIMEOUT_S, TwilioTelephony
from tests.histories.plans import Broken
from tests.histories.workers import Killed


class SlowHttpClient(InProcessHttpClient):
    """While a request is under way, the world goes on."""

    def __init__(self, exchange: Exchange, broken: Broken, let_pass: Callable[[float], None]) -> None:
        super().__init__(exchange)
        self.broken, self._let_pass = broken, let_pass
        self._kills = dict(broken.kills)
        self._requests = 0

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """One request; a time-out takes its time."""
        kill = self._kills.pop(self._requests, "")
        self._requests += 1
        if kill == "before":
            raise Killed
        self._let_pass(self.broken.rest_seconds / 2)
        try:
            response = super().request(*args, **kwargs)
        except requests.exceptions.ReadTimeout:
            self._let_pass(TIMEOUT_S)
            raise
        if kill == "after":
            raise Killed
        self._let_pass(self.broken.rest_seconds / 2)
        return response


def telephony(exchange: Exchange, http: SlowHttpClient) -> TwilioTelephony:
    """The product's own client, with the simulator behind it."""
    settings = exchange.settings
    built = TwilioTelephony(settings.account_sid, settings.auth_token)
    built._client = Client(settings.account_sid, settings.auth_token, http_client=http)
    return built
