"""One frozen Settings object from the environment; wrong or missing stops the start with a sentence."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from config import defaults, urls
from config.production import missing_variables, production_problems

_API_KEY = {"twilio_api_key_sid", "twilio_api_key_secret"}
E164 = re.compile(r"^\+[1-9]\d{6,14}$")


class SettingsError(Exception):
    """The environment does not describe a line that can start; the text is one sentence a problem, without values."""


def _comma_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _e164(value: str) -> str:
    if value and not E164.match(value):
        raise ValueError("write telephone numbers as + and digits, for example +18335550100")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("give a time zone such as America/New_York") from None
    return value


def _fernet_keys(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or any(not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in value):
        raise ValueError("give one or more Fernet keys, separated by commas, the one that encrypts first")
    return value


def _needs(value: tuple[str, ...]) -> tuple[str, ...]:
    if any(not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", word) for word in value):
        raise ValueError("name languages and skills as the roster does, separated by commas: en,es,veterans")
    return value


def _roles(value: tuple[str, ...]) -> tuple[str, ...]:
    if value != ("none",) and not set(value) <= {"counselor", "supervisor", "admin", "auditor"}:
        raise ValueError("name roles separated by commas, for example supervisor,admin, or none")
    return () if value == ("none",) else value


def _countries(value: frozenset[str]) -> frozenset[str]:
    if not value or any(not re.fullmatch(r"[A-Z]{2}", code) for code in value):
        raise ValueError("give countries as two capital letters each, separated by commas, for example US,CA")
    return value


E164Number = Annotated[str, AfterValidator(_e164)]
Numbers = Annotated[tuple[E164Number, ...], NoDecode, BeforeValidator(_comma_list)]
Countries = Annotated[frozenset[str], NoDecode, BeforeValidator(_comma_list), AfterValidator(_countries)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1, le=3600)]
Hour = Annotated[int, Field(ge=0, le=24)]


class Settings(BaseSettings):
    """What every process may know; built once by `load_settings`, handed in from the edge. Times are seconds."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app_env: Literal["development", "test", "production"] = "development"
    database_url: Annotated[str, AfterValidator(urls.database_url)] = Field(defaults.DATABASE_URL, repr=False)
    redis_url: Annotated[str, AfterValidator(urls.redis_url)] = Field(defaults.REDIS_URL, repr=False)
    public_base_url: Annotated[str, AfterValidator(urls.web_url)] = ""
    port: Port = 8000
    events_port: Port = 8001
    simulator_port: Port = 8070
    trusted_proxies: int = Field(0, ge=0, le=5)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    local_state_dir: Path = defaults.LOCAL_STATE_DIR  # this host's disk, for a time without the database

    directory_upload_mb: int = Field(200, ge=1, le=2000)  # the largest directory file that a page takes

    secret_key: str = Field(defaults.SECRET_KEY, repr=False, min_length=16)
    encryption_keys: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_comma_list), AfterValidator(_fernet_keys)
    ] = Field((defaults.ENCRYPTION_KEY,), repr=False)

    twilio_account_sid: str = Field(defaults.TWILIO_ACCOUNT_SID, pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: str = Field(defaults.TWILIO_AUTH_TOKEN, repr=False, min_length=8)
    twilio_api_base_url: Annotated[str, AfterValidator(urls.web_url)] = ""  # empty: the real api.twilio.com
    # an API key of the account, for calls in the browser; both empty: counselors answer on their phones only
    twilio_api_key_sid: str = Field("", pattern=r"^(SK[0-9a-fA-F]{32})?$")
    twilio_api_key_secret: str = Field("", repr=False)
    helpline_numbers: Numbers = Field((defaults.HELPLINE_NUMBER,), min_length=1)
    on_call_numbers: Numbers = Field((defaults.ON_CALL_NUMBER,), min_length=1, repr=False)
    backup_number: E164Number = Field("", repr=False)  # empty: no backup centre
    calls_at_once: int = Field(0, ge=0)  # that the account takes, as somebody found out; 0: nobody did
    interpreter_number: E164Number = Field("", repr=False)  # an interpreter line for the call; empty: none
    # the account code that line asks for; w: half a second
    interpreter_keys: str = Field("", repr=False, pattern=r"^[0-9*#w]*$")

    alarm_emails: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)] = Field((), repr=False)
    alarm_sender: str = Field("", repr=False)  # the From of alarms; empty: the first of ALARM_EMAILS
    smtp_url: Annotated[str, AfterValidator(urls.smtp_url)] = Field("", repr=False)
    alarm_webhook_url: Annotated[str, AfterValidator(urls.hook_url)] = Field("", repr=False)
    alarm_webhook_secret: str = Field("", repr=False)

    # who signs in with a second factor; outside production nobody has to
    second_factor_roles: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list), AfterValidator(_roles)] = (
        "supervisor",
        "admin",
    )

    sign_in_idle_minutes: int = Field(120, ge=10)  # a session ends when nobody was there for so long

    organisation_name: str = Field("Harborline", min_length=1)  # who runs the line, as callers hear it
    funding_sentence_en: str = ""  # who pays for the line, as callers hear it; empty: not said
    funding_sentence_es: str = ""
    helpline_timezone: Annotated[str, AfterValidator(_time_zone)] = "America/New_York"
    text_window_start_hour: Hour = 9  # unasked texts leave between these hours of the person's own clock
    text_window_end_hour: Hour = 20

    ring_seconds: Seconds = 20  # one counselor's phone rings this long
    press_seconds: Seconds = 10  # after answering, this long to press 1
    wider_after_seconds: Seconds = 20  # waiting this long widens the circle, and so on (DESIGN.md, waiting time)
    backup_after_seconds: Seconds = 30
    supervisors_after_seconds: Seconds = 45
    gender_wish_seconds: Seconds = 45  # waiting this long ends the wish to speak with a woman or with a man
    offer_after_seconds: Seconds = 60
    hard_limit_seconds: Seconds = 180
    hold_limit_seconds: Seconds = 120  # a caller on hold is brought back after this
    consult_limit_seconds: Seconds = 300  # the same while the counselor speaks with an intake line or a colleague
    intake_ring_seconds: Seconds = 35  # an intake line rings this long; switchboards are slower than people
    claim_lease_seconds: Seconds = 30  # a claimed row nobody finished is free again after this
    callback_countries: Countries = frozenset({"US", "PR", "VI", "GU", "AS", "MP", "CA"})  # that we call back
    callbacks_per_number_a_day: int = Field(4, ge=1, le=100)  # promised to one number, save in danger
    callbacks_a_day: int = Field(500, ge=1, le=100_000)  # and in all
    challenge_above_calls_a_minute: int = Field(60, ge=0, le=10_000)  # then strangers press a key first; 0: never
    calls_per_second: float = Field(1.0, ge=0, le=1000)  # that Twilio takes from this account; 0: no limit of ours
    # segments that Twilio sends from one number each second: 3 for toll-free numbers; 0: no limit of ours
    texts_per_second: float = Field(3.0, ge=0, le=1000)
    oldest_due_alarm_minutes: int = Field(10, ge=1, le=1440)  # late work of the line itself is told to people then
    unknown_after_seconds: Seconds = 120  # in `sending` this long: ask Twilio's list before any resend
    bed_call_after_minutes: int = Field(
        20, ge=1, le=240
    )  # a bed question without an answer by text is then asked by call
    # languages and skills that somebody on shift should always have, else supervisors are told ahead
    coverage_needs: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list), AfterValidator(_needs)] = (
        "en",
        "es",
    )
    follow_up_time_scale: float = Field(1.0, gt=0, le=1)  # development only: planned waits are multiplied by it

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read only what `load_settings` hands over, so that a test's environment is the whole environment."""
        return (init_settings,)

    @model_validator(mode="after")
    def _waiting_times_in_order(self) -> Self:
        steps = (
            self.wider_after_seconds,
            self.backup_after_seconds,
            self.supervisors_after_seconds,
            self.offer_after_seconds,
            self.hard_limit_seconds,
        )
        if list(steps) != sorted(steps):
            raise ValueError("the waiting times must rise: wider, backup, supervisors, offer, hard limit")
        if self.text_window_start_hour >= self.text_window_end_hour:
            raise ValueError("TEXT_WINDOW_START_HOUR must come before TEXT_WINDOW_END_HOUR")
        return self

    @model_validator(mode="after")
    def _alarms_can_leave(self) -> Self:
        if bool(self.alarm_emails) != bool(self.smtp_url):
            raise ValueError("ALARM_EMAILS and SMTP_URL need each other: set both or neither")
        if self.alarm_webhook_url and len(self.alarm_webhook_secret) < 16:
            raise ValueError("ALARM_WEBHOOK_URL needs an ALARM_WEBHOOK_SECRET of at least 16 characters")
        return self

    @model_validator(mode="after")
    def _api_key_is_whole(self) -> Self:
        if bool(self.twilio_api_key_sid) != bool(self.twilio_api_key_secret):
            raise ValueError("TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET need each other: set both or neither")
        return self

    @property
    def celery_broker_url(self) -> str:
        """REDIS_URL as Celery writes it: a Unix socket becomes `redis+socket:///path?virtual_host=N`."""
        return urls.celery_broker_url(self.redis_url)

    @property
    def cookie_suffix(self) -> str:
        """What tells the cookies of two copies on one host apart: browsers share cookies between its ports."""
        return f"_{self.port}" if self.app_env == "development" else ""

    @property
    def is_production(self) -> bool:
        """Whether real callers are on this line."""
        return self.app_env == "production"


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else ""
        reason = problem["msg"].removeprefix("Value error, ")
        sentences.append(f"{name} is not usable: {reason}." if name else f"{reason[0].upper()}{reason[1:]}.")
    return list(dict.fromkeys(sentences))


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (the process environment when None).

    An empty variable counts as missing, save TWILIO_API_BASE_URL, where empty means the real Twilio.
    Raises SettingsError with one sentence for each problem; no sentence repeats a value.
    """
    env = os.environ if env is None else env
    given: dict[str, str] = {
        name: env[name.upper()].strip()
        for name in Settings.model_fields
        if env.get(name.upper(), "").strip() or (name == "twilio_api_base_url" and name.upper() in env)
    }
    problems = missing_variables(given) if given.get("app_env") == "production" else []
    if given.get("app_env") != "production":
        port = given.get("port", "8000")
        given.setdefault("public_base_url", f"http://127.0.0.1:{port}")
        given.setdefault("second_factor_roles", "none")
        given.setdefault("twilio_api_base_url", f"http://127.0.0.1:{given.get('simulator_port', '8070')}")
        if urlsplit(given["twilio_api_base_url"]).hostname in urls.LOOPBACK_HOSTS and not _API_KEY & given.keys():
            given |= {"twilio_api_key_sid": defaults.TWILIO_API_KEY_SID}
            given |= {"twilio_api_key_secret": defaults.TWILIO_API_KEY_SECRET}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic reads the strings
    except ValidationError as error:
        raise SettingsError(" ".join(problems + _sentences(error))) from None
    if settings.is_production:
        problems += production_problems(settings.model_dump(), given.keys())
    elif _open_to_the_world_with_development_token(settings):
        problems.append("PUBLIC_BASE_URL is not on this machine: set a TWILIO_AUTH_TOKEN of your own first.")
    if problems:
        raise SettingsError(" ".join(problems))
    return settings


def _open_to_the_world_with_development_token(settings: Settings) -> bool:
    host = urlsplit(settings.public_base_url).hostname or ""
    return settings.twilio_auth_token == defaults.TWILIO_AUTH_TOKEN and host not in urls.LOOPBACK_HOSTS
