"""What every use case is handed: the database, the rules of the house and its words. Built by the composition roots."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.database import Database
from routing.experiments import Experiment
from routing.follow_up import Plans
from routing.information import Library
from routing.phrases import Phrases
from services.degraded.local import LocalState
from services.directory.service_codes import ServiceCodes
from services.match_desk import MatchDesk


@dataclass(frozen=True)
class Rules:
    """The settings that decide what happens, in seconds and hours; config.settings says what each is for."""

    helpline_numbers: tuple[str, ...]
    public_base_url: str = ""  # where the provider reaches our webhooks
    on_call_numbers: tuple[str, ...] = ()
    backup_number: str | None = None
    calls_at_once: int = 0  # that the provider takes from the account; 0: nobody has found out
    interpreter_number: str | None = None
    interpreter_keys: str = ""  # an account code that the interpreter line asks for
    organisation_name: str = "Harborline"
    funding_sentence_en: str = ""  # who pays for the line, said in the greeting
    funding_sentence_es: str = ""
    ring_seconds: int = 20
    press_seconds: int = 10
    wider_after_seconds: int = 20
    backup_after_seconds: int = 30
    supervisors_after_seconds: int = 45
    gender_wish_seconds: int = 45
    offer_after_seconds: int = 60
    hard_limit_seconds: int = 180
    hold_limit_seconds: int = 120
    consult_limit_seconds: int = 300
    intake_ring_seconds: int = 35
    claim_lease_seconds: int = 30
    callback_countries: frozenset[str] = frozenset({"US"})  # ISO 3166
    callbacks_per_number_a_day: int = 4
    callbacks_a_day: int = 500
    challenge_above_calls_a_minute: int = 0  # 0: never
    calls_per_second: float = 0  # that the provider takes from us; 0: as many as we like
    texts_per_second: float = 0  # segments that the provider takes from one number; 0: as many as we like
    oldest_due_alarm_minutes: int = 10
    text_window_start_hour: int = 9
    text_window_end_hour: int = 20
    unknown_after_seconds: int = 120
    default_timezone: str = "America/New_York"
    follow_up_time_scale: float = 1.0
    bed_call_after_minutes: int = 20
    coverage_needs: tuple[str, ...] = ("en", "es")
    second_factor_roles: tuple[str, ...] = ()  # of whom a second factor is asked
    sign_in_idle_minutes: int = 120
    live: bool = True  # whether counselors are rung; else the on-call numbers alone


@dataclass(eq=False)
class House:
    """Passed as the first argument to every service function. One per process.

    Nothing of it is exchanged but `rules`, as a whole, when an admin changed a setting (services.held_rules).
    """

    db: Database
    rules: Rules
    phrases: Phrases
    plans: Plans = field(default_factory=Plans)
    triage: Any = None  # routing.triage.TriageRules
    match_desk: MatchDesk | None = None
    information: Library = field(default_factory=Library)
    service_codes: ServiceCodes = field(default_factory=lambda: ServiceCodes.build(()))
    local: LocalState | None = None  # this host's own disk, for a time without the database
    retention: Mapping[str, int] = field(default_factory=dict)  # days by kind of record; none: nothing ever goes
    content: Any = field(default=None, repr=False)  # plain values of config/content, for those who need them
    experiments: tuple[Experiment, ...] = ()  # follow-ups that are compared at random
    set_outside: frozenset[str] = frozenset()  # settings that the environment sets: no admin changes them
    clock: Callable[[], datetime] | None = None  # of workers; none: `now` does not grow old

    def __post_init__(self) -> None:
        self.started_with = self.rules
        self.held: Mapping[str, Any] = {}  # settings as the database has them

    def moment(self, now: datetime) -> datetime:
        """This moment (aware, UTC), for whoever was handed a `now` that has grown old while the provider was asked."""
        return now if self.clock is None else max(now, self.clock())

    def day_of(self, now: datetime) -> date:
        """The line's own day, on which reviews fall due and comparisons begin and end."""
        return now.astimezone(ZoneInfo(self.rules.default_timezone)).date()
