"""Recordings: list, fetch, delete, and the sound itself."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from simulator import recordings
from simulator.exchange import Exchange
from simulator.recordings import Recording
from simulator.rest.edge import Form, Route, missing
from simulator.rest.shapes import API_VERSION, between, newest_first, page, uri, when


def shape(exchange: Exchange, recording: Recording) -> dict[str, Any]:
    """A recording as Twilio shows it."""
    return {
        "sid": recording.sid,
        "account_sid": exchange.settings.account_sid,
        "call_sid": recording.call.sid,
        "conference_sid": None,
        "status": recording.status,
        "duration": str(recording.duration),
        "channels": 1,
        "source": "RecordVerb",
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "start_time": when(recording.began),
        "date_created": when(recording.began),
        "date_updated": when(exchange.engine.now),
        "encryption_details": None,
        "media_url": recordings.url_of(exchange, recording),
        "api_version": API_VERSION,
        "uri": uri(exchange, f"Recordings/{recording.sid}.json"),
        "subresource_uris": {},
    }


def _find(exchange: Exchange, sid: str) -> Recording:
    recording = exchange.recordings.get(sid)
    if recording is None:
        raise missing(f"/Recordings/{sid}.json")
    return recording


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One recording."""
    return shape(exchange, _find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Recordings by CallSid and DateCreated."""
    call_sid = path.get("call") or form.get("CallSid")
    found = [
        recording
        for recording in newest_first(list(exchange.recordings.values()))
        if call_sid in {None, recording.call.sid} and between(form, "DateCreated", recording.began)
    ]
    return page(exchange, form, "recordings", "Recordings.json", [shape(exchange, item) for item in found])


def media(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> Response:
    """The sound file; 404 until it is there."""
    recording = _find(exchange, path["sid"].partition(".")[0])
    if recording.status != "completed":
        raise missing(f"/Recordings/{recording.sid}")
    return Response(recording.sound(), content_type="audio/x-wav")


def delete(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> None:
    """Delete it for good."""
    del exchange.recordings[_find(exchange, path["sid"]).sid]


ROUTES: list[Route] = [
    ("GET", "/Recordings.json", listing),
    ("GET", "/Calls/<call>/Recordings.json", listing),
    ("GET", "/Recordings/<sid>.json", fetch),
    ("DELETE", "/Recordings/<sid>.json", delete),
    ("GET", "/Recordings/<sid>", media),
]
