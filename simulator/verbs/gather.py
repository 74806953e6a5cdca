"""Gather: keys or speech, over prompts that either may cut short."""

from collections.abc import Generator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from simulator.attributes import action, flag, number, with_form
from simulator.calls import Call
from simulator.running import Goto, verb
from simulator.script import KEY, SPEECH, TIMEOUT, Signal, Wait, listen
from simulator.twiml import BAD_ATTRIBUTE, Document
from simulator.verbs.speak import speak

_CONFIDENCE = "0.9"
_TIMEOUT = 5.0
_PROMPTS = frozenset({"Say", "Play", "Pause"})

Form = list[tuple[str, str]]


@dataclass(frozen=True)
class _Ask:
    names: tuple[str, ...]
    timeout: float
    digits: int  # 0: any number
    finish: str


def _read(call: Call, element: Element) -> _Ask:
    wanted = (element.get("input") or "dtmf").split()
    names = [name for word, name in (("dtmf", KEY), ("speech", SPEECH)) if word in wanted]
    if not names or set(wanted) - {"dtmf", "speech"}:
        call.exchange.journal.warn(BAD_ATTRIBUTE, f"<Gather> cannot read input={wanted}.", call=call.sid)
    timeout = _TIMEOUT if element.get("timeout") == "auto" else number(call, element, "timeout", _TIMEOUT)
    digits = int(number(call, element, "numDigits", 0))
    return _Ask(tuple(names), timeout, digits, element.get("finishOnKey", "#"))


@verb("Gather")
def gather(call: Call, element: Element, document: Document) -> Generator[Wait, Signal, Goto | None]:
    """Without input the next verb runs, unless `actionOnEmptyResult` says otherwise."""
    ask = _read(call, element)
    first = yield from _prompt(call, element, ask)
    form = yield from _collect(call, ask, first)
    if form is None and flag(element, "actionOnEmptyResult"):
        form = [("Digits", "")] if KEY in ask.names else [("SpeechResult", "")]
    if form is None:
        return None
    following = action(element, document) or Goto(document.link(""), document.method)
    return with_form(following, form)


def _prompt(call: Call, element: Element, ask: _Ask) -> Generator[Wait, Signal, Signal | None]:
    """Speak the nested verbs; return the key or speech that cut in."""
    cut_by = ask.names if flag(element, "bargeIn", True) else tuple(name for name in ask.names if name == KEY)
    for child in element:
        if child.tag in _PROMPTS:
            signal = yield from speak(call, child, *cut_by)
            if signal is not None:
                return signal
    return None


def _collect(call: Call, ask: _Ask, first: Signal | None) -> Generator[Wait, Signal, Form | None]:
    """The parameters that the input gives, or None for silence."""
    signal = first or (yield listen(*ask.names, seconds=ask.timeout))
    if signal.name == TIMEOUT:
        return None
    if signal.name == SPEECH:
        yield listen(seconds=call.exchange.settings.timing.speech_end)
        return [("SpeechResult", str(signal.value)), ("Confidence", _CONFIDENCE)]
    digits = ""
    while signal.name != TIMEOUT:
        key = str(signal.value)
        if key in ask.finish:
            return _finished(call, digits, key)
        digits += key
        if len(digits) == ask.digits:
            break
        signal = yield listen(KEY, seconds=ask.timeout)
    return [("Digits", digits)]


def _finished(call: Call, digits: str, key: str) -> Form | None:
    if not digits and not call.exchange.settings.switches.finish_key_alone_requests_action:
        return None
    return [("Digits", digits), ("FinishedOnKey", key)]
