"""The web application: settings, logs, database, blueprints, outbox nudge. Nothing else."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config.content.committed import committed_content
from config.logs import configure_logging
from config.settings import Settings, SettingsError, load_settings
from config.shown import content_files, shown_settings
from services import live_words
from services.degraded.keeper import Keeper
from services.house import House
from services.match_keeping import keep_fresh
from telephony.build import build_access_tokens, build_account, build_alarm_ways, build_telephony
from telephony.static_documents import documents
from telephony.twiml import Twiml
from web import (
    api,
    commands,
    consent_pages,
    console,
    correlation,
    degraded,
    health,
    patience,
    referral_pages,
    webhook_guard,
    webhooks_asks,
    webhooks_in_call,
    webhooks_legs,
    webhooks_text,
    webhooks_voice,
)
from workers.household import build_house, triage_rules
from workers.probes import build_probes
from workers.relay import build_relay

# DESIGN.md, Reliability: what a statement may take where a caller waits for the next word, and for a person at a screen
VOICE_STATEMENT_MS, OTHER_STATEMENT_MS, COMMAND_STATEMENT_MS = 1_500, 5_000, 30_000
WEBHOOKS = (
    webhooks_voice.blueprint,
    webhooks_in_call.blueprint,
    webhooks_legs.blueprint,
    webhooks_text.blueprint,
    webhooks_asks.beds,
    referral_pages.blueprint,
    webhooks_asks.referral,
    webhooks_asks.test,
    degraded.blueprint,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Compose the application. Raises SystemExit with a sentence when the settings cannot start a line."""
    settings = settings or _settings()
    configure_logging(settings.log_level)
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config.update(APP_ENV=settings.app_env)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    relay = build_relay(settings, for_web=True)
    is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
    house = build_house(
        settings,
        statement_timeout_ms=VOICE_STATEMENT_MS,
        after_commit=relay.nudge,
        before_connect=_start_servers if is_command and settings.app_env == "development" else lambda: None,
    )
    _extend(app, settings, house)
    correlation.register(app)
    webhook_guard.register(app, auth_token=settings.twilio_auth_token, public_base_url=settings.public_base_url)
    for blueprint in WEBHOOKS:
        app.register_blueprint(blueprint)
    patience.register(app, impatient=WEBHOOKS, other_statement_ms=OTHER_STATEMENT_MS)
    health.register(app)
    console.register(app)
    app.register_blueprint(consent_pages.blueprint)
    api.register(app)
    commands.register(app)
    if is_command:
        house.db.statement_ms.set(COMMAND_STATEMENT_MS)
    return app


def _start_servers() -> None:
    """A command works with nothing else running: embedded servers start when it first asks the database."""
    from runtime.development import ensure_running_once

    ensure_running_once()


def _environment() -> Mapping[str, str]:
    """The process's environment; in development what is missing is filled in, as `make run` would."""
    if os.environ.get("APP_ENV", "development") != "development":
        return os.environ
    from runtime.development import development_environment

    return development_environment(os.environ)


def _settings() -> Settings:
    try:
        return load_settings(_environment())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def _documents(house: House, base: str) -> dict[str, str]:
    """What Twilio reads while this system is down, in the words as admins have them now."""
    live_words.begin(house)
    rules = house.rules
    return documents(base, house.phrases, rules.on_call_numbers, rules.helpline_numbers[0], rules.backup_number)


def _extend(app: Flask, settings: Settings, house: House) -> None:
    number = settings.helpline_numbers[0]
    app.extensions["settings"] = settings
    app.extensions["shown_settings"] = lambda: (shown_settings(settings, os.environ), content_files())
    app.extensions["clock"] = lambda: datetime.now(UTC)
    app.extensions["house"] = house
    keeper = Keeper(house, app.extensions["clock"], build_alarm_ways(settings))
    app.extensions["before_requests"] = (lambda: live_words.begin(house),)  # a live line is live from the first call
    app.extensions["after_start"] = (lambda: live_words.keep(house), lambda: keep_fresh(house), keeper.run)
    app.extensions["twiml"] = Twiml(settings.public_base_url, house.phrases, number)
    app.extensions["triage_reader"] = triage_rules
    app.extensions["committed_content"] = committed_content
    app.extensions["probes"] = build_probes(settings, house)
    app.extensions["account"] = build_account(settings)
    app.extensions["access_tokens"] = build_access_tokens(settings)
    app.extensions["telephony"] = build_telephony(settings)
    app.extensions["static_documents"] = lambda base: _documents(house, base)
