"""Celery's settings: each line that the reliability pattern rests on."""

from config import queues
from config.settings import load_settings


def test_a_killed_worker_loses_nothing_and_hoards_nothing() -> None:
    config = queues.celery_config(load_settings({"REDIS_URL": "unix:///tmp/v.sock"}))
    assert config["broker_url"] == "redis+socket:///tmp/v.sock?virtual_host=0"
    assert config["result_backend"] is None
    assert config["task_acks_late"] is True
    assert config["task_reject_on_worker_lost"] is True
    assert config["worker_prefetch_multiplier"] == 1
    assert (config["task_soft_time_limit"], config["task_time_limit"]) == (45, 60)
    assert config["broker_transport_options"]["visibility_timeout"] == 300
    assert config["task_create_missing_queues"] is False


def test_a_stopping_worker_finishes_what_it_began_and_a_developer_does_not_wait_long() -> None:
    development = load_settings({})
    production = development.model_copy(update={"app_env": "production"})
    assert queues.celery_config(production)["worker_soft_shutdown_timeout"] == 20.0
    assert queues.celery_config(development)["worker_soft_shutdown_timeout"] <= 5.0


def test_the_web_gives_up_on_redis_sooner_than_a_worker() -> None:
    settings = load_settings({})
    web = queues.celery_config(settings, for_web=True)["broker_transport_options"]
    worker = queues.celery_config(settings)["broker_transport_options"]
    assert (web["socket_connect_timeout"], web["socket_timeout"]) == (0.5, 1.0)
    assert (worker["socket_connect_timeout"], worker["socket_timeout"]) == (2.0, 5.0)


def test_every_tick_expires_before_the_next_and_goes_to_a_known_queue() -> None:
    for entry in queues.beat_schedule().values():
        assert entry["options"]["expires"] == entry["schedule"]
        assert entry["options"]["queue"] in queues.QUEUES


def test_every_queue_is_declared() -> None:
    declared = {queue.name for queue in queues.celery_config(load_settings({}))["task_queues"]}
    assert declared == set(queues.QUEUES)
