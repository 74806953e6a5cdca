"""How a webhook request leaves: over HTTP, or straight into a WSGI application in the same process."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from werkzeug.test import Client

from simulator.signing import Form

CONNECT_SECONDS = 5.0  # TWILIO.md 4.2
ANSWER_SECONDS = 15.0
_MAX_REDIRECTS = 10


@dataclass(frozen=True)
class Request:
    """One webhook request, ready to go. `form` is empty for GET."""

    method: str
    url: str
    headers: dict[str, str]
    form: Form
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS


@dataclass(frozen=True)
class Answer:
    """What came back. `failure` is empty, `connect` or `timeout`; `seconds` is how long it took."""

    status: int = 0
    content_type: str = ""
    body: bytes = b""
    failure: str = ""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """True for an answer of 200 to 299."""
        return not self.failure and 200 <= self.status < 300


Transport = Callable[[Request], Answer]


class HttpTransport:
    """Real HTTP with Twilio's time limits."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.max_redirects = _MAX_REDIRECTS
        adapter = requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=32)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __call__(self, request: Request) -> Answer:
        """Send one request and wait for its answer."""
        began = time.monotonic()
        try:
            response = self._session.request(
                request.method,
                request.url,
                data=request.form or None,
                headers=request.headers,
                timeout=(request.connect_seconds, request.answer_seconds),
            )
        except requests.exceptions.ReadTimeout:
            return Answer(failure="timeout", seconds=request.answer_seconds)
        except requests.exceptions.RequestException:
            return Answer(failure="connect", seconds=time.monotonic() - began)
        finally:
            self._session.cookies.clear()
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status_code, kind, response.content, "", time.monotonic() - began)


class WsgiTransport:
    """Calls a WSGI application of this process: no network, no threads, for tests in virtual time."""

    def __init__(self, app: Any, seconds: float = 0.0) -> None:
        self._client = Client(app, use_cookies=False)
        self._seconds = seconds

    def __call__(self, request: Request) -> Answer:
        """Run the application on one request."""
        parts = urlsplit(request.url)
        response = self._client.open(
            parts.path or "/",
            base_url=f"{parts.scheme}://{parts.netloc}",
            query_string=parts.query,
            method=request.method,
            headers=request.headers,
            data=_grouped(request.form) if request.method == "POST" else None,
        )
        answer = Answer(response.status_code, response.content_type or "", response.get_data(), "", self._seconds)
        response.close()
        return answer


def _grouped(form: Form) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in form:
        grouped.setdefault(name, []).append(value)
    return grouped


def query_of(url: str) -> dict[str, str]:
    """The query of a URL as a mapping."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
