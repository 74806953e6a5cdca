"""Passes for Twilio's Voice SDK in a browser (twilio.com/docs/iam/access-tokens)."""

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant


class TwilioAccessTokens:
    """Signed with an API key of the account: they only allow to be rung, so no TwiML application is needed."""

    def __init__(self, account_sid: str, key_sid: str, key_secret: str) -> None:
        self._account_sid, self._key_sid, self._key_secret = account_sid, key_sid, key_secret

    def issue(self, identity: str, seconds: int) -> str:
        """A pass to be rung under this identity, as a JWT."""
        token = AccessToken(self._account_sid, self._key_sid, self._key_secret, identity=identity, ttl=seconds)
        token.add_grant(VoiceGrant(incoming_allow=True))
        return str(token.to_jwt())
