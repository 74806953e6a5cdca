"""One id on every log line of a request, and on the work that it asks for."""

import uuid

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars


def register(app: Flask) -> None:
    """Bind a correlation id at the start of each request and send it back."""

    @app.before_request
    def bind() -> None:
        clear_contextvars()
        # with dashes: logs hide long runs of digits
        g.correlation = request.headers.get("X-Request-Id", "")[:64] or str(uuid.uuid4())
        bind_contextvars(correlation_id="".join(c for c in g.correlation if c.isalnum() or c == "-"))

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("correlation", "")
        return response
