"""Builds this process's way out to the telephone network from the settings."""

from config.settings import Settings
from telephony.account import TwilioAccount
from telephony.alarms import Mail, Post, Ways
from telephony.client import TwilioTelephony
from telephony.ports import AccessTokens, AlarmWays, Telephony
from telephony.tokens import TwilioAccessTokens


def build_telephony(settings: Settings) -> Telephony:
    """Twilio, or whoever stands in for it at TWILIO_API_BASE_URL."""
    return TwilioTelephony(
        settings.twilio_account_sid, settings.twilio_auth_token, base_url=settings.twilio_api_base_url
    )


def build_account(settings: Settings) -> TwilioAccount:
    """The account behind that way, for setting it up and looking after it."""
    return TwilioAccount(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        base_url=settings.twilio_api_base_url,
        api_key=_api_key(settings),
    )


def _api_key(settings: Settings) -> tuple[str, str] | None:
    key = settings.twilio_api_key_sid, settings.twilio_api_key_secret
    return key if all(key) else None


def build_access_tokens(settings: Settings) -> AccessTokens | None:
    """What lets counselors take calls in a browser; None where that is not set up."""
    key = _api_key(settings)
    return TwilioAccessTokens(settings.twilio_account_sid, *key) if key else None


def build_alarm_ways(settings: Settings) -> AlarmWays:
    """E-mail and webhook, as far as the settings name them."""
    emails, hook = settings.alarm_emails, settings.alarm_webhook_url
    mail = Mail(settings.smtp_url, settings.alarm_sender or emails[0], emails) if emails else None
    return Ways(mail, Post(hook, settings.alarm_webhook_secret) if hook else None)
