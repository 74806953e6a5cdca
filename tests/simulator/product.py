"""A tiny product for the simulator's tests: a WSGI application that checks every signature and answers from a table."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from simulator.settings import Settings

Reply = str | int | Callable[[dict[str, str]], str | int]


class Product:
    """`routes` maps a path to TwiML (or a status, or a function of the parameters); `requests` keeps what came."""

    def __init__(self, settings: Settings) -> None:
        self.routes: dict[str, Reply] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.tokens: list[str] = []
        self.forged = 0
        self.base = "https://product.test"
        self._validator = RequestValidator(settings.auth_token)
        self.app = Flask("product")
        self.app.add_url_rule("/<path:path>", view_func=self._handle, methods=["GET", "POST"])

    def _handle(self, path: str) -> Response:
        values = request.form if request.method == "POST" else {}
        if not self._validator.validate(request.url, values, request.headers.get("X-Twilio-Signature", "")):
            self.forged += 1
        params = request.values.to_dict()
        self.requests.append((f"/{path}", params))
        self.tokens.append(request.headers["I-Twilio-Idempotency-Token"])
        reply = self.routes.get(f"/{path}", 204)
        found = reply(params) if callable(reply) else reply
        if isinstance(found, int):
            return Response(status=found)
        return Response(found, content_type="text/xml")

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of all requests for a path."""
        return [params for asked, params in self.requests if asked == path]

    def voice(self, **routes: Any) -> None:
        """Set documents: the keyword is the path with `_` for `/`, the value goes inside `<Response>`."""
        for name, inside in routes.items():
            path = "/" + name.replace("__", "/")
            self.routes[path] = inside if callable(inside) else f"<Response>{inside}</Response>"
