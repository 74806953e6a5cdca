"""Development's environment: filled in, kept between starts, and never touched in production."""

from pathlib import Path

import pytest

from config.defaults import EMBEDDED_MARK, SECRET_KEY_PREFIX
from config.settings import SettingsError, load_settings
from runtime.development import data_directory, development_environment, ensure_running, start_servers


def test_keys_are_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    env = {"HARBORLINE_DATA": str(tmp_path / "data")}
    first, second = development_environment(env), development_environment(env)
    assert first == second
    assert first["SECRET_KEY"].startswith(SECRET_KEY_PREFIX)
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o077 == 0
    assert load_settings(first).encryption_keys == (first["ENCRYPTION_KEYS"],)
    elsewhere = development_environment({"HARBORLINE_DATA": str(tmp_path / "other")})
    assert elsewhere["ENCRYPTION_KEYS"] != first["ENCRYPTION_KEYS"]


def test_what_is_set_stays(tmp_path: Path) -> None:
    env = {
        "HARBORLINE_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://here/mine",
        "REDIS_URL": "redis://here",
        "SECRET_KEY": "a-key-of-my-own-choice",
    }
    assert env.items() <= development_environment(env).items()
    assert start_servers(env) is None


@pytest.mark.parametrize("app_env", ["production", "test"])
def test_other_environments_are_left_alone(tmp_path: Path, app_env: str) -> None:
    env = {"APP_ENV": app_env, "HARBORLINE_DATA": str(tmp_path / "data")}
    assert development_environment(env) == env
    assert not (tmp_path / "data").exists()


def test_production_refuses_what_development_fills_in(tmp_path: Path) -> None:
    filled = development_environment({"HARBORLINE_DATA": str(tmp_path)})
    assert EMBEDDED_MARK in filled["DATABASE_URL"]
    with pytest.raises(SettingsError, match=r"DATABASE_URL is a development value.*REDIS_URL.*SECRET_KEY"):
        load_settings({**filled, "APP_ENV": "production"})


def test_a_command_finds_no_servers_to_start_when_others_are_named(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://here/mine", "REDIS_URL": "redis://here", "HARBORLINE_DATA": str(tmp_path)}
    ensure_running(env)
    assert not (tmp_path / "postgres").exists()


def test_the_data_lives_in_the_checkout_unless_told_otherwise(tmp_path: Path) -> None:
    assert data_directory({}) == Path(__file__).resolve().parents[2] / ".local"
    assert data_directory({"HARBORLINE_DATA": str(tmp_path)}) == tmp_path
