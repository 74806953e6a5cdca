"""The pass to live events: a signed cookie of a quarter of an hour, so that the events process needs no database."""

from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

LASTS_SECONDS = 15 * 60
RENEWED_AFTER_SECONDS = 5 * 60
_SALT = "harborline live events"


def cookie_of(settings: Any) -> str:
    """The cookie's name (`settings` is config's Settings)."""
    return f"harborline_live{settings.cookie_suffix}"


def signer(secret_key: str) -> TimestampSigner:
    """What signs and reads passes; the same secret in the web and the events process."""
    return TimestampSigner(secret_key, salt=_SALT)


def holds(secret_key: str, value: str | None, max_age: int = LASTS_SECONDS) -> bool:
    """Whether a cookie's value is a pass of ours that has not run out."""
    try:
        return bool(value) and bool(signer(secret_key).unsign(value or "", max_age=max_age))
    except BadSignature:
        return False


def renew(response: Response, sign_in_id: str) -> Response:
    """Give a signed-in page a fresh pass when the one it has grows old."""
    settings = current_app.extensions["settings"]
    if not holds(settings.secret_key, request.cookies.get(cookie_of(settings)), RENEWED_AFTER_SECONDS):
        response.set_cookie(
            cookie_of(settings),
            signer(settings.secret_key).sign(sign_in_id).decode(),
            max_age=LASTS_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.app_env == "production",
        )
    return response


def forget(response: AnyResponse) -> None:
    """Take the pass away at sign-out."""
    response.delete_cookie(cookie_of(current_app.extensions["settings"]))
