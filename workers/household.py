"""What one worker process builds for itself, after the fork and on first use: house, telephony, relay, publisher."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from config.content import load_content
from config.experiments import load_experiments
from config.follow_ups import load_follow_ups
from config.information import load_information
from config.match_content import match_content
from config.phrases import load_phrases
from config.retention import load_retention
from config.service_codes import load_service_codes
from config.settings import Settings, load_settings
from models.crypto import configure_keys
from models.database import AfterCommit, Database, build_engine
from routing.experiments import Experiment, experiments_from
from routing.follow_up import Plans, plans_from
from routing.information import Library
from routing.phrases import Phrases, Words
from routing.triage import TriageRules
from services import live_words
from services.degraded.local import LocalState
from services.directory.service_codes import ServiceCodes
from services.house import House, Rules
from services.match_desk import build_desk
from services.match_keeping import keep_fresh
from telephony.build import build_alarm_ways, build_telephony
from telephony.ports import AlarmWays, Telephony
from workers.publish import Publisher
from workers.relay import build_relay

STATEMENT_TIMEOUT_MS = 30_000


def rules_of(settings: Settings) -> Rules:
    """The settings that services may know."""
    values = {field.name: getattr(settings, field.name) for field in fields(Rules) if hasattr(settings, field.name)}
    # in production somebody says when a new line goes live (services.line_setup)
    return Rules(**{**values, "default_timezone": settings.helpline_timezone, "live": not settings.is_production})


def triage_rules(directory: Path | None = None) -> TriageRules:
    """What understands words, from the content of this project or of `directory`; ValueError names a mistake."""
    return shipped().triage if directory is None else TriageRules.build(load_content(directory))


def prepare() -> None:
    """Read the content ahead of time: before a worker forks, so that no process does it under a task's time limit."""
    shipped()


class Shipped(NamedTuple):
    """What this project's content becomes; it is only read, so that one process needs it once."""

    phrases: Words
    plans: Plans
    experiments: tuple[Experiment, ...]
    triage: TriageRules
    match: Mapping[str, Any]
    information: Library
    service_codes: ServiceCodes
    retention: Mapping[str, int]


@cache
def shipped() -> Shipped:
    """The content of this project, read and checked; raises what its readers raise, naming the mistake."""
    table, content = load_phrases(), load_content()
    plans = load_follow_ups(table)
    return Shipped(
        phrases=table,
        plans=plans_from(plans),
        experiments=experiments_from(load_experiments(table, plans)),
        triage=TriageRules.build(content),
        match=match_content(content, table),
        information=Library.build(load_information(content)),
        service_codes=ServiceCodes.build(load_service_codes()),
        retention=load_retention(),
    )


def build_house(
    settings: Settings,
    *,
    statement_timeout_ms: int,
    after_commit: AfterCommit,
    before_connect: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] | None = None,
) -> House:
    """A process's house: keys, database and words.

    `before_connect`: see `models.database.build_engine`; `clock`: see `House`.
    """
    configure_keys(settings.encryption_keys, settings.secret_key)
    engine = build_engine(
        settings.database_url, statement_timeout_ms=statement_timeout_ms, before_connect=before_connect
    )
    words = shipped()
    return House(
        db=Database(engine, after_commit),
        rules=rules_of(settings),
        phrases=Phrases(words.phrases),
        plans=words.plans,
        experiments=words.experiments,
        triage=words.triage,
        match_desk=build_desk(words.match),
        information=words.information,
        service_codes=words.service_codes,
        local=LocalState(settings.local_state_dir),
        retention=words.retention,
        set_outside=frozenset(settings.model_fields_set),
        clock=clock,
    )


class Household:
    """Lazily built parts of one process. Only `household()` makes one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._relay = build_relay(settings, for_web=False)

    def now(self) -> datetime:
        """The moment at this edge; services are handed it."""
        return datetime.now(UTC)

    @cached_property
    def house(self) -> House:
        """First argument of every service."""
        house = build_house(
            self.settings,
            statement_timeout_ms=STATEMENT_TIMEOUT_MS,
            after_commit=self._relay.nudge,
            clock=self.now,
        )
        live_words.begin(house)  # before the first task says anything
        threading.Thread(target=keep_fresh, args=(house,), name="directory", daemon=True).start()
        threading.Thread(target=live_words.keep, args=(house,), name="words", daemon=True).start()
        return house

    @cached_property
    def telephony(self) -> Telephony:
        """The way to Twilio."""
        return build_telephony(self.settings)

    @cached_property
    def alarm_ways(self) -> AlarmWays:
        """E-mail and webhook."""
        return build_alarm_ways(self.settings)

    @cached_property
    def publisher(self) -> Publisher:
        """For the sweep, which runs in the task's own thread."""
        return Publisher(self.settings, for_web=False)


class _Current:
    lock = threading.Lock()
    pid = 0
    household: Household | None = None


def household() -> Household:
    """This process's household. Nothing inherited through a fork is used: no connection is shared."""
    with _Current.lock:
        if _Current.household is None or _Current.pid != os.getpid():
            _Current.household, _Current.pid = Household(load_settings()), os.getpid()
        return _Current.household
