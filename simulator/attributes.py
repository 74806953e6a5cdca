"""Reads the attributes of a verb, with Twilio's defaults and a warning for what cannot be read."""

from xml.etree.ElementTree import Element

from simulator.calls import Call
from simulator.running import Goto
from simulator.twiml import BAD_ATTRIBUTE, Document


def flag(element: Element, name: str, default: bool = False) -> bool:
    """A true/false attribute."""
    text = element.get(name)
    return default if text is None else text.strip().lower() == "true"


def number(call: Call, element: Element, name: str, default: float) -> float:
    """A number of at least 0; anything else is warned about and replaced by the default."""
    text = element.get(name)
    if text is None:
        return default
    if text.strip().isdigit():
        return float(text)
    call.exchange.journal.warn(BAD_ATTRIBUTE, f"<{element.tag}> cannot read {name}={text!r}.", call=call.sid)
    return default


def words(element: Element, name: str) -> frozenset[str]:
    """A space-separated list."""
    return frozenset((element.get(name) or "").split())


def action(element: Element, document: Document, name: str = "action", kind: str = "voice") -> Goto | None:
    """The request that an attribute such as `action` asks for, or None when it is absent. May raise Broken."""
    address = element.get(name)
    if not address:
        return None
    method = element.get("method" if name in {"action", "url"} else f"{name.removesuffix('Url')}Method")
    if name == "waitUrl":
        method = element.get("waitUrlMethod") or element.get("waitMethod")
    return Goto(document.link(address), (method or "POST").upper(), (), kind)


def with_form(goto: Goto, form: list[tuple[str, str]]) -> Goto:
    """The same request with these parameters added."""
    return Goto(goto.url, goto.method, (*goto.form, *form), goto.kind)
