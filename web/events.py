"""Live events for open pages: a process of its own on gevent that tells which contacts changed, and nothing else."""

import random
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import gevent
import redis
import structlog
from flask import Flask, Response, abort, request, stream_with_context
from gevent.queue import Empty, Full, Queue

from config.logs import configure_logging
from config.settings import Settings, load_settings
from web import live_pass

CHANNEL = "live"  # workers.relay publishes a contact's id here after each commit that changed it
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = (480.0, 600.0)  # then the page connects again and shows a fresh pass, not all pages at once
QUEUE_LENGTH = 200  # ids that wait for one slow page; past it the page is told to ask for everything
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Fan:
    """One subscription at Redis, handed on to every open page."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._pages: set[Queue[str]] = set()

    def join(self) -> "Queue[str]":
        """A queue of ids for one page."""
        page: Queue[str] = Queue(QUEUE_LENGTH)
        self._pages.add(page)
        return page

    def leave(self, page: "Queue[str]") -> None:
        """The page is gone."""
        self._pages.discard(page)

    def tell(self, contact_id: str) -> None:
        """Hand an id to every page; a page that does not keep up loses the ids and is told to catch up."""
        for page in self._pages:
            try:
                page.put_nowait(contact_id)
            except Full:
                while not page.empty():
                    page.get_nowait()
                page.put_nowait("")

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
            self.tell("")
            while True:
                message = channel.get_message(timeout=PATIENCE_SECONDS)
                if message is not None:
                    self.tell(message["data"].decode())


def create_events_app(settings: Settings | None = None) -> Flask:
    """The application of the events process, a composition root: it needs Redis and the secret, no database."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    secret_key = settings.secret_key
    app = Flask(__name__, static_folder=None)
    fan = Fan(settings.redis_url)
    app.extensions["fan"] = fan
    app.extensions["listener"] = gevent.spawn(fan.run)

    @app.get("/events")
    def events() -> Response:
        """A stream of `contact` events whose data is a contact's id, or nothing: then everything may have changed."""
        if not live_pass.holds(secret_key, request.cookies.get(live_pass.cookie_of(settings))):
            abort(401)
        return _stream(fan, request.headers.get("Origin"), request.host)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def _stream(fan: Fan, origin: str | None, host: str) -> Response:
    response = Response(stream_with_context(_lines(fan)), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    # In development the page is on another port of the same host; nobody else may read the stream.
    if origin and urlsplit(origin).hostname == host.partition(":")[0]:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin"
    return response


def _lines(fan: Fan) -> Iterator[str]:
    page = fan.join()
    ends = time.monotonic() + random.uniform(*STREAM_SECONDS)  # noqa: S311 - spreads load, hides nothing
    try:
        yield "event: contact\ndata:\n\n"
        while time.monotonic() < ends:
            try:
                yield f"event: contact\ndata: {page.get(timeout=HEARTBEAT_SECONDS)}\n\n"
            except Empty:
                yield ": still here\n\n"
    finally:
        fan.leave(page)
