"""Takes telephone numbers, names, words and secrets out of whatever is about to be logged."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
MIN_PHONE_DIGITS = 7

_KEPT = r"(?P<kept>\b[A-Z]{2}[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|" + (
    r"\b20\d\d-[01]\d-[0-3]\d(?:[T ][\d:.,]+)?(?![\d-]))"
)
_NUMBER = rf"(?P<number>\+?\d(?:[\s().\-‐-―/_·]{{0,3}}\d){{{MIN_PHONE_DIGITS - 1},}})"
_NUMBERS = re.compile(f"{_KEPT}|{_NUMBER}")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|“[^”]*”|‘[^’]*’")
_DATABASE_DETAILS = re.compile(r"(\[parameters: |DETAIL: |CONTEXT: ).*", re.DOTALL)

_PRIVATE_WORDS = frozenset(
    {
        *("body", "text", "words", "message", "transcript", "speech", "note", "notes", "answer", "digits"),
        *("name", "names", "phone", "phones", "number", "numbers", "from", "to", "caller", "called", "email"),
        *("address", "zip", "city", "city_name", "birth", "dob", "recording"),
        *("token", "secret", "password", "passwd", "key", "keys", "authorization", "cookie", "signature", "session"),
        *("params", "parameters", "form", "args", "kwargs", "json", "data", "url", "query"),
    }
)
_OUR_OWN_NAMES = frozenset({"task_name", "queue_name", "process_name", "logger_name", "routing_key"})
_NEVER_A_PHONE = re.compile(r"(^|_)(id|ids|sid|ms|seconds|bytes|count|rows|pid|port|line|lineno|version)$")
_WORD_EDGE = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


def redact(text: str) -> str:
    """`text` without telephone numbers (seven digits or more, however spaced), e-mail addresses and credentials.

    Twilio ids, UUIDs and ISO dates stay readable.
    """
    text = _EMAIL.sub(HIDDEN, _CREDENTIALS.sub(f"{HIDDEN}@", text))
    return _NUMBERS.sub(lambda found: found["kept"] or HIDDEN, text)


def redact_exception_message(text: str) -> str:
    """`redact`, and also without anything quoted and without a database's parameters and details."""
    return redact(_QUOTED.sub(HIDDEN, _DATABASE_DETAILS.sub(HIDDEN, text)))


def is_private_key(key: str) -> bool:
    """Whether a log field of this name holds something of a person, or a secret."""
    if key.lower() in _OUR_OWN_NAMES:
        return False
    words = {word.lower() for word in _WORD_EDGE.split(key)}
    last_words = {"id", "ids", "sid", "count", "ms", "seconds", "length", "kind", "status", "hash"}
    if words & last_words and _NEVER_A_PHONE.search(key.lower()):
        return False
    return bool(words & _PRIVATE_WORDS)


def redact_value(key: str, value: Any) -> Any:
    """`value` as it may be logged under `key`; containers are walked, other objects become redacted text."""
    if value is None or isinstance(value, bool | float):
        return value
    if is_private_key(key):
        return HIDDEN
    if isinstance(value, int):
        return value if _NEVER_A_PHONE.search(key.lower()) or abs(value) < 10 ** (MIN_PHONE_DIGITS - 1) else HIDDEN
    if isinstance(value, Mapping):
        return {redact(str(inner)): redact_value(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(key, item) for item in value]
    return redact(value if isinstance(value, str) else str(value))
