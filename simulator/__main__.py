"""`python -m simulator`: the Twilio stand-in as a process of its own, on loopback."""

import logging
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator.clock import RealClock
from simulator.exchange import Exchange
from simulator.server import create_app
from simulator.settings import DEFAULT_PORT, from_environment
from simulator.transport import HttpTransport

_REFUSED = 2  # exit status
_HOST = "127.0.0.1"
_LARGEST_PORT = 65535
_STOPS = (signal.SIGTERM, signal.SIGINT)


class _Quiet(WSGIRequestHandler):
    """Keep-alive, no access log: its lines would carry telephone numbers."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)  # in every thread: taken where it is waited for, and only there
    try:
        port = _port()
        exchange = Exchange(from_environment(os.environ), RealClock(), HttpTransport())
        server = _bind(exchange, port)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    numbers = ", ".join(exchange.settings.numbers)
    sys.stdout.write(f"simulator: pretend phones at http://{_HOST}:{port}/ for {numbers}\n")
    sys.stdout.flush()
    _serve(exchange, server)


def _port() -> int:
    if os.environ.get("APP_ENV") == "production":
        raise ValueError("The simulator does not start with APP_ENV=production: it is a pretend telephone network.")
    text = os.environ.get("SIMULATOR_PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or not 0 < int(text) <= _LARGEST_PORT:
        raise ValueError(f"SIMULATOR_PORT is {text!r}; it must be a number from 1 to {_LARGEST_PORT}.")
    return int(text)


def _bind(exchange: Exchange, port: int) -> BaseWSGIServer:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError as error:
        listener.close()
        raise ValueError(f"Port {port} is in use; set SIMULATOR_PORT to a free one.") from error
    listener.listen()
    app = create_app(exchange)
    return make_server(_HOST, port, app, threaded=True, request_handler=_Quiet, fd=listener.detach())


def _serve(exchange: Exchange, server: BaseWSGIServer) -> NoReturn:
    exchange.engine.start()
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    signal.sigwait(_STOPS)
    server.shutdown()
    exchange.engine.stop()
    # Requests of calls that go on are left where they are: waiting for them is waiting for the product, which may be
    # going down too, and a second Ctrl-C meanwhile would end in a traceback.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
