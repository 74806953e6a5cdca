"""/healthz (this process), /readyz (what it needs), /metrics (Prometheus)."""

import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from flask import Blueprint, Flask, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from services import readiness
from web.house import house
from web.twiml_answers import now

Probes = Mapping[str, Callable[[], str]]  # a name and a function that says how it is; raising means: not well

FRESH_SECONDS = 2.0
FIGURES = {
    "waiting": "Callers and texters who wait for a counselor.",
    "talking": "Contacts in a conversation.",
    "longest_wait_seconds": "How long the one who has waited longest waits.",
    "counselors_available": "Counselors on shift whose phone could ring now.",
    "failed_deliveries": "Texts, tasks and follow-ups that were given up and wait for a decision.",
    "oldest_due_seconds": "How late the oldest due follow-up, text or reminder is.",
}


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
    """Counters of this process, and how the whole line is doing (gauges `harborline_...`)."""
    return Response(generate_latest() + generate_latest(_line()), content_type=CONTENT_TYPE_LATEST)


def _line() -> CollectorRegistry:
    registry = CollectorRegistry()
    known = Gauge("harborline_figures_known", "1 when the database could be asked.", registry=registry)
    try:
        figures = readiness.figures(house(), now())
    except Exception:  # without the database the process's own counters are still worth reading
        structlog.get_logger(__name__).exception("figures_unknown")
        return registry
    known.set(1)
    for name, value in figures.items():
        Gauge(f"harborline_{name}", FIGURES[name], registry=registry).set(value)
    return registry


def register(app: Flask) -> None:
    """Add the three routes."""
    app.register_blueprint(blueprint)
