"""The simulated world as plain JSON values, for the page and the driver."""

from dataclasses import asdict
from typing import Any

from simulator import hearing
from simulator.calls import Call
from simulator.conferences import Conference
from simulator.exchange import Exchange
from simulator.phones import Phone

_SHOWN_CALLS = 4  # of a phone, the latest; live ones are always shown
_SHOWN_TEXTS = 60


def call(call: Call) -> dict[str, Any]:
    """One call, with who hears whom; numbers are those of the pretend phones."""
    return {
        "sid": call.sid,
        "direction": "out" if call.direction == "inbound" else "in",
        "other": call.to if call.direction == "inbound" else call.from_,
        "number": call.number,
        "status": call.status,
        "over": call.over,
        "created": call.created,
        "answered": call.answered,
        "ended": call.ended,
        "heard": [asdict(line) for line in call.heard],
        "hears": [other.number for other in hearing.hears(call)],
        "heard_by": [other.number for other in hearing.heard_by(call)],
        "talking_with": [other.number for other in hearing.talking_with(call)],
        "conference": call.seat.conference.name if call.seat else None,
        "queue": call.member.queue.name if call.member else None,
    }


def phone(phone: Phone) -> dict[str, Any]:
    """One phone with its latest calls and its text thread."""
    latest = phone.calls[-_SHOWN_CALLS:]
    shown = [item for item in phone.calls if item in latest or not item.over]
    return {
        "number": phone.number,
        "label": phone.label,
        "behaviour": asdict(phone.behaviour),
        "texts_fail": phone.texts_fail,
        "calls": [call(item) for item in shown],
        "texts": [asdict(text) for text in phone.texts[-_SHOWN_TEXTS:]],
    }


def conference(conference: Conference) -> dict[str, Any]:
    """One conference with its participants' numbers."""
    return {
        "sid": conference.sid,
        "name": conference.name,
        "status": conference.status,
        "participants": [
            {"number": seat.call.number, "call": seat.call.sid, "muted": seat.muted, "hold": seat.hold}
            for seat in conference.seats.values()
        ],
    }


def world(exchange: Exchange) -> dict[str, Any]:
    """All that the page shows."""
    return {
        "version": exchange.engine.version,
        "now": exchange.engine.now,
        "speed": getattr(exchange.engine.clock, "speed", 0.0),
        "lines": [line.number for line in exchange.lines.values()],
        "phones": [phone(item) for item in exchange.phones.values()],
        "conferences": [conference(item) for item in exchange.conferences.values() if not item.over],
        "queues": [{"name": queue.name, "size": len(queue.members)} for queue in exchange.queues.values()],
        "faults": [asdict(fault) for fault in exchange.faults.active],
        "troubles": [asdict(entry) for entry in exchange.journal.of_kind("warning", "error")][-20:],
    }
