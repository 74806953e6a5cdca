"""The life of a call's TwiML: fetch a document, run its verbs, follow it elsewhere, fall back when it fails."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from simulator import twiml
from simulator.calls import Call
from simulator.script import ANSWER, Redirected, Signal, Steps, Wait, listen
from simulator.transport import Answer
from simulator.twiml import Broken, Document
from simulator.webhooks import Hook

RETRIEVAL_FAILED = 11200
CONNECTION_FAILED = 11205
APOLOGY = "We are sorry, an application error has occurred. Goodbye."
_NO_CONTENT = 204
_SILENT_VERBS = frozenset({"Reject", "Redirect", "Pause"})  # as first verbs they do not answer the call

WAIT_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
HOLD_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
WHISPER_VERBS = frozenset({"Play", "Say", "Pause", "Gather", "Hangup", "Redirect"})


@dataclass(frozen=True)
class Goto:
    """A TwiML request to make. `kind` names it for faults and the journal."""

    url: str
    method: str = "POST"
    form: tuple[tuple[str, str], ...] = ()
    kind: str = "voice"


Target = Goto | Document
Handler = Callable[[Call, Element, Document], Generator[Wait, Signal, Goto | None]]
HANDLERS: dict[str, Handler] = {}


def verb(tag: str) -> Callable[[Handler], Handler]:
    """Register the handler of a verb."""

    def register(handler: Handler) -> Handler:
        HANDLERS[tag] = handler
        return handler

    return register


def life(call: Call, first: Target) -> Steps:
    """All that a call does by TwiML, until it ends."""
    target: Target | None = first
    while target is not None:
        try:
            yield from play(call, target)
            call.finish("completed")
            return
        except Redirected as redirected:
            target = redirected.target
        except Broken as broken:
            target = _fall_back(call, broken, target)
    call.hear(APOLOGY)
    call.finish("completed" if call.answered else "failed")


def _fall_back(call: Call, broken: Broken, target: Target) -> Goto | None:
    """Where a failed call goes on: its fallback URL, unless that is what failed."""
    url = broken.url if isinstance(broken, FetchFailed) else ""
    call.exchange.journal.error(broken.code, str(broken), call=call.sid, url=url)
    failed_already = isinstance(target, Goto) and target.kind == "voice-fallback" and url in {"", target.url}
    if not call.fallback.url or failed_already:
        return None
    form = (("ErrorCode", str(broken.code)), ("ErrorUrl", url))
    return Goto(call.fallback.url, call.fallback.method, form, "voice-fallback")


class FetchFailed(Broken):
    """A document that could not be had from `url`."""

    def __init__(self, code: int, text: str, url: str) -> None:
        super().__init__(code, text)
        self.url = url


def play(call: Call, target: Target, allowed: frozenset[str] | None = None) -> Steps:
    """Run a document and all that it leads to, until nothing is left to do."""
    following: Target | None = target
    while following is not None:
        document = following if isinstance(following, Document) else (yield from fetch(call, following))
        _complain(call, document)
        following = yield from run(call, document, allowed)


def fetch(call: Call, goto: Goto) -> Generator[Wait, Signal, Document]:
    """Ask the product for a document. Raises FetchFailed."""
    ticket = object()
    script = call.script
    if script is None:
        raise RuntimeError("a call without a script fetches nothing")
    hook = Hook(goto.kind, goto.url, goto.method, [*call.parameters(), *goto.form])
    call.exchange.webhooks.send(hook, lambda answer: script.tell(ANSWER, (ticket, answer)))
    while True:
        signal = yield listen(ANSWER)
        if signal.value[0] is ticket:  # not the late answer of a request that was broken off
            return _document(goto, signal.value[1])


def _document(goto: Goto, answer: Answer) -> Document:
    if answer.failure:
        raise FetchFailed(CONNECTION_FAILED, f"No answer ({answer.failure}) from {goto.url}.", goto.url)
    if not answer.good:
        raise FetchFailed(RETRIEVAL_FAILED, f"HTTP {answer.status} from {goto.url}.", goto.url)
    if answer.status == _NO_CONTENT:
        document = twiml.empty_document()
        document.url, document.method = goto.url, goto.method
        return document
    try:
        return twiml.parse(answer.body, answer.content_type, goto.url, goto.method)
    except Broken as broken:
        raise FetchFailed(broken.code, f"{broken} ({goto.url})", goto.url) from broken


def _complain(call: Call, document: Document) -> None:
    for text in twiml.warnings(document.root):
        call.exchange.journal.warn(twiml.BAD_ATTRIBUTE, text, call=call.sid, url=document.url)


def run(call: Call, document: Document, allowed: frozenset[str] | None) -> Generator[Wait, Signal, Goto | None]:
    """Run a document's verbs in turn; return where one of them leads, or None at the end."""
    for element in document.root:
        handler = HANDLERS.get(element.tag)
        if handler is None:
            continue  # warned about already
        if allowed is not None and element.tag not in allowed:
            text = f"<{element.tag}> is not allowed in a document of this kind."
            call.exchange.journal.warn(twiml.BAD_ATTRIBUTE, text, call=call.sid, url=document.url)
            continue
        if _answers(element):
            call.answer()
        following = yield from handler(call, element, document)
        if following is not None:
            return following
    call.answer()
    return None


def _answers(element: Element) -> bool:
    if element.tag == "Dial" and element.get("answerOnBridge") == "true":
        return False
    return element.tag not in _SILENT_VERBS


def tell_and_forget(call: Call, goto: Goto) -> None:
    """Request an action URL of a call that is no longer there to follow the answer."""
    call.exchange.webhooks.send(Hook(goto.kind, goto.url, goto.method, [*call.parameters(), *goto.form]))
