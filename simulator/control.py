"""The control API: `POST /sim/<command>` with a JSON object, `GET /sim/state` that waits for something to change."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator import views
from simulator.commands import Refused, perform
from simulator.rest.edge import exchange_of_app

_LONGEST_WAIT = 20.0  # seconds


def blueprint() -> Blueprint:
    """The control API."""
    api = Blueprint("control", __name__, url_prefix="/sim")
    api.add_url_rule("/state", view_func=state, methods=["GET"])
    api.add_url_rule("/<name>", view_func=run, methods=["POST"])
    return api


def run(name: str) -> Response | tuple[Response, int]:
    """Do one command. JSON only, which keeps other sites' forms out."""
    if not request.is_json:
        return _refusal("Send a JSON object, with Content-Type: application/json.")
    args: Any = request.get_json(silent=True)
    if not isinstance(args, dict):
        return _refusal("The body is not a JSON object.")
    try:
        return jsonify(perform(exchange_of_app(), name, args))
    except Refused as refused:
        return _refusal(str(refused))


def _refusal(sentence: str) -> tuple[Response, int]:
    return jsonify({"error": sentence}), 400


def state() -> Response:
    """The world, once its version differs from `since`, or after `wait` seconds."""
    exchange = exchange_of_app()
    since = request.args.get("since", -1, type=int)
    wait = min(request.args.get("wait", 0.0, type=float), _LONGEST_WAIT)
    if wait > 0 and not exchange.engine.virtual:
        exchange.engine.run_until(lambda: exchange.engine.version != since, wait)
    with exchange.engine.lock:
        return jsonify(views.world(exchange))
