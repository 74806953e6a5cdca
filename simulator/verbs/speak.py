"""Say, Play and Pause: what the person hears, and for how long."""

import itertools
from collections.abc import Generator, Iterable
from xml.etree.ElementTree import Element

from simulator.attributes import number
from simulator.calls import Call
from simulator.running import Goto, verb
from simulator.script import TIMEOUT, Signal, Wait, listen
from simulator.twiml import Document

_SHORTEST = 0.1  # seconds; so that an endless loop of nothing takes time
_TONE = 0.3


def spoken(element: Element) -> str:
    """The text of a Say, SSML left out."""
    return " ".join("".join(element.itertext()).split())


def _sound(call: Call, element: Element) -> tuple[str, str, float]:
    """Source, text and length in seconds of one round of the element."""
    timing = call.exchange.settings.timing
    if element.tag == "Pause":
        return "", "", number(call, element, "length", 1)
    if element.tag == "Play" and element.get("digits"):
        digits = element.get("digits", "")
        return "sound", f"tones {digits}", len(digits) * _TONE
    if element.tag == "Play":
        return "sound", f"♪ {(element.text or '').strip()}", timing.play
    text = spoken(element)
    return "voice", text, len(text) / timing.speech


def speak(call: Call, element: Element, *cut_by: str) -> Generator[Wait, Signal, Signal | None]:
    """Say, Play or Pause; return the key or speech that cut it short, or None."""
    source, text, seconds = _sound(call, element)
    loop = int(number(call, element, "loop", 1)) if element.tag != "Pause" else 1
    rounds: Iterable[int] = range(loop) if loop else itertools.count()
    for _ in rounds:
        if text:
            call.hear(text, source)
        signal = yield listen(*cut_by, seconds=max(seconds, _SHORTEST if not loop else 0.0))
        if signal.name != TIMEOUT:
            return signal
    return None


@verb("Say")
@verb("Play")
@verb("Pause")
def plain(call: Call, element: Element, _document: Document) -> Generator[Wait, Signal, Goto | None]:
    """Outside of a Gather nothing cuts it short."""
    yield from speak(call, element)
    return None
