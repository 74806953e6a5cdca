"""Who hears whom: two bridged calls, or the seats of a conference with mute, hold and coaching."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.calls import Call
    from simulator.conferences import Seat


def hears(call: Call) -> list[Call]:
    """The other calls whose words reach this one, in the order in which they came."""
    if call.over:
        return []
    if call.partner is not None:
        return [call.partner] if not call.partner.over else []
    seat = call.seat
    if seat is None or not seat.conference.live:
        return []
    return [other.call for other in seat.conference.seats.values() if _reaches(other, seat)]


def heard_by(call: Call) -> list[Call]:
    """The other calls that this one's words reach."""
    return [other for other in _company(call) if call in hears(other)]


def talking_with(call: Call) -> list[Call]:
    """The other calls that hear this one and are heard by it."""
    return [other for other in hears(call) if call in hears(other)]


def _company(call: Call) -> list[Call]:
    if call.partner is not None:
        return [call.partner]
    if call.seat is not None:
        return [seat.call for seat in call.seat.conference.seats.values() if seat.call is not call]
    return []


def _reaches(speaker: Seat, listener: Seat) -> bool:
    """A coach is heard by the coached only; nobody on hold hears or is heard; the muted are not heard."""
    if speaker is listener or speaker.call.over or speaker.muted or speaker.hold or listener.hold:
        return False
    return not speaker.coaching or speaker.coaching == listener.call.sid
