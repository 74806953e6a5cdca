"""Is this request really Twilio's? Fails closed, and works behind a proxy by signing over PUBLIC_BASE_URL only."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

HEADER = "X-Twilio-Signature"
_DEFAULT_PORTS = {"https": 443, "http": 80}


def expected(token: str, url: str, fields: Mapping[str, Iterable[str]]) -> str:
    """Twilio's signature over an address and its POST fields: base64(HMAC-SHA1(token, url + sorted name+values)).

    Values of a repeated name are sorted and counted once, as Twilio's own validator does (TWILIO.md 4.1). By hand
    because the library's validator costs twenty times the CPU on every webhook (TARGETS.md, Webhook).
    """
    words = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.digest(token.encode(), words.encode(), hashlib.sha1)).decode()


def addresses(base: str, path_and_query: str) -> tuple[str, ...]:
    """The spellings of our public address that Twilio may have signed: with and without the port (TWILIO.md 4.1)."""
    parts = urlsplit(base.rstrip("/"))
    host = parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 443)
    spellings = (parts.netloc.rsplit("@", 1)[-1], host, f"{host}:{port}")
    return tuple(
        dict.fromkeys(urlunsplit((parts.scheme, netloc, parts.path, "", "")) + path_and_query for netloc in spellings)
    )


def is_genuine(
    token: str, base: str, path_and_query: str, fields: Mapping[str, Iterable[str]], given: str | None
) -> bool:
    """Whether `given` signs this request under any spelling of our address. Nothing given is not genuine."""
    if not given or not token:
        return False
    candidates = [expected(token, url, fields) for url in addresses(base, path_and_query)]
    return any(hmac.compare_digest(candidate.encode(), given.encode()) for candidate in candidates)
