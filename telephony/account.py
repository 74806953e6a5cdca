"""The Twilio account as an operator sees it: how our numbers are set up, and whether texts may leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twilio.rest import Client

from telephony.client import BaseUrlHttpClient, failures_in_our_words

TIMEOUT_S = 10.0
TOLL_FREE_CODES = ("800", "833", "844", "855", "866", "877", "888")
VERIFIED = "TWILIO_APPROVED"


@dataclass(frozen=True)
class NumberSetup:
    """One number at Twilio: its id, and the addresses it calls, by Twilio's field names."""

    sid: str
    number: str
    fields: Mapping[str, str] = field(default_factory=dict)


class TwilioAccount:
    """Reads and sets up the account. Raises what `telephony.ports` raises."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str = "", api_key: tuple[str, str] | None = None
    ) -> None:
        self._sid = account_sid
        self._http = BaseUrlHttpClient(base_url, TIMEOUT_S)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._api_key = api_key  # its SID and secret

    def status(self) -> str:
        """`active`, `suspended` or `closed`."""
        with failures_in_our_words():
            return str(self._client.api.accounts(self._sid).fetch().status)

    def is_trial(self) -> bool:
        """Whether it is a trial account: few calls at once, and only to numbers that were verified."""
        with failures_in_our_words():
            return str(self._client.api.accounts(self._sid).fetch().type) == "Trial"

    def check_api_key(self) -> bool:
        """Ask for something with the API key, which raises when Twilio does not take it; False when there is none."""
        if self._api_key is None:
            return False
        with failures_in_our_words():  # such a key may read calls, but not the account itself
            Client(*self._api_key, self._sid, http_client=self._http).calls.list(limit=1, page_size=1)
        return True

    def numbers(self, names: Sequence[str]) -> list[NumberSetup]:
        """Our numbers with the named fields as they are set now."""
        with failures_in_our_words():
            found = self._client.incoming_phone_numbers.list(limit=200)
        return [
            NumberSetup(str(n.sid), str(n.phone_number), {name: str(getattr(n, name) or "") for name in names})
            for n in found
        ]

    def set_number(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change these fields of a number."""
        with failures_in_our_words():
            self._client.incoming_phone_numbers(sid).update(**fields)

    def unverified(self, numbers: Sequence[str]) -> list[str]:
        """Toll-free numbers without an approved verification: their texts to the US are dropped (error 30032)."""
        toll_free = [number for number in numbers if number[2:5] in TOLL_FREE_CODES]
        if not toll_free:
            return []
        with failures_in_our_words():
            seen: list[Any] = self._client.messaging.v1.tollfree_verifications.list(limit=200)
            numbers_by_sid = {n.sid: n.phone_number for n in self._client.incoming_phone_numbers.list(limit=200)}
        approved = {numbers_by_sid.get(v.tollfree_phone_number_sid) for v in seen if v.status == VERIFIED}
        return [number for number in toll_free if number not in approved]
