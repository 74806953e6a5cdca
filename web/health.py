"""/healthz (this process), /readyz (what it needs), /metrics (Prometheus)."""

import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Probes = Mapping[str, Callable[[], str]]  # a name and a function that says how it is; raising means: not well

FRESH_SECONDS = 2.0


class _Last:
    lock = threading.Lock()
    probes: Probes | None = None
    at = 0.0
    said: dict[str, tuple[bool, str]]


blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether database, Redis and a worker answer, and how old the oldest due row is."""
    said = _said(current_app.extensions["probes"])
    ready = all(ok for ok, _ in said.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(ready=ready, checks={name: words for name, (_, words) in said.items()}), status


def _said(probes: Probes) -> dict[str, tuple[bool, str]]:
    """What the probes said; asked at most every few seconds, so that nobody can keep the webhooks' threads busy."""
    with _Last.lock:
        if _Last.probes is not probes or time.monotonic() - _Last.at > FRESH_SECONDS:
            _Last.said = {name: _ask(probe) for name, probe in probes.items()}
            _Last.probes, _Last.at = probes, time.monotonic()
        return _Last.said


def _ask(probe: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, probe()
    except Exception as error:  # a probe's failure is its answer; its words may name addresses, so only the kind
        return False, type(error).__name__


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counters and gauges of this process."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask) -> None:
    """Add the three routes."""
    app.register_blueprint(blueprint)
