"""Queue names, Celery settings and the beat schedule (docs/decisions.md, "Reliability")."""

from typing import Any, Final

from kombu import Queue  # type: ignore[attr-defined]

from config.settings import Settings

CALLS: Final = "calls"
TEXTS: Final = "texts"
RETRIES: Final = "retries"
FOLLOW_UPS: Final = "follow_ups"
HOUSEKEEPING: Final = "housekeeping"
QUEUES: Final = (CALLS, TEXTS, RETRIES, FOLLOW_UPS, HOUSEKEEPING)

RELAY_SWEEP: Final = "workers.relay.sweep"
CALLS_SWEEP: Final = "workers.calls.sweep"
CALLS_DIAL: Final = "workers.calls.dial"
CALLS_RECONCILE: Final = "workers.calls.reconcile"
TEXTS_SWEEP: Final = "workers.texts.sweep"
TEXTS_IN_LINE: Final = "workers.texts.send_in_line"
FOLLOW_UPS_SWEEP: Final = "workers.follow_ups.sweep"
ALARMS_SWEEP: Final = "workers.housekeeping.alarms_again"
HOUSEKEEPING_SWEEP: Final = "workers.housekeeping.sweep"
VOICEMAILS_SWEEP: Final = "workers.housekeeping.voicemails_home"
SHIFTS_SWEEP: Final = "workers.housekeeping.shifts"
RETENTION_SWEEP: Final = "workers.housekeeping.retained"
BEDS_SWEEP: Final = "workers.housekeeping.ask_beds"

# (name in the schedule, task, period in seconds, queue). The relay is swept on both workers' queues, so that
# neither worker's death keeps the other's work unpublished; sweeps skip rows that another one holds.
_SWEEPS: Final = (
    ("relay_for_calls", RELAY_SWEEP, 2.0, CALLS),
    ("relay_for_texts", RELAY_SWEEP, 2.0, RETRIES),
    ("calls", CALLS_SWEEP, 2.0, CALLS),
    ("calls_dial", CALLS_DIAL, 1.0, CALLS),  # the provider's default is one call a second
    ("calls_reconcile", CALLS_RECONCILE, 30.0, CALLS),
    ("texts", TEXTS_SWEEP, 5.0, RETRIES),
    ("texts_in_line", TEXTS_IN_LINE, 1.0, TEXTS),  # the provider's rate is one of texts a second
    ("follow_ups", FOLLOW_UPS_SWEEP, 5.0, FOLLOW_UPS),
    ("housekeeping", HOUSEKEEPING_SWEEP, 60.0, HOUSEKEEPING),
    ("alarms", ALARMS_SWEEP, 30.0, HOUSEKEEPING),
    ("voicemails", VOICEMAILS_SWEEP, 10.0, HOUSEKEEPING),
    ("shifts", SHIFTS_SWEEP, 60.0, HOUSEKEEPING),
    ("retention", RETENTION_SWEEP, 300.0, HOUSEKEEPING),
    ("beds", BEDS_SWEEP, 20.0, HOUSEKEEPING),
)

_ROUTES: Final = {
    "workers.relay.*": {"queue": RETRIES},
    "workers.calls.*": {"queue": CALLS},
    "workers.texts.*": {"queue": TEXTS},
    "workers.follow_ups.*": {"queue": FOLLOW_UPS},
    "workers.housekeeping.*": {"queue": HOUSEKEEPING},
}

WORKER_TIMEOUTS: Final = (2.0, 5.0)  # socket connect, socket read; seconds
WEB_TIMEOUTS: Final = (0.5, 1.0)  # the web's publisher thread, behind its breaker


def beat_schedule() -> dict[str, Any]:
    """Sweeps by name; a tick nobody took within its own period expires, so ticks never pile up."""
    return {
        name: {"task": task, "schedule": period, "options": {"queue": queue, "expires": period}}
        for name, task, period, queue in _SWEEPS
    }


def celery_config(settings: Settings, *, for_web: bool = False) -> dict[str, Any]:
    """Celery's settings for a worker or beat, or (for_web) for the web's publisher, which gives up sooner."""
    connect_seconds, read_seconds = WEB_TIMEOUTS if for_web else WORKER_TIMEOUTS
    return {
        "broker_url": settings.celery_broker_url,
        "result_backend": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        "enable_utc": True,
        "task_queues": [Queue(name) for name in QUEUES],  # type: ignore[no-untyped-call]
        "task_default_queue": RETRIES,
        "task_create_missing_queues": False,
        "task_routes": _ROUTES,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": 45,
        "task_time_limit": 60,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2},
        "worker_prefetch_multiplier": 1,
        # Celery sleeps this long whenever a task is under way, be it a sweep of milliseconds
        "worker_soft_shutdown_timeout": 20.0 if settings.is_production else 3.0,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": 300,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": connect_seconds,
            "socket_timeout": read_seconds,
        },
        "beat_schedule": beat_schedule(),
    }
