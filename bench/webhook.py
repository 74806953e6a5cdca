"""POST /voice/inbound and the wait webhook, complete and signed, against a bare Flask route on the same server.

TARGETS.md, Webhook: one gunicorn worker on one core, 16 keep-alive connections, real PostgreSQL with fsync;
at least 0.20 of the baseline's requests a second.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.load import Load, drive
from bench.rows import Row
from config import defaults
from runtime.embedded import ensure_servers
from runtime.migrate import upgrade
from runtime.processes import wait_until
from telephony.signature import expected
from tests.fixtures.line import answer_of, free_ports

TITLE = "Webhook (requests a second, one core, 16 connections)"
ROUNDS = 5
SECONDS = 3.0
P99_TARGET_MS = 80.0


def _request(path: str, port: int, fields: dict[str, str]) -> bytes:
    signature = expected(
        defaults.TWILIO_AUTH_TOKEN, f"http://127.0.0.1:{port}{path}", {k: [v] for k, v in fields.items()}
    )
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def calls(port: int) -> Iterator[bytes]:
    """New calls, each with its own id and one of a thousand numbers."""
    for count in itertools.count():
        number = f"+1617555{count % 10000:04d}"
        fields = {
            "CallSid": f"CA{uuid.uuid4().hex}",
            "AccountSid": defaults.TWILIO_ACCOUNT_SID,
            "From": number,
            "To": defaults.HELPLINE_NUMBER,
            "CallStatus": "ringing",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }
        yield _request("/voice/inbound", port, fields)


def _serve(stack: ExitStack, app: str, port: int, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1", app]
    if sys.platform == "linux":
        command = ["taskset", "-c", "0", *command]
    process = subprocess.Popen(command, env=env | {"PORT": str(port)}, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)


def _ready(port: int) -> bool:
    return bool(answer_of(f"http://127.0.0.1:{port}/healthz"))


def run() -> list[Row]:
    """Rounds of ours and the baseline, interleaved; medians."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(ensure_servers(folder / "servers", throwaway=True))
        upgrade(servers.database_url)
        ours_port, bare_port = free_ports(2)
        env = os.environ | {
            "APP_ENV": "development",
            "CHALLENGE_ABOVE_CALLS_A_MINUTE": "0",  # the calls of a bench would be taken for a flood
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{ours_port}",
            "LOG_LEVEL": "WARNING",
        }
        _serve(stack, "app:create_app()", ours_port, env)
        _serve(stack, "bench.bare:create_app()", bare_port, env)
        if not wait_until(lambda: _ready(ours_port), 30.0):
            raise RuntimeError("the application did not start; run `make run` to see why")
        wait_until(lambda: bool(answer_of(f"http://127.0.0.1:{bare_port}/voice/inbound")) or True, 2.0)
        return _measure(ours_port, bare_port)


def _measure(ours_port: int, bare_port: int) -> list[Row]:
    new, bare = calls(ours_port), itertools.repeat(_request("/voice/inbound", bare_port, {"CallSid": "CA1"}))
    drive("127.0.0.1", ours_port, new, 1.0)  # connections, plans and caches warm
    drive("127.0.0.1", bare_port, bare, 1.0)
    ours: list[Load] = []
    theirs: list[Load] = []
    for _ in range(ROUNDS):
        theirs.append(drive("127.0.0.1", bare_port, bare, SECONDS))
        ours.append(drive("127.0.0.1", ours_port, new, SECONDS))
    failures = sum(load.failures for load in ours)
    if failures:
        raise RuntimeError(f"{failures} webhooks were not answered with 200")
    rate, base = median(load.rate for load in ours), median(load.rate for load in theirs)
    p99 = median(load.percentile(0.99) for load in ours)
    return [
        Row("voice inbound", "requests/s", rate, base, 0.20),
        Row("voice inbound p99 against its limit", "ms", p99, P99_TARGET_MS, 1.0, at_least=False),
    ]
