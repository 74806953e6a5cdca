"""Conferences: fetch, list, end, announce."""

from collections.abc import Mapping
from typing import Any

from simulator.announcing import announce
from simulator.conferences import Conference
from simulator.exchange import Exchange
from simulator.rest.edge import Form, Route, missing
from simulator.rest.shapes import API_VERSION, between, newest_first, page, uri, when
from simulator.running import Goto


def shape(exchange: Exchange, conference: Conference) -> dict[str, Any]:
    """A conference as Twilio shows it."""
    path = f"Conferences/{conference.sid}"
    return {
        "sid": conference.sid,
        "account_sid": exchange.settings.account_sid,
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "us1",
        "reason_conference_ended": conference.reason or None,
        "call_sid_ending_conference": conference.ended_by or None,
        "date_created": when(conference.created),
        "date_updated": when(exchange.engine.now),
        "api_version": API_VERSION,
        "uri": uri(exchange, f"{path}.json"),
        "subresource_uris": {
            "participants": uri(exchange, f"{path}/Participants.json"),
            "recordings": uri(exchange, f"{path}/Recordings.json"),
        },
    }


def find(exchange: Exchange, sid: str) -> Conference:
    """The conference. Raises 20404."""
    conference = exchange.conferences.get(sid)
    if conference is None:
        raise missing(f"/Conferences/{sid}.json")
    return conference


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One conference."""
    return shape(exchange, find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Conferences by FriendlyName, Status, DateCreated."""
    found = [
        conference
        for conference in newest_first(list(exchange.conferences.values()))
        if form.get("FriendlyName", conference.name) == conference.name
        and form.get("Status", conference.status) == conference.status
        and between(form, "DateCreated", conference.created)
    ]
    return page(exchange, form, "conferences", "Conferences.json", [shape(exchange, item) for item in found])


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """End it, or speak into it."""
    conference = find(exchange, path["sid"])
    if form.get("Status") == "completed":
        conference.end("conference-ended-via-api")
    elif form.get("AnnounceUrl"):
        goto = Goto(form["AnnounceUrl"], form.get("AnnounceMethod", "POST").upper(), (), "announcement")
        announce(conference, goto, list(conference.seats.values()))
    return shape(exchange, conference)


ROUTES: list[Route] = [
    ("GET", "/Conferences.json", listing),
    ("GET", "/Conferences/<sid>.json", fetch),
    ("POST", "/Conferences/<sid>.json", update),
]
