"""Structlog as JSON lines on stderr, with a correlation id; numbers, names and message text redacted."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from config.redaction import redact, redact_exception_message, redact_value

Event = MutableMapping[str, Any]
# A line for every request, query or tick; shown with LOG_LEVEL=DEBUG only.
_TALKATIVE = (
    *("werkzeug", "twilio.http_client", "kombu", "alembic", "faker", "urllib3"),
    *("celery.worker.strategy", "celery.worker.request", "celery.app.trace", "celery.beat"),
)
# Messages of these quote names of the code, not words of a person.
_ABOUT_THE_CODE = (ImportError, NameError, AttributeError, TypeError)
_MAX_CORRELATION_LENGTH = 64
_MAX_FRAMES = 12
_MAX_CHAIN = 5


def bind_correlation(correlation_id: str) -> None:
    """Put `correlation_id` on every line that this request, task or thread logs from here on."""
    safe = "".join(character for character in correlation_id if character.isalnum() or character == "-")
    structlog.contextvars.bind_contextvars(correlation_id=redact(safe[:_MAX_CORRELATION_LENGTH]))


def current_correlation() -> str:
    """The bound correlation id, or an empty string: what goes into an outbox row."""
    return str(structlog.contextvars.get_contextvars().get("correlation_id", ""))


def clear_correlation() -> None:
    """Forget the correlation id: at the end of a request or task."""
    structlog.contextvars.unbind_contextvars("correlation_id")


def describe_exception(error: BaseException) -> list[dict[str, Any]]:
    """The chain of exceptions, outermost first: type, redacted message and the places in the code, no source lines."""
    described: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(described) < _MAX_CHAIN:
        frames = traceback.extract_tb(current.__traceback__)[-_MAX_FRAMES:]
        described.append(
            {
                "type": type(current).__name__,
                "said": said_by(current),
                "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return described


def said_by(error: BaseException) -> str:
    """An exception's message as it may be logged."""
    return (redact if isinstance(error, _ABOUT_THE_CODE) else redact_exception_message)(str(error))


def _exception_of(event: Event) -> BaseException | None:
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return error if isinstance(error, BaseException) else None


def redact_event(_logger: object, _method: str, event: Event) -> Event:
    """The processor that nothing passes by: values redacted, the exception described, its text cut from the line."""
    error = _exception_of(event)
    said = str(event.pop("event", ""))
    for name in ("exception", "stack_info", "stack"):
        event.pop(name, None)  # text that another processor rendered, source lines and messages included
    clean: Event = {redact(key): redact_value(key, value) for key, value in event.items() if not key.startswith("_")}
    if error is not None:
        for text in sorted({repr(error), str(error)} - {""}, key=len, reverse=True):
            said = said.replace(text, said_by(error))
        clean["errors"] = describe_exception(error)
    return {"event": redact(said), **clean}


def _with_origin(_logger: object, _method: str, event: Event) -> Event:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger"] = record.name
    return event


_STAMPS: tuple[structlog.types.Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """The one formatter, for structlog's and for everybody else's records (gunicorn's own configuration names it)."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars],
        processors=[_with_origin, redact_event, *_STAMPS, structlog.processors.JSONRenderer(sort_keys=False)],
    )


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers through the redacting JSON formatter. May be called again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    plain = [other for other in root.handlers if type(other) is logging.StreamHandler]  # ours, or a library's default
    for other in plain:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
