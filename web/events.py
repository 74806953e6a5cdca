"""Live events for open pages: a process of its own on gevent that tells which contacts changed, and nothing else."""

import errno
import os
import random
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import gevent
import redis
import structlog
from flask import Flask, Response, abort, request
from gevent.event import Event

from config.logs import configure_logging
from config.settings import Settings, load_settings
from web import live_pass

CHANNEL = "live"  # workers.publish hands on the id of a contact or counselor after each commit that changed them
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = (480.0, 600.0)  # then the page connects again and shows a fresh pass, not all pages at once
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Page:
    """One open stream. What is told is written straight to its socket: waking a greenlet each costs five times that."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._socket = environ["gunicorn.socket"].fileno()
        self.in_chunks = environ["SERVER_PROTOCOL"] != "HTTP/1.0"  # as gunicorn answers: some proxies still ask so
        self.over = Event()
        self.lost = False

    def write(self, line: bytes) -> None:
        """Hand a line to the socket, never waiting: a page that does not keep up, or is gone, is let go.

        It connects again by itself, and catches up.
        """
        if self.lost:
            return
        try:
            self.lost = os.write(self._socket, line) < len(line)
        except OSError:
            self.lost = True
        if self.lost:
            self.over.set()


class Fan:
    """One subscription at Redis, handed on to every open page."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._pages: set[Page] = set()

    def join(self, page: Page) -> None:
        """From now on the page is told; first that everything may have changed while it was not."""
        self._pages.add(page)
        _write([page], _changed([""]))

    def leave(self, page: Page) -> None:
        """The page is gone."""
        self._pages.discard(page)

    def tell(self, ids: Iterable[str]) -> None:
        """Tell every page which contacts (or counselors) changed; an empty id: any of them."""
        _write(self._pages, _changed(ids))

    def beat(self) -> None:
        """Tell for ever how many pages are open, so that they spread what they ask for; it keeps streams alive too."""
        while True:
            gevent.sleep(HEARTBEAT_SECONDS)
            _write(self._pages, b"event: pages\ndata: %d\n\n" % len(self._pages))

    def run(self) -> None:
        """Listen for ever; when Redis was away, tell every page to catch up, as ids may have been missed."""
        while True:
            try:
                self._listen()
            except redis.RedisError:
                log.warning("live_channel_lost")
            gevent.sleep(RETRY_SECONDS)

    def _listen(self) -> None:
        with redis.Redis.from_url(self._redis_url, health_check_interval=PATIENCE_SECONDS) as client:
            channel = client.pubsub(ignore_subscribe_messages=True)
            channel.subscribe(CHANNEL)
            self.tell([""])
            while True:
                # What came while the last was told goes out together, each contact once.
                ids: dict[str, None] = {}
                while message := channel.get_message(timeout=0 if ids else PATIENCE_SECONDS):
                    ids[message["data"].decode()] = None
                if ids:
                    self.tell(ids)


def _changed(ids: Iterable[str]) -> bytes:
    return "".join(f"event: contact\ndata: {each}\n\n" for each in ids).encode()


def _write(pages: Iterable[Page], line: bytes) -> None:
    """The same bytes to every page; nothing here waits, so no page leaves meanwhile."""
    chunk = b"%X\r\n%b\r\n" % (len(line), line)
    for page in pages:
        page.write(chunk if page.in_chunks else line)


def create_events_app(settings: Settings | None = None) -> Flask:
    """The application of the events process, a composition root: it needs Redis and the secret, no database."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    secret_key = settings.secret_key
    app = Flask(__name__, static_folder=None)
    fan = Fan(settings.redis_url)
    app.extensions["fan"] = fan
    app.extensions["tellers"] = [gevent.spawn(fan.run), gevent.spawn(fan.beat)]

    @app.get("/events")
    def events() -> Response:
        """A stream of `contact` events whose data is an id, or nothing: then everything may have changed."""
        if not live_pass.holds(secret_key, request.cookies.get(live_pass.cookie_of(settings))):
            abort(401)
        return _stream(fan, request.headers.get("Origin"), request.host)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def _stream(fan: Fan, origin: str | None, host: str) -> Response:
    response = Response(lines(fan, Page(request.environ)), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    # In development the page is on another port of the same host; nobody else may read the stream.
    if origin and urlsplit(origin).hostname == host.partition(":")[0]:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin"
    return response


def lines(fan: Fan, page: Page) -> Iterator[bytes]:
    """The stream as gunicorn is handed it: one word, then nothing until it ends; the fan writes to the socket."""
    yield b": hello\n\n"  # gunicorn writes it behind the head; from then on only the fan writes
    fan.join(page)
    try:
        page.over.wait(random.uniform(*STREAM_SECONDS))  # noqa: S311 - spreads load, hides nothing
    finally:
        fan.leave(page)
    if page.lost:  # nothing must follow a line that was cut short: gunicorn closes the connection
        raise BrokenPipeError(errno.EPIPE, "a page did not keep up")
