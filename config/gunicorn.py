"""How gunicorn serves the web and the events process; the command line of the Procfile sets what differs."""

import gc
import os
import threading
from typing import Any

_production = os.environ.get("APP_ENV") == "production"
_seconds_of_a_proxy = 75  # a proxy closes idle connections first, so that none is reset under a webhook
_own_level = "INFO" if _production else "WARNING"

bind = f"{'0.0.0.0' if _production else '127.0.0.1'}:{os.environ.get('PORT') or 8000}"  # noqa: S104 - behind a proxy
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or (2 if _production else 1))
threads = 16
keepalive = _seconds_of_a_proxy
timeout = 30
graceful_timeout = 8
control_socket_disable = True
accesslog = None  # a line for each request would put numbers and names from addresses on disk
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"level": os.environ.get("LOG_LEVEL") or "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": _own_level, "handlers": [], "propagate": True, "qualname": "gunicorn.error"},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": False, "qualname": "gunicorn.access"},
    },
}


def post_fork(_server: Any, _worker: Any) -> None:
    """While a worker starts nothing is garbage, and looking for some took a quarter of the start."""
    gc.disable()


def post_worker_init(worker: Any) -> None:
    """Before any request: what is live and what is said. Beside them: the directory is read, the keeper watches."""
    for work in getattr(worker.wsgi, "extensions", {}).get("before_requests", ()):
        work()
    gc.freeze()  # what the start left stays: later collections pass it by
    gc.enable()
    for work in getattr(worker.wsgi, "extensions", {}).get("after_start", ()):
        threading.Thread(target=work, daemon=True).start()
