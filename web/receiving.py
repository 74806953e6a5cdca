"""Requests that may bring a large file: a route says where it goes while it comes in, and how large it may be."""

from collections.abc import Callable
from typing import IO, Any

from flask import Request


class HouseRequest(Request):
    """Flask's, save that files go where `receive` says, when it is set; else to a temporary file."""

    receive: Callable[[], IO[bytes]] | None = None

    def _get_file_stream(self, *args: Any, **named: Any) -> IO[bytes]:  # Werkzeug's place for this
        return self.receive() if self.receive is not None else super()._get_file_stream(*args, **named)
