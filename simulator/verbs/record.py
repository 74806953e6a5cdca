"""Record: until a key, a silence, the longest length or the hang-up."""

from collections.abc import Generator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from simulator import recordings
from simulator.attributes import action, flag, number, with_form
from simulator.calls import Call
from simulator.running import Goto, tell_and_forget, verb
from simulator.script import KEY, SPEECH, TIMEOUT, HungUp, Signal, Wait, listen
from simulator.twiml import Document

_ANY_KEY = "1234567890*#"
_SILENCE = 5.0
_LONGEST = 3600.0


@dataclass
class _Take:
    """One recording under way; `ended_by` is a key, `hangup`, or empty for silence and length."""

    began: float
    words: list[str] = field(default_factory=list)
    ended_by: str = ""


@verb("Record")
def record(call: Call, element: Element, document: Document) -> Generator[Wait, Signal, Goto | None]:
    """The action is requested in any case, after a hang-up too; silent recordings are kept (TWILIO.md 4.9)."""
    following = action(element, document) or Goto(document.link(""), document.method)
    wishes = recordings.Wishes(
        action(element, document, "recordingStatusCallback", "recording"),
        action(element, document, "transcribeCallback", "transcription"),
        flag(element, "transcribe"),
    )
    if flag(element, "playBeep", True):
        call.hear("(beep)", "sound")
    take = _Take(call.exchange.engine.now)
    try:
        yield from _listen(call, element, take)
    except HungUp:
        take.ended_by = "hangup"
        tell_and_forget(call, with_form(following, _keep(call, take, wishes)))
        raise
    return with_form(following, _keep(call, take, wishes))


def _listen(call: Call, element: Element, take: _Take) -> Generator[Wait, Signal, None]:
    finish = element.get("finishOnKey", _ANY_KEY)
    silence = number(call, element, "timeout", _SILENCE)
    end = take.began + number(call, element, "maxLength", _LONGEST)
    quiet = take.began + silence
    while (left := min(end, quiet) - call.exchange.engine.now) > 0:
        signal = yield listen(KEY, SPEECH, seconds=left)
        if signal.name == TIMEOUT:
            return
        if signal.name == SPEECH:
            words = str(signal.value)
            take.words.append(words)
            quiet = call.exchange.engine.now + len(words) / call.exchange.settings.timing.speech + silence
        elif str(signal.value) in finish:
            take.ended_by = str(signal.value)
            return


def _keep(call: Call, take: _Take, wishes: recordings.Wishes) -> list[tuple[str, str]]:
    recording = recordings.keep(call.exchange, call, take.began, " ".join(take.words), wishes)
    return [
        ("RecordingUrl", recordings.url_of(call.exchange, recording)),
        ("RecordingDuration", str(recording.duration)),
        ("RecordingSid", recording.sid),
        ("Digits", take.ended_by),
    ]
