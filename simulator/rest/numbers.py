"""IncomingPhoneNumbers: list, fetch, update."""

from collections.abc import Mapping
from typing import Any

from simulator.exchange import Exchange
from simulator.numbers import HelplineNumber
from simulator.rest.edge import Form, Route, missing
from simulator.rest.shapes import API_VERSION, page, uri, when

_SETTABLE = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "FriendlyName": "friendly_name",
}


def shape(exchange: Exchange, line: HelplineNumber) -> dict[str, Any]:
    """A number as Twilio shows it."""
    return {
        "sid": line.sid,
        "account_sid": exchange.settings.account_sid,
        "phone_number": line.number,
        **{name: getattr(line, name) for name in _SETTABLE.values()},
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "beta": False,
        "origin": "twilio",
        "status": "in-use",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "address_requirements": "none",
        "emergency_status": "Inactive",
        "date_created": when(line.created),
        "date_updated": when(exchange.engine.now),
        "api_version": API_VERSION,
        "uri": uri(exchange, f"IncomingPhoneNumbers/{line.sid}.json"),
    }


def _find(exchange: Exchange, sid: str) -> HelplineNumber:
    line = exchange.lines.get(sid)
    if line is None:
        raise missing(f"/IncomingPhoneNumbers/{sid}.json")
    return line


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One number."""
    return shape(exchange, _find(exchange, path["sid"]))


def listing(exchange: Exchange, form: Form, _path: Mapping[str, str]) -> dict[str, Any]:
    """Numbers by PhoneNumber (part of it)."""
    wanted = form.get("PhoneNumber", "").replace("*", "")
    shown = [shape(exchange, line) for line in exchange.lines.values() if wanted in line.number]
    return page(exchange, form, "incoming_phone_numbers", "IncomingPhoneNumbers.json", shown)


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Set its URLs."""
    line = _find(exchange, path["sid"])
    for parameter, name in _SETTABLE.items():
        if parameter in form:
            setattr(line, name, form[parameter])
    return shape(exchange, line)


ROUTES: list[Route] = [
    ("GET", "/IncomingPhoneNumbers.json", listing),
    ("GET", "/IncomingPhoneNumbers/<sid>.json", fetch),
    ("POST", "/IncomingPhoneNumbers/<sid>.json", update),
]
