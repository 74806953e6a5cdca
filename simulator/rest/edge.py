"""The edge of the REST API: authentication, faults, the lock, errors in Twilio's shape."""

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.datastructures import MultiDict

from simulator.exchange import Exchange
from simulator.faults import Fault

TIMED_OUT = "X-Simulator-Timeout"  # tells an in-process client to raise instead of waiting
IN_PROCESS = "simulator.exchange"  # of the WSGI environment: the exchange that an in-process client means
_TOO_MANY = 20429
_SERVER_ERROR = 500
_HANG_SECONDS = 20.0

Form = MultiDict[str, str]
View = Callable[[Exchange, Form, Mapping[str, str]], Any]
Route = tuple[str, str, View]  # method, path below the account, view


class RestError(Exception):
    """An error body of Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> Response:
        """As JSON."""
        body = {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        answer = jsonify(body)
        answer.status_code = self.status
        return answer


def missing(path: str) -> RestError:
    """There is no such resource."""
    return RestError(404, 20404, f"The requested resource {path} was not found")


def refused(code: int, message: str) -> RestError:
    """A request that makes no sense."""
    return RestError(400, code, message)


def add_routes(api: Blueprint, routes: list[Route]) -> None:
    """Register views; each gets the exchange under its lock, the parameters, and the parts of the path."""
    for method, path, view in routes:
        name = f"{method}-{path}".replace("/", "-").replace(".", "-").replace("<", "").replace(">", "")
        rule = f"/Accounts/<account>{path}"
        api.add_url_rule(rule, name, _guarded(view), methods=[method])


def exchange_of_app() -> Exchange:
    """The exchange that this request is for."""
    exchange: Exchange = request.environ.get(IN_PROCESS) or current_app.extensions["exchange"]
    return exchange


def _guarded(view: View) -> Callable[..., Response]:
    def handle(**path: str) -> Response:
        exchange = exchange_of_app()
        try:
            _authenticate(exchange, path.pop("account"))
            with exchange.engine.lock:
                fault = exchange.faults.draw("rest", _resource())
                exchange.journal.note("rest", _resource(), fault=fault.name if fault else "", path=request.path)
            return _perform(exchange, view, path, fault)
        except RestError as error:
            return error.response()

    return handle


def _resource() -> str:
    """Like `POST Calls`, the way faults name it: the last resource of the path."""
    parts = request.path.removesuffix(".json").split("/")[4:]
    names = [part for part in parts if part[:1].isupper() and len(part) < 30 and not part.startswith("Front")]
    return f"{request.method} {names[-1] if names else 'Accounts'}"


def _authenticate(exchange: Exchange, account: str) -> None:
    given, settings = request.authorization, exchange.settings
    known = {settings.account_sid: settings.auth_token, settings.api_key_sid: settings.api_key_secret}
    secret = known.get(given.username or "") if given is not None else None
    if given is None or secret is None or not hmac.compare_digest((given.password or "").encode(), secret.encode()):
        raise RestError(401, 20003, "Authenticate")
    if account.removesuffix(".json") != settings.account_sid:
        raise missing(request.path)


def _perform(exchange: Exchange, view: View, path: dict[str, str], fault: Fault | None) -> Response:
    name = fault.name if fault else ""
    if name == "429":
        raise RestError(429, _TOO_MANY, "Too Many Requests")
    if fault and name == "error-before":
        raise RestError(fault.status or _SERVER_ERROR, 20500, "Internal Server Error")
    if fault and name == "timeout-before":
        return _hang(fault)
    with exchange.engine.lock:
        result = view(exchange, request.values, path)
        exchange.engine.touch()
    if fault and name == "error-after":
        raise RestError(fault.status or _SERVER_ERROR, 20500, "Internal Server Error")
    if fault and name == "timeout-after":
        return _hang(fault)
    return _response(result)


def _hang(fault: Fault) -> Response:
    if not request.environ.get(IN_PROCESS):
        time.sleep(fault.seconds or _HANG_SECONDS)
    return Response(status=504, headers={TIMED_OUT: "1"})


def _response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=204)
    answer = jsonify(result)
    posted = request.method == "POST" and request.path.rsplit("/", 1)[-1].removesuffix(".json")[:1].isupper()
    fresh = posted and len(request.path.rsplit("/", 1)[-1]) < 30
    answer.status_code = 201 if fresh else 200
    return answer
