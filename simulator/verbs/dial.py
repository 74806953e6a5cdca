"""Dial: numbers, a conference or a queue, and what comes after."""

from collections.abc import Generator
from xml.etree.ElementTree import Element

from simulator import bridging
from simulator.attributes import action, flag, number, with_form
from simulator.calls import Call
from simulator.placing import EXTRA_SECONDS
from simulator.queues import Member
from simulator.running import Goto, tell_and_forget, verb
from simulator.script import KEY, LOOK, TIMEOUT, HungUp, Redirected, Signal, Wait, listen
from simulator.twiml import BAD_ATTRIBUTE, Document
from simulator.verbs import callee, seats
from simulator.verbs.callee import Attempt

_RING_SECONDS = 30.0
_LONGEST_TALK = 4 * 3600.0
_MOST_NOUNS = 10
_RINGBACK = "ringing …"

Form = list[tuple[str, str]]
Result = Generator[Wait, Signal, None]


@verb("Dial")
def dial(call: Call, element: Element, document: Document) -> Generator[Wait, Signal, Goto | None]:
    """With an action its document follows; without, the next verb."""
    following = action(element, document)
    attempt = Attempt(call, element, document)
    try:
        yield from _connect(attempt)
    except HungUp:
        _caller_left(attempt, following)
        raise
    except Redirected:
        if following and call.exchange.settings.switches.dial_action_after_redirect:
            tell_and_forget(call, with_form(following, attempt.form()))
        raise
    finally:
        bridging.part(call)
        attempt.release()
    return following and with_form(following, attempt.form())


def _caller_left(attempt: Attempt, following: Goto | None) -> None:
    when = attempt.call.exchange.settings.switches.dial_action_after_hangup
    attempt.caller_left()
    if following and (when == "always" or (when == "if_bridged" and attempt.connected)):
        tell_and_forget(attempt.call, with_form(following, attempt.form()))


def _connect(attempt: Attempt) -> Result:
    nouns = list(attempt.element)
    conference = next((noun for noun in nouns if noun.tag == "Conference"), None)
    queue = next((noun for noun in nouns if noun.tag == "Queue"), None)
    if conference is not None:
        yield from seats.sit(attempt, conference)
    elif queue is not None:
        yield from _dial_queue(attempt, queue)
    else:
        yield from _dial_numbers(attempt)


def _dial_numbers(attempt: Attempt) -> Result:
    call, element = attempt.call, attempt.element
    nouns = [noun for noun in element if noun.tag == "Number"]
    if not nouns and (element.text or "").strip():
        plain = Element("Number")
        plain.text = element.text
        nouns = [plain]
    if not nouns or len(nouns) > _MOST_NOUNS:
        call.exchange.journal.warn(BAD_ATTRIBUTE, f"<Dial> has {len(nouns)} numbers.", call=call.sid)
        return
    timeout = number(call, element, "timeout", _RING_SECONDS) + EXTRA_SECONDS
    call.hear(_RINGBACK, "sound")
    rounds = [[noun] for noun in nouns] if flag(element, "sequential") else [nouns]
    for together in rounds:
        attempt.children += callee.ring(attempt, together, timeout)
        winner = yield from _winner(attempt)
        callee.cancel_others(attempt, winner)
        if winner is not None:
            yield from _talk(attempt, winner)
            return


def _winner(attempt: Attempt) -> Generator[Wait, Signal, Call | None]:
    """Wait for the first callee that takes the call."""
    by_pickup = attempt.call.exchange.settings.switches.simultaneous_ring_won_by == "pickup"
    while True:
        accepted = next((child for child in attempt.children if child.accepted and not child.over), None)
        if accepted is not None:
            return accepted
        answered = next((child for child in attempt.children if child.answered and not child.over), None)
        if by_pickup and answered is not None:
            callee.cancel_others(attempt, answered)
        if all(child.over for child in attempt.children):
            return None
        yield listen(LOOK)  # each leg gives up by itself


def _talk(attempt: Attempt, winner: Call) -> Result:
    """Until one side leaves, presses `*` where that ends it, or time is up."""
    call, element = attempt.call, attempt.element
    call.answer()
    attempt.bridge(winner)
    keys = (KEY,) if flag(element, "hangupOnStar") else ()
    end = call.exchange.engine.now + number(call, element, "timeLimit", _LONGEST_TALK)
    while call.partner is winner and not winner.over:
        signal = yield listen(LOOK, *keys, seconds=end - call.exchange.engine.now)
        if signal.name == TIMEOUT or signal.value == "*":
            break
    attempt.end_talk()


def _dial_queue(attempt: Attempt, noun: Element) -> Result:
    """Take the first waiting call; an empty queue is waited for, an unknown one fails."""
    call = attempt.call
    queue = call.exchange.queue_named((noun.text or "").strip(), create=False)
    if queue is None:
        attempt.status = "failed"
        return
    whisper = action(noun, attempt.document, "url")
    deadline = call.exchange.engine.now + number(call, attempt.element, "timeout", _RING_SECONDS) + EXTRA_SECONDS
    queue.dialers.append(call)
    member: Member | None = None
    try:
        while call.partner is None:
            if member is None or member.gone:
                member = queue.take(call, whisper)
            left = None if member else deadline - call.exchange.engine.now
            signal = yield listen(LOOK, seconds=left)
            if signal.name == TIMEOUT:
                attempt.status = "no-answer"
                return
    finally:
        queue.dialers.remove(call)
    yield from _stay(attempt, call.partner)


def _stay(attempt: Attempt, other: Call) -> Result:
    """Talk with whom the queue gave, until one side leaves."""
    attempt.connected, attempt.other, attempt.status = True, other, "completed"
    while attempt.call.partner is other and not other.over:
        yield listen(LOOK)
