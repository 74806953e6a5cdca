"""The called side of a Dial: one child call a number, with its whisper, and the state of the attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from simulator import bridging
from simulator.attributes import action, words
from simulator.calls import Call, Callbacks
from simulator.placing import Detection, Order, place
from simulator.running import WHISPER_VERBS, Goto, life, play
from simulator.script import Redirected, Steps, listen
from simulator.twiml import Broken, Document

_BAD_CALLER_ID = 13214
_WORST_LAST = ("failed", "canceled", "busy", "no-answer")  # the later one describes a mixed result


@dataclass(eq=False)
class Attempt:
    """One running `<Dial>`: `status` is the DialCallStatus to be, `other` the call that was talked with."""

    call: Call
    element: Element
    document: Document
    children: list[Call] = field(default_factory=list)
    status: str = ""
    connected: bool = False
    other: Call | None = None
    _began: float = 0.0
    _ended: float | None = None

    def bridge(self, winner: Call) -> None:
        """The conversation begins."""
        self.connected, self.other = True, winner
        self.status = "completed"
        self._began = self.call.exchange.engine.now
        bridging.bridge(self.call, winner)

    def end_talk(self) -> None:
        """The conversation ends; the callee is let go."""
        self._ended = self.call.exchange.engine.now
        bridging.part(self.call)

    def caller_left(self) -> None:
        """The caller hung up: what that makes of the attempt."""
        self._ended = self.call.exchange.engine.now
        self.status = self.status or "canceled"

    def release(self) -> None:
        """Let go of every child that is still there, save one that was redirected to TwiML of its own."""
        for child in self.children:
            if not child.over and child.parent_waits:
                child.finish("completed" if child.answered else "canceled")

    def form(self) -> list[tuple[str, str]]:
        """The parameters of the action."""
        bridged = "true" if self.connected else "false"
        form = [("DialCallStatus", self.status or self._outcome()), ("DialBridged", bridged)]
        if self.other is not None:
            duration = round((self._ended or self.call.exchange.engine.now) - self._began) if self._began else 0
            form += [("DialCallSid", self.other.sid), ("DialCallDuration", str(duration))]
        elif self.children:
            form.append(("DialCallSid", self.children[-1].sid))
        return form

    def _outcome(self) -> str:
        """When nobody was connected."""
        if any(child.answered for child in self.children):
            return self.call.exchange.settings.switches.declined_whisper_status
        statuses = [child.status for child in self.children if child.over]
        return max(statuses, key=_WORST_LAST.index, default="failed")


def ring(attempt: Attempt, nouns: list[Element], timeout: float) -> list[Call]:
    """Place one child call a noun, at once: `<Dial>` is not limited in calls a second."""
    call = attempt.call
    caller_id = attempt.element.get("callerId") or call.number_shown
    if not call.exchange.may_show(caller_id, call):
        text = f"<Dial> cannot show {caller_id!r}: it is neither a number of the account nor the caller's."
        call.exchange.journal.error(_BAD_CALLER_ID, text, call=call.sid)
        return []
    return [_place(attempt, noun, caller_id, timeout) for noun in nouns]


def _place(attempt: Attempt, noun: Element, caller_id: str, timeout: float) -> Call:
    document = attempt.document
    whisper = action(noun, document, "url")
    status = action(noun, document, "statusCallback")
    events = words(noun, "statusCallbackEvent") or frozenset({"completed"})
    detected = action(noun, document, "amdStatusCallback")
    order = Order(
        direction="outbound-dial",
        from_=caller_id,
        to=(noun.text or "").strip(),
        begin=lambda child: child.run(_answered(attempt, child, whisper)),
        timeout=timeout,
        callbacks=Callbacks(status.url, status.method, events) if status else Callbacks(),
        detection=Detection(noun.get("machineDetection", ""), False, detected.url if detected else ""),
        parent=attempt.call,
        digits=noun.get("sendDigits", ""),
    )
    return place(attempt.call.exchange, order)


def _answered(attempt: Attempt, child: Call, whisper: Goto | None) -> Steps:
    """What the callee goes through: the whisper, then the conversation; a REST redirect takes it out of both."""
    try:
        if whisper is not None:
            yield from play(child, whisper, WHISPER_VERBS)
        child.accepted = True
        attempt.call.look()
        while True:
            yield listen()
    except Redirected as redirected:
        child.parent_waits = False
        bridging.part(child)
        child.accepted = False
        attempt.call.look()
        yield from life(child, redirected.target)
    except Broken as broken:
        child.exchange.journal.error(broken.code, str(broken), call=child.sid)
        child.finish("completed")


def cancel_others(attempt: Attempt, winner: Call | None) -> None:
    """Stop the legs that did not win."""
    status = attempt.call.exchange.settings.switches.cancelled_leg_status if winner else "no-answer"
    for child in attempt.children:
        if child is not winner and not child.over and child.parent_waits:
            child.finish("completed" if child.answered else status)
