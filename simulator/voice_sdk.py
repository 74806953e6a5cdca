"""The server behind `static/voice-sdk.js`, which stands in for Twilio's Voice SDK in a browser."""

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, request

from simulator import phones
from simulator.calls import Call
from simulator.clients import PREFIX, BadToken, identity_of
from simulator.exchange import Exchange
from simulator.rest.edge import exchange_of_app

_HEARTBEAT_SECONDS = 2.0  # so late is a closed browser noticed
_BROKEN_SECONDS = 5.0  # and so long it may come back: an EventSource tries again after three


def blueprint() -> Blueprint:
    """What the script talks to, from whatever page it is on."""
    sdk = Blueprint("voice_sdk", __name__, url_prefix="/voice-sdk")
    sdk.add_url_rule("/voice.js", view_func=lambda: current_app.send_static_file("voice-sdk.js"))
    sdk.add_url_rule("/events", view_func=events)
    sdk.add_url_rule("/<act>", view_func=act, methods=["POST"])
    sdk.after_request(_from_anywhere)
    return sdk


def _from_anywhere(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def events() -> Response:
    """Register a browser, and tell it of its calls for as long as it listens and its token holds."""
    exchange, token = exchange_of_app(), request.args.get("token", "")
    try:
        identity = identity_of(exchange.settings, token, time.time())
    except BadToken as bad:
        return Response(str(bad), 401)
    return Response(_tell(exchange, identity, token), mimetype="text/event-stream")


def _tell(exchange: Exchange, identity: str, token: str) -> Iterator[str]:
    exchange.clients.enter(identity)
    told = None
    try:
        while True:
            identity_of(exchange.settings, token, time.time())
            with exchange.engine.lock:
                since, calls = exchange.engine.version, [_view(call) for call in _live(exchange, identity)]
            yield f"data: {json.dumps(calls)}\n\n" if calls != told else ": still here\n\n"
            told = calls
            exchange.engine.run_until(lambda: exchange.engine.version != since, _HEARTBEAT_SECONDS)  # noqa: B023
    except BadToken:
        return
    finally:
        exchange.clients.leave(identity)
        exchange.engine.at(_BROKEN_SECONDS, lambda: _hang_up_if_gone(exchange, identity))


def _hang_up_if_gone(exchange: Exchange, identity: str) -> None:
    """The media of a browser that is gone is broken, so its calls end; one that came back (a new token) talks on."""
    if exchange.clients.there(f"{PREFIX}{identity}"):
        return
    for call in _live(exchange, identity):
        if call.status == "in-progress":
            call.finish("completed")


def _live(exchange: Exchange, identity: str) -> list[Call]:
    there = exchange.phones.get(f"{PREFIX}{identity}")
    return [call for call in there.live_calls if call.rang is not None] if there else []


def _view(call: Call) -> dict[str, Any]:
    return {"sid": call.sid, "status": call.status, "from": call.from_}


def act(act: str) -> Response | tuple[str, int]:
    """Answer, reject, hang up or send keys on a call of one's own."""
    exchange = exchange_of_app()
    try:
        identity = identity_of(exchange.settings, request.form.get("token", ""), time.time())
    except BadToken as bad:
        return str(bad), 401
    with exchange.engine.lock:
        call = next((one for one in _live(exchange, identity) if one.sid == request.form.get("sid")), None)
        if call is None:
            return "There is no such call.", 404
        match act:
            case "accept" if call.status == "ringing":
                call.answer()
            case "reject":
                phones.decline(call)
            case "disconnect":
                call.finish("completed")
            case "digits":
                call.press(request.form.get("digits", ""))
        exchange.engine.touch()
    return Response(status=204)
