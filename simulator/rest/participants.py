"""Participants of a conference: create, fetch, list, update, delete."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from simulator.announcing import announce
from simulator.calls import Call
from simulator.conferences import Conference, Seat
from simulator.exchange import Exchange
from simulator.placing import place
from simulator.rest import calls
from simulator.rest.conferences import find
from simulator.rest.edge import Form, Route, missing, refused
from simulator.rest.shapes import page, uri, when
from simulator.running import Goto, life
from simulator.twiml import Document

_ATTRIBUTES = {  # REST parameter: TwiML attribute
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "Muted": "muted",
    "Label": "participantLabel",
    "CallSidToCoach": "coach",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "Beep": "beep",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}


def shape(exchange: Exchange, conference: Conference, call: Call, seat: Seat | None) -> dict[str, Any]:
    """A participant as Twilio shows it; without a seat it is still being called."""
    status = "connected" if seat else {"initiated": "queued"}.get(call.status, call.status)
    path = f"Conferences/{conference.sid}/Participants/{call.sid}.json"
    return {
        "account_sid": exchange.settings.account_sid,
        "call_sid": call.sid,
        "conference_sid": conference.sid,
        "label": (seat.terms.label if seat else "") or None,
        "call_sid_to_coach": (seat.coaching if seat else "") or None,
        "coaching": bool(seat and seat.coaching),
        "muted": bool(seat and seat.muted),
        "hold": bool(seat and seat.hold),
        "start_conference_on_enter": seat.terms.start_on_enter if seat else True,
        "end_conference_on_exit": seat.end_on_exit if seat else False,
        "status": status,
        "queue_time": "0",
        "date_created": when(seat.joined if seat else call.created),
        "date_updated": when(exchange.engine.now),
        "uri": uri(exchange, path),
    }


def create(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Call somebody into a conference, named by SID or by friendly name."""
    if path["conference"].startswith("CF"):
        conference = find(exchange, path["conference"])
    else:
        conference = exchange.conference_named(path["conference"])
    if conference.over:
        raise refused(21201, "The conference has ended.")
    document = _document(conference, form)
    order = calls.order(exchange, form, lambda call: call.run(life(call, document)))
    order = replace(order, detection=replace(order.detection, waits=False))
    return shape(exchange, conference, place(exchange, order, exchange.slot()), None)


def _document(conference: Conference, form: Form) -> Document:
    """The same as TwiML."""
    root = Element("Response")
    noun = SubElement(SubElement(root, "Dial"), "Conference")
    noun.text = conference.name
    for parameter, attribute in _ATTRIBUTES.items():
        if parameter in form:
            value = form[parameter]
            noun.set(attribute, value.lower() if value in {"True", "False"} else value)
    if "ConferenceStatusCallbackEvent" in form:
        noun.set("statusCallbackEvent", " ".join(form.getlist("ConferenceStatusCallbackEvent")))
    return Document(root)


def _seat(exchange: Exchange, path: Mapping[str, str]) -> Seat:
    conference = find(exchange, path["conference"])
    for seat in conference.seats.values():
        if path["call"] in {seat.call.sid, seat.terms.label}:
            return seat
    raise missing(f"/Conferences/{conference.sid}/Participants/{path['call']}.json")


def _show(exchange: Exchange, seat: Seat) -> dict[str, Any]:
    return shape(exchange, seat.conference, seat.call, seat)


def fetch(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """One participant, by call SID or label."""
    return _show(exchange, _seat(exchange, path))


def listing(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Those who are in it, by Muted, Hold, Coaching."""
    conference = find(exchange, path["conference"])
    shown = [_show(exchange, seat) for seat in conference.seats.values()]
    for parameter in ("Muted", "Hold", "Coaching"):
        if parameter in form:
            shown = [item for item in shown if item[parameter.lower()] == (form[parameter].lower() == "true")]
    return page(exchange, form, "participants", f"Conferences/{conference.sid}/Participants.json", shown)


def update(exchange: Exchange, form: Form, path: Mapping[str, str]) -> dict[str, Any]:
    """Mute, hold, coach, announce, or change what the exit does."""
    seat = _seat(exchange, path)
    if "Muted" in form:
        seat.muted = form["Muted"].lower() == "true"
        seat.conference.report("participant-mute" if seat.muted else "participant-unmute", seat)
    if "Hold" in form:
        _hold(seat, form)
    if "EndConferenceOnExit" in form:
        seat.end_on_exit = form["EndConferenceOnExit"].lower() == "true"
        seat.conference.report("participant-modify", seat)
    if "Coaching" in form or "CallSidToCoach" in form:
        coaching = form.get("Coaching", "true").lower() == "true"
        seat.coaching = form.get("CallSidToCoach", "") if coaching else ""
        seat.conference.report("participant-modify", seat)
    if form.get("AnnounceUrl"):
        goto = Goto(form["AnnounceUrl"], form.get("AnnounceMethod", "POST").upper(), (), "announcement")
        announce(seat.conference, goto, [seat])
    return _show(exchange, seat)


def _hold(seat: Seat, form: Form) -> None:
    seat.hold = form["Hold"].lower() == "true"
    address = form.get("HoldUrl", "")
    method = form.get("HoldMethod", "POST").upper()
    seat.hold_document = Goto(address, method, (), "conference-hold") if address and seat.hold else None
    seat.call.hear("on hold" if seat.hold else "off hold", "state")
    seat.conference.report("participant-hold" if seat.hold else "participant-unhold", seat)
    seat.disturb()


def delete(exchange: Exchange, _form: Form, path: Mapping[str, str]) -> None:
    """Take somebody out; the call goes on after its Dial."""
    seat = _seat(exchange, path)
    seat.conference.leave(seat, kicked=True)


_ONE = "/Conferences/<conference>/Participants/<call>.json"
_ALL = "/Conferences/<conference>/Participants.json"
ROUTES: list[Route] = [
    ("POST", _ALL, create),
    ("GET", _ALL, listing),
    ("GET", _ONE, fetch),
    ("POST", _ONE, update),
    ("DELETE", _ONE, delete),
]
