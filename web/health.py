"""/healthz (this process), /readyz (what it needs), /metrics (Prometheus)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Probes = Mapping[str, Callable[[], str]]  # a name and a function that says how it is; raising means: not well

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether database, Redis and a worker answer, and how old the oldest due row is."""
    probes: Probes = current_app.extensions["probes"]
    said = {name: _ask(probe) for name, probe in probes.items()}
    ready = all(ok for ok, _ in said.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(ready=ready, checks={name: words for name, (_, words) in said.items()}), status


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
