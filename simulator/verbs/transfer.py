"""Redirect, Hangup, Reject and Leave: the verbs that lead away."""

from collections.abc import Generator
from xml.etree.ElementTree import Element

from simulator.calls import Call
from simulator.running import Goto, verb
from simulator.script import HungUp, Left, Signal, Wait, listen
from simulator.twiml import Document


@verb("Redirect")
def redirect(_call: Call, element: Element, document: Document) -> Generator[Wait, Signal, Goto | None]:
    """Go on with another document."""
    yield listen(seconds=0)
    return Goto(document.link((element.text or "").strip()), (element.get("method") or "POST").upper())


@verb("Hangup")
def hang_up(call: Call, _element: Element, _document: Document) -> Generator[Wait, Signal, Goto | None]:
    """End the call."""
    yield listen(seconds=0)
    call.finish("completed")
    raise HungUp


@verb("Reject")
def reject(call: Call, element: Element, _document: Document) -> Generator[Wait, Signal, Goto | None]:
    """Refuse an inbound call that was not answered yet; later it is a hang-up."""
    yield listen(seconds=0)
    if call.answered is not None:
        call.finish("completed")
    else:
        call.finish("busy" if element.get("reason") == "busy" else "no-answer")
    raise HungUp


@verb("Leave")
def leave(call: Call, _element: Element, _document: Document) -> Generator[Wait, Signal, Goto | None]:
    """Leave the queue; outside of one it does nothing."""
    yield listen(seconds=0)
    if call.member is not None:
        raise Left
    return None
