"""How Twilio signs its webhooks: which URL, which parameters."""

from urllib.parse import SplitResult, urlsplit, urlunsplit

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

Form = list[tuple[str, str]]

SIGNATURE = "X-Twilio-Signature"
IDEMPOTENCY = "I-Twilio-Idempotency-Token"


def requested_url(url: str) -> str:
    """The URL as it goes over the wire: without the fragment, which carries overrides for Twilio only."""
    return urlunsplit(urlsplit(url)._replace(fragment=""))


def signed_url(url: str, voice: bool) -> str:
    """The URL that the signature covers: no user info; over https voice leaves the port out, messaging keeps it."""
    parts = urlsplit(requested_url(url))
    return urlunsplit(parts._replace(netloc=_signed_host(parts, voice)))


def _signed_host(parts: SplitResult, voice: bool) -> str:
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https" and parts.port:
        return host.removesuffix(f":{parts.port}")
    return host


def sign(token: str, url: str, form: Form, voice: bool) -> str:
    """The value of X-Twilio-Signature. A GET has no form: its parameters are in the URL."""
    return str(RequestValidator(token).compute_signature(signed_url(url, voice), MultiDict(form)))
