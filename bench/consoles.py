"""1,000 open pages in the events process: how soon an event is there, what memory it takes, whether calls notice.

The pages are read by a process of their own; its reading is part of the times. Calls come one after the other, up to
five a second (each tells every open page), with the pages open and without, in turns.
"""

import multiprocessing
import os
import re
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import psutil
import redis

from bench.load import Load, drive
from bench.rows import Row
from bench.webhook import calls
from config import defaults
from runtime.embedded import ensure_servers
from runtime.migrate import upgrade
from runtime.processes import wait_until
from tests.fixtures.line import answer_of, free_ports
from web import live_pass
from web.events import CHANNEL

TITLE = "Consoles (1,000 open event streams in a process of their own)"
PAGES = 1_000
TOLD = re.compile(rb"event: contact\ndata: (\d+)\n")
EVENTS, EVERY, LATEST = 25, 0.4, 30.0
ROUNDS, SECONDS, PAUSE = 4, 5.0, 0.2
P99_TARGET_MS = 150.0
PROTOTYPE_MB = 64.0
UNCHANGED = 1.25  # of two medians on a noisy machine
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1"]
GEVENT = ["--worker-class", "gevent", "--worker-connections", "5000", "--graceful-timeout", "1"]


def pages(port: int, cookie: str, pipe: Connection) -> None:
    """A process that opens the streams, says so, and answers each word from the pipe with the times since the last.

    It reads as cheaply as Python can: its work stands beside the server's on the same cores.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (PAGES * 2, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    times: list[float] = []
    with selectors.DefaultSelector() as open_pages:
        for _ in range(PAGES):
            open_pages.register(_open(port, cookie), selectors.EVENT_READ)
        pipe.send(PAGES)
        open_pages.register(pipe, selectors.EVENT_READ)
        while True:
            for page, _ in open_pages.select():
                if page.fileobj is pipe:
                    pipe.recv()
                    pipe.send(times)
                    times.clear()
                    continue
                told = TOLD.findall(os.read(page.fd, 65_536))
                now = time.monotonic_ns()
                times += [(now - int(at)) / 1e6 for at in told]


def _open(port: int, cookie: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    head = line.recv(4_096)
    if b" 200 " not in head[:16]:
        raise RuntimeError("the events process refused a page")
    return line


def run() -> list[Row]:
    """Times of events over all pages; webhooks with and without them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(ensure_servers(folder / "servers", throwaway=True))
        upgrade(servers.database_url)
        web_port, events_port = free_ports(2)
        env = os.environ | {
            "APP_ENV": "development",
            "CHALLENGE_ABOVE_CALLS_A_MINUTE": "0",  # the calls of a bench would be taken for a flood
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{web_port}",
            "LOG_LEVEL": "WARNING",
            "PORT": str(web_port),
        }
        _serve(stack, ["app:create_app()"], env, web_port)
        events = _serve(
            stack, [*GEVENT, "--bind", f"127.0.0.1:{events_port}", "web.events:create_events_app()"], env, events_port
        )
        _calls(web_port)  # warms up
        told: list[float] = []
        with_pages: list[Load] = []
        without: list[Load] = []
        memory = 0.0
        for _ in range(ROUNDS):
            without.append(_calls(web_port))
            with ExitStack() as opened:
                pipe = _open_pages(opened, events_port, web_port)
                told += _tell(pipe, servers.redis_url)
                with_pages.append(_calls(web_port))
                memory = max(memory, _memory(events))
        return _rows(sorted(told), memory, with_pages, without)


def _rows(told: list[float], memory: float, with_pages: list[Load], without: list[Load]) -> list[Row]:
    p50, p99 = (told[int(share * (len(told) - 1))] for share in (0.5, 0.99))
    here, gone = (median(load.percentile(0.5) for load in loads) for loads in (with_pages, without))
    return [
        Row("event p99 against its limit", "ms", p99, P99_TARGET_MS, 1.0, at_least=False),
        Row("event p50 against that limit", "ms", p50, P99_TARGET_MS, None),
        Row("memory of the events process against the prototype", "MB", memory, PROTOTYPE_MB, None),
        Row("voice inbound p50 with the pages open against without", "ms", here, gone, UNCHANGED, at_least=False),
    ]


def _serve(stack: ExitStack, arguments: list[str], env: dict[str, str], port: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([*GUNICORN, *arguments], env=env, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    if not wait_until(lambda: bool(answer_of(f"http://127.0.0.1:{port}/healthz")), 60.0):
        raise RuntimeError("a process did not start; run `make run` to see why")
    return process


def _open_pages(stack: ExitStack, port: int, web_port: int) -> Connection:
    """Open every stream; the pipe to the process that reads them."""
    ours, theirs = multiprocessing.Pipe()
    signed = live_pass.signer(defaults.SECRET_KEY).sign("bench").decode()
    name = f"harborline_live_{web_port}"  # as config.settings names it in development
    process = multiprocessing.get_context("spawn").Process(target=pages, args=(port, f"{name}={signed}", theirs))
    process.start()
    stack.callback(process.join)
    stack.callback(process.terminate)
    if not ours.poll(120) or ours.recv() != PAGES:
        raise RuntimeError("the pages could not be opened")
    return ours


def _tell(pipe: Connection, redis_url: str) -> list[float]:
    """Tell all pages something again and again; milliseconds from the word to each page."""
    with redis.Redis.from_url(redis_url) as client:
        for _ in range(EVENTS):
            client.publish(CHANNEL, str(time.monotonic_ns()))
            time.sleep(EVERY)
    times: list[float] = []

    def all_here() -> bool:
        pipe.send("times")
        times.extend(pipe.recv())
        return len(times) == EVENTS * PAGES

    if not wait_until(all_here, LATEST):
        raise RuntimeError(f"{EVENTS * PAGES - len(times)} events did not arrive within {LATEST:.0f} s")
    return times


def _calls(port: int) -> Load:
    """Calls one after the other, with a pause before each."""
    return drive("127.0.0.1", port, calls(port), SECONDS, connections=1, pause=PAUSE)


def _memory(process: "subprocess.Popen[bytes]") -> float:
    """MB of the worker that holds the streams."""
    workers = psutil.Process(process.pid).children()
    return max(worker.memory_info().rss for worker in workers) / 1e6
