"""Settings: what starts, what does not, and that no secret is printed."""

import pytest

from config import defaults
from config.production import REQUIRED
from config.settings import Settings, SettingsError, load_settings

PRODUCTION = {
    "APP_ENV": "production",
    "DATABASE_URL": "postgresql://line:db-pass-word@db.internal/line",
    "REDIS_URL": "rediss://:redis-pass-word@redis.internal:6380/0",
    "PUBLIC_BASE_URL": "https://line.example.org/",
    "TWILIO_ACCOUNT_SID": "AC" + "a1" * 16,
    "TWILIO_AUTH_TOKEN": "a-token-of-the-real-account",
    "HELPLINE_NUMBERS": "+18332223333, +16172223333",
    "ON_CALL_NUMBERS": "+16172224444",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "ENCRYPTION_KEYS": "A" * 43 + "=," + "B" * 43 + "=",
    "PORT": "8000",
}


def test_an_empty_environment_is_a_development_line_on_this_machine() -> None:
    settings = load_settings({})
    assert settings.app_env == "development"
    assert settings.public_base_url == "http://127.0.0.1:8000"
    assert settings.twilio_api_base_url == "http://127.0.0.1:8070"
    assert settings.helpline_numbers == ("+18335550100",)


def test_an_empty_twilio_address_means_the_real_twilio() -> None:
    assert load_settings({"TWILIO_API_BASE_URL": ""}).twilio_api_base_url == ""


def test_a_complete_production_environment_starts() -> None:
    settings = load_settings(PRODUCTION)
    assert settings.helpline_numbers == ("+18332223333", "+16172223333")
    assert settings.encryption_keys == ("A" * 43 + "=", "B" * 43 + "=")
    assert settings.database_url.startswith("postgresql+psycopg://line:")
    assert settings.public_base_url == "https://line.example.org"
    assert settings.twilio_api_base_url == ""
    assert settings.backup_number == ""


@pytest.mark.parametrize("name", [name.upper() for name in REQUIRED if name != "app_env"])
def test_production_without_a_contract_variable_does_not_start(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"Missing with APP_ENV=production: {name}\."):
        load_settings({**PRODUCTION, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgresql:///x?host=/srv/{defaults.EMBEDDED_MARK}"),
        ("REDIS_URL", f"unix:///srv/{defaults.EMBEDDED_MARK}/valkey.sock"),
        ("PUBLIC_BASE_URL", "http://line.example.org"),
        ("TWILIO_ACCOUNT_SID", defaults.TWILIO_ACCOUNT_SID),
        ("TWILIO_AUTH_TOKEN", defaults.TWILIO_AUTH_TOKEN),
        ("TWILIO_API_BASE_URL", "http://127.0.0.1:8070"),
        ("TWILIO_API_KEY_SID", defaults.TWILIO_API_KEY_SID),
        ("HELPLINE_NUMBERS", "+18332223333,+18335550100"),
        ("ON_CALL_NUMBERS", "+16175550199"),
        ("BACKUP_NUMBER", "+16175550198"),
        ("SECRET_KEY", defaults.SECRET_KEY),
        ("SECRET_KEY", "short-but-not-development"),
        ("ENCRYPTION_KEYS", defaults.ENCRYPTION_KEY),
        ("FOLLOW_UP_TIME_SCALE", "0.001"),
    ],
)
def test_production_refuses_a_development_value_without_repeating_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        load_settings({**PRODUCTION, name: value})
    assert value not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somewhere/else"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("PUBLIC_BASE_URL", "ftp://files.example.net"),
        ("HELPLINE_NUMBERS", "617-555-0123"),
        ("ENCRYPTION_KEYS", "not-a-key-at-all"),
        ("PORT", "eighty-ports"),
        ("APP_ENV", "staging-area"),
        ("HELPLINE_TIMEZONE", "Nowhere/Town"),
        ("TWILIO_ACCOUNT_SID", "AC-something"),
        ("FOLLOW_UP_TIME_SCALE", "1.5"),
    ],
)
def test_a_wrong_value_gets_a_sentence_that_names_it_and_does_not_repeat_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        load_settings({name: value})
    assert value not in str(refusal.value)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({**PRODUCTION, "PORT": "x", "SECRET_KEY": ""})
    assert "PORT" in str(refusal.value)
    assert "SECRET_KEY" in str(refusal.value)


def test_an_api_key_is_whole_and_only_the_simulators_comes_by_itself() -> None:
    with pytest.raises(SettingsError, match="TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET need each other"):
        load_settings({"TWILIO_API_KEY_SID": defaults.TWILIO_API_KEY_SID})
    assert load_settings({}).twilio_api_key_sid == defaults.TWILIO_API_KEY_SID
    assert load_settings({"TWILIO_API_BASE_URL": ""}).twilio_api_key_sid == ""
    assert load_settings(PRODUCTION).twilio_api_key_secret == ""


def test_waiting_times_must_rise() -> None:
    with pytest.raises(SettingsError, match="waiting times must rise"):
        load_settings({"OFFER_AFTER_SECONDS": "10"})


def test_printing_the_settings_shows_no_secret() -> None:
    settings = load_settings({**PRODUCTION, "BACKUP_NUMBER": "+16172225555"})
    printed = f"{settings!r} {settings}"
    for secret in ("pass-word", "a-token-of", "0123456789abcdef", "AAAA", "2224444", "2225555"):
        assert secret not in printed


def test_a_development_token_is_refused_on_a_public_address() -> None:
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN"):
        load_settings({"PUBLIC_BASE_URL": "https://tunnel.example.org"})


@pytest.mark.parametrize(
    ("given", "broker"),
    [
        ("redis://127.0.0.1:6379/3", "redis://127.0.0.1:6379/3"),
        ("unix:///tmp/v.sock", "redis+socket:///tmp/v.sock?virtual_host=0"),
        ("unix:///tmp/v.sock?db=4", "redis+socket:///tmp/v.sock?virtual_host=4"),
    ],
)
def test_celery_gets_redis_in_its_own_words(given: str, broker: str) -> None:
    assert load_settings({"REDIS_URL": given}).celery_broker_url == broker


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).port = 1  # type: ignore[misc]


def test_settings_read_only_what_they_are_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORGANISATION_NAME", "Somebody else")
    assert load_settings({}).organisation_name == "Harborline"
    assert load_settings().organisation_name == "Somebody else"
    assert set(REQUIRED) <= set(Settings.model_fields)
