"""Twilio's REST API, as far as a helpline needs it."""

from flask import Blueprint

from simulator.rest import calls, conferences, messages, numbers, participants, queues, recordings
from simulator.rest.edge import add_routes


def blueprint() -> Blueprint:
    """All resources under `/2010-04-01`."""
    api = Blueprint("rest", __name__, url_prefix="/2010-04-01")
    for module in (calls, conferences, participants, messages, queues, recordings, numbers):
        add_routes(api, module.ROUTES)
    return api
