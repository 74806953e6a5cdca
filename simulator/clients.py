"""Browsers that are rung as `client:<identity>`: who is there, by tokens signed with an API key as Twilio's are."""

import base64
import hmac
import json
from collections import Counter
from hashlib import sha256
from typing import Any

from simulator.settings import Settings

PREFIX = "client:"


class BadToken(ValueError):
    """A token that lets nobody be rung; the sentence says why."""


class Clients:
    """Identities that are registered, and how many browsers each has."""

    def __init__(self) -> None:
        self._there: Counter[str] = Counter()

    def enter(self, identity: str) -> None:
        """A browser registers."""
        self._there[identity] += 1

    def leave(self, identity: str) -> None:
        """It is gone."""
        self._there[identity] -= 1

    def there(self, address: str) -> bool:
        """Is somebody registered under this `client:` address?"""
        return self._there[address.removeprefix(PREFIX)] > 0


def identity_of(settings: Settings, token: str, now: float) -> str:
    """Who may be rung by this token (a JWT, HS256). Raises BadToken."""
    head, _, signature = token.rpartition(".")
    made = hmac.digest(settings.api_key_secret.encode(), head.encode(), sha256)
    try:
        given, claims = _decoded(signature), json.loads(_decoded(head.partition(".")[2]))
    except ValueError:
        raise BadToken("This is no token.") from None
    if not hmac.compare_digest(made, given) or claims.get("iss") != settings.api_key_sid:
        raise BadToken("The token is not signed by the account's API key.")
    return _allowed(settings, claims, now)


def _allowed(settings: Settings, claims: dict[str, Any], now: float) -> str:
    grants = claims.get("grants", {})
    if claims.get("sub") != settings.account_sid or not grants.get("voice", {}).get("incoming", {}).get("allow"):
        raise BadToken("The token does not allow incoming calls of this account.")
    if claims.get("exp", 0) <= now:
        raise BadToken("The token has expired.")
    return str(grants["identity"])


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
