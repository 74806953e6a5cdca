"""Reads TwiML documents; what Twilio would only warn about is reported as warnings, what ends a call is raised."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from twilio.base.exceptions import TwilioException
from twilio.twiml import TwiML, TwiMLException
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

_LARGEST = 64 * 1024
_XML_TYPES = frozenset({"text/xml", "application/xml", "text/html", "application/xhtml+xml"})
PARSE_FAILURE = 12100
WRONG_ROOT = 12102
BAD_ATTRIBUTE = 12200
BAD_CONTENT_TYPE = 12300
TOO_LARGE = 11750


class Broken(Exception):
    """A document that ends the call, with its code in Twilio's error dictionary."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass
class Document:
    """A parsed document and where it came from; `url` is empty for the REST parameter `twiml`."""

    root: ElementTree.Element
    url: str = ""
    method: str = "POST"

    def link(self, address: str) -> str:
        """An absolute URL for an address in this document. Raises Broken when there is no base to resolve it."""
        full = urljoin(self.url, address)
        if not urlsplit(full).netloc:
            raise Broken(11100, f"The address {address!r} is relative, and the document has no URL of its own.")
        return full


def parse(body: bytes, content_type: str, url: str = "", method: str = "POST") -> Document:
    """A document from a webhook's answer. Raises Broken as Twilio would end the call."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("audio/"):
        return Document(_wrap("Play", url), url, method)
    if kind == "text/plain":
        return Document(_wrap("Say", body.decode(errors="replace")), url, method)
    if kind not in _XML_TYPES:
        raise Broken(BAD_CONTENT_TYPE, f"The content type {content_type!r} is not one that Twilio reads.")
    return Document(_root(body), url, method)


def _root(body: bytes) -> ElementTree.Element:
    if len(body) > _LARGEST:
        raise Broken(TOO_LARGE, "The document is larger than 64 kB.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - the product's own answer, on loopback
    except ElementTree.ParseError as error:
        raise Broken(PARSE_FAILURE, f"The document does not parse: {error}.") from error
    if root.tag != "Response":
        raise Broken(WRONG_ROOT, f"The document begins with <{root.tag}>, not with <Response>.")
    return root


def _wrap(verb: str, text: str) -> ElementTree.Element:
    root = ElementTree.Element("Response")
    ElementTree.SubElement(root, verb).text = text
    return root


def empty_document() -> Document:
    """A document with nothing in it."""
    return Document(ElementTree.Element("Response"))


def warnings(root: ElementTree.Element, messaging: bool = False) -> list[str]:
    """What Twilio's schema would complain about (12200): unknown verbs, nesting, attributes."""
    return list(_complaints(root, _schema(MessagingResponse if messaging else VoiceResponse)))


def _complaints(element: ElementTree.Element, known: "Schema") -> Iterator[str]:
    for child in element:
        entry = known.get(child.tag)
        if entry is None:
            yield f"<{child.tag}> is not known inside <{element.tag}>."
            continue
        for name in child.attrib:
            if name not in entry.attributes and not name.startswith("{"):
                yield f"<{child.tag}> has no attribute {name!r}."
        if child.tag != "Say":  # SSML inside is not ours to judge
            yield from _complaints(child, entry.children)


@dataclass(frozen=True)
class _Known:
    attributes: frozenset[str]
    children: "Schema"


Schema = dict[str, _Known]


@cache
def _schema(kind: type[TwiML]) -> Schema:
    """Verbs and attributes as the official SDK spells them, taken from its methods."""
    return _children(kind())


def _children(parent: TwiML) -> Schema:
    known: Schema = {}
    for name, method in inspect.getmembers(parent, inspect.ismethod):
        if name.startswith("_") or name in {"append", "nest", "to_xml", "xml", "add_text", "add_child", "comment"}:
            continue
        child = _example(method)
        if child is not None and child.name != parent.name:
            inner = {} if child.name == "Say" else _children(child)  # SSML nests without end
            known[child.name] = _Known(frozenset(child.attrs), inner)
    return known


def _example(method: Callable[..., object]) -> TwiML | None:
    """The element that an SDK method makes when every one of its parameters is given."""
    names = [p.name for p in inspect.signature(method).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    try:
        made = method(**dict.fromkeys(names, "en-US"))
    except (TwiMLException, TwilioException, TypeError, AttributeError):
        return None
    return made if isinstance(made, TwiML) else None
