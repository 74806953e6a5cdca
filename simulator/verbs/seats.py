"""A call's time in a conference, from joining to leaving."""

from collections.abc import Generator
from xml.etree.ElementTree import Element

from simulator.attributes import action, flag, words
from simulator.calls import Callbacks
from simulator.conferences import Seat, Terms
from simulator.running import HOLD_VERBS, Goto, play
from simulator.script import KEY, LOOK, Disturbed, HungUp, Redirected, Signal, Wait, listen
from simulator.twiml import Broken, Document
from simulator.verbs.callee import Attempt

_MUSIC = "♪ hold music"

Result = Generator[Wait, Signal, None]


def _terms(noun: Element, document: Document) -> Terms:
    status = action(noun, document, "statusCallback")
    events = words(noun, "statusCallbackEvent")
    return Terms(
        start_on_enter=flag(noun, "startConferenceOnEnter", True),
        end_on_exit=flag(noun, "endConferenceOnExit"),
        muted=flag(noun, "muted"),
        coaching=noun.get("coach", ""),
        label=noun.get("participantLabel", ""),
        waiting=action(noun, document, "waitUrl", "conference-wait"),
        callbacks=Callbacks(status.url, status.method, events) if status else Callbacks(events=frozenset()),
    )


def sit(attempt: Attempt, noun: Element) -> Result:
    """Join, stay, leave; the DialCallStatus afterwards is `answered` (TWILIO.md 4.5)."""
    call = attempt.call
    terms = _terms(noun, attempt.document)
    conference = call.exchange.conference_named((noun.text or "").strip())
    seat = conference.join(call, terms)
    attempt.status, attempt.connected = "answered", True
    if noun.get("waitUrl") is None:
        call.hear(_MUSIC, "sound")
    keys = (KEY,) if flag(attempt.element, "hangupOnStar") else ()
    try:
        yield from _stay(seat, keys)
    except HungUp:
        call.seat = None
        conference.leave(seat)
        raise
    except Redirected:
        call.seat = None
        conference.leave(seat, kicked=True)
        raise
    finally:
        call.seat = None
        conference.leave(seat)


def _stay(seat: Seat, keys: tuple[str, ...]) -> Result:
    """Until the seat is gone; waiting and hold documents are played once, then comes silence."""
    waiting = seat.terms.waiting
    while not seat.gone:
        try:
            if seat.hold and seat.hold_document is not None:
                yield from _entertain(seat, seat.hold_document)
            elif seat.conference.status == "init" and waiting is not None:
                document, waiting = waiting, None
                yield from _entertain(seat, document)
            while not seat.gone:
                signal = yield listen(LOOK, *keys)
                if signal.value == "*":
                    return
        except Disturbed:
            continue


def _entertain(seat: Seat, document: Goto) -> Result:
    """Play a wait or hold document; a broken one is silence."""
    try:
        yield from play(seat.call, document, HOLD_VERBS)
    except Broken as broken:
        seat.call.exchange.journal.error(broken.code, str(broken), call=seat.call.sid)
