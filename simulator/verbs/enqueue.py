"""Enqueue: wait in a queue with a looping document, until dialled, redirected, or left."""

from collections.abc import Generator
from xml.etree.ElementTree import Element

from simulator import bridging
from simulator.attributes import action, number, with_form
from simulator.calls import Call
from simulator.queues import DEFAULT_SIZE, LONGEST_NAME, Member
from simulator.running import WAIT_VERBS, Goto, play, tell_and_forget, verb
from simulator.script import LOOK, Dequeued, HungUp, Left, Redirected, Signal, Wait, listen
from simulator.twiml import BAD_ATTRIBUTE, Broken, Document

_SHORTEST_ROUND = 1.0  # seconds; an empty wait document is not asked for more often
_MUSIC = "♪ hold music"

Result = Generator[Wait, Signal, str]


@verb("Enqueue")
def enqueue(call: Call, element: Element, document: Document) -> Generator[Wait, Signal, Goto | None]:
    """The action comes at once on Leave and redirect, and after a bridge only when the parties disconnect."""
    following = action(element, document)
    waiting = action(element, document, "waitUrl")
    queue = call.exchange.queue_named(_name(call, element), create=True)
    if queue is None or len(queue.members) >= number(call, element, "maxQueueSize", queue.size or DEFAULT_SIZE):
        return following and with_form(following, [("QueueResult", "queue-full")])
    member = queue.add(call)
    try:
        result = yield from _wait(call, member, waiting)
        form = _form(member, result)
    except HungUp:
        _tell(call, following, _form(member, "hangup" if call.partner is None else "bridged"))
        raise
    except Redirected as redirected:
        result = redirected.queue_result if call.partner is None else "redirected-from-bridged"
        _tell(call, following, _form(member, result))
        raise
    finally:
        bridging.part(call)
        queue.forget(member)
    return following and with_form(following, form)


def _name(call: Call, element: Element) -> str:
    name = (element.text or "").strip()
    if not name or len(name) > LONGEST_NAME:
        call.exchange.journal.warn(BAD_ATTRIBUTE, f"The queue name {name!r} is empty or too long.", call=call.sid)
    return name[:LONGEST_NAME]


def _form(member: Member, result: str) -> list[tuple[str, str]]:
    return [("QueueResult", result), ("QueueSid", member.queue.sid), ("QueueTime", str(member.waited))]


def _tell(call: Call, following: Goto | None, form: list[tuple[str, str]]) -> None:
    """The call goes elsewhere: the action is requested, its answer is not followed."""
    if following is not None:
        tell_and_forget(call, with_form(following, form))


def _wait(call: Call, member: Member, waiting: Goto | None) -> Result:
    """Until somebody dials the queue or the wait document leaves; returns the QueueResult."""
    try:
        while True:
            yield from _round(call, member, waiting)
    except Left:
        return "leave"
    except Dequeued as dequeued:
        taken = dequeued
    member.queue.remove(member)
    return (yield from _talk(call, taken))


def _round(call: Call, member: Member, waiting: Goto | None) -> Generator[Wait, Signal, None]:
    """Play the wait document once."""
    began = call.exchange.engine.now
    if waiting is None:
        call.hear(_MUSIC, "sound")
        yield listen()
        return
    queue = member.queue
    form = [
        ("QueuePosition", str(member.position)),
        ("QueueSid", queue.sid),
        ("QueueTime", str(member.waited)),
        ("AvgQueueTime", str(queue.average_wait)),
        ("CurrentQueueSize", str(len(queue.members))),
        ("MaxQueueSize", str(queue.size)),
    ]
    try:
        yield from play(call, with_form(waiting, form), WAIT_VERBS)
    except Broken as broken:
        if call.exchange.settings.switches.wait_failure == "fallback":
            raise
        call.exchange.journal.error(broken.code, str(broken), call=call.sid)
        yield listen()
    left = began + _SHORTEST_ROUND - call.exchange.engine.now
    if left > 0:
        yield listen(seconds=left)


def _talk(call: Call, taken: Dequeued) -> Result:
    """Hear the whisper, then talk with the dialer until one side leaves."""
    if taken.whisper is not None:
        form = [("QueueSid", taken.queue_sid), ("QueueTime", str(taken.waited)), ("DequeingCallSid", taken.dialer.sid)]
        yield from play(call, with_form(taken.whisper, form))
    if taken.dialer.over:
        return "error"
    dialer: Call = taken.dialer
    bridging.bridge(call, dialer)
    while call.partner is dialer and not dialer.over:
        yield listen(LOOK)
    return "bridged"
