"""What `APP_ENV=production` asks for: every contract variable, and none of development's defaults."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from config import defaults, urls

REQUIRED = (
    "database_url",
    "redis_url",
    "public_base_url",
    "twilio_account_sid",
    "twilio_auth_token",
    "helpline_numbers",
    "on_call_numbers",
    "secret_key",
    "encryption_keys",
    "port",
    "app_env",
)
FICTIONAL_NUMBER = re.compile(r"^\+1\d{3}55501\d{2}$")  # 555-0100 to 555-0199 belong to nobody
SECRET_KEY_LENGTH = 32


def missing_variables(given: Collection[str]) -> list[str]:
    """One sentence naming the contract variables that are not among the `given` names; empty when none is missing."""
    missing = [name.upper() for name in REQUIRED if name not in given]
    return [f"Missing with APP_ENV=production: {', '.join(missing)}."] if missing else []


def production_problems(values: Mapping[str, Any], given: Collection[str]) -> list[str]:
    """Sentences for every development default among the `given` settings; no sentence repeats a value."""
    checks = {
        "database_url": _is_embedded(values["database_url"]),
        "redis_url": _is_embedded(values["redis_url"]),
        "twilio_account_sid": values["twilio_account_sid"] == defaults.TWILIO_ACCOUNT_SID,
        "twilio_auth_token": values["twilio_auth_token"] == defaults.TWILIO_AUTH_TOKEN,
        "twilio_api_key_sid": values["twilio_api_key_sid"] == defaults.TWILIO_API_KEY_SID,
        "twilio_api_base_url": urlsplit(values["twilio_api_base_url"]).hostname in urls.LOOPBACK_HOSTS,
        "helpline_numbers": _any_fictional(values["helpline_numbers"]),
        "on_call_numbers": _any_fictional(values["on_call_numbers"]),
        "backup_number": _any_fictional([values["backup_number"]]),
        "interpreter_number": _any_fictional([values["interpreter_number"]]),
        "secret_key": values["secret_key"].startswith(defaults.SECRET_KEY_PREFIX),
        "encryption_keys": defaults.ENCRYPTION_KEY in values["encryption_keys"],
        "follow_up_time_scale": values["follow_up_time_scale"] != 1.0,
    }
    problems = [
        f"{name.upper()} is a development value, which APP_ENV=production refuses."
        for name, is_development in checks.items()
        if name in given and is_development
    ]
    if "public_base_url" in given and urlsplit(values["public_base_url"]).scheme != "https":
        problems.append("PUBLIC_BASE_URL must begin with https:// with APP_ENV=production.")
    if "secret_key" in given and len(values["secret_key"]) < SECRET_KEY_LENGTH:
        problems.append(f"SECRET_KEY needs at least {SECRET_KEY_LENGTH} characters with APP_ENV=production.")
    return problems


def _is_embedded(url: str) -> bool:
    return defaults.EMBEDDED_MARK in url


def _any_fictional(numbers: Collection[str]) -> bool:
    return any(FICTIONAL_NUMBER.match(number) for number in numbers)
