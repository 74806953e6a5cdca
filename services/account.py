"""Is the account at Twilio set up so that no caller meets silence? What is wrong, for web.words ("doctor.")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit

from services.house import Rules
from telephony.ports import ProviderRefused, ProviderUnsure


class Number(Protocol):
    """A number as the provider has it."""

    sid: str
    number: str
    fields: Mapping[str, str]


class Account(Protocol):
    """The provider's account (telephony.account)."""

    def status(self) -> str:
        """`active` when it works."""

    def is_trial(self) -> bool:
        """Whether it is one to try things with: few calls at once, to verified numbers only."""

    def numbers(self, names: Sequence[str]) -> Sequence[Number]:
        """Our numbers with these fields."""

    def set_number(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change fields of a number."""

    def check_api_key(self) -> bool:
        """Whether there is a key for calls in the browser; raises when the provider does not take it."""

    def unverified(self, numbers: Sequence[str]) -> Sequence[str]:
        """Numbers whose texts carriers will drop."""


FIELDS: Final = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "sms_url",
    "sms_method",
    "sms_fallback_url",
    "sms_fallback_method",
)


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at (`about`, with the `ending` of a number); `code` is empty when it is well."""

    about: str
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    ending: str = ""

    @property
    def wrong(self) -> bool:
        """Whether there is something to mend."""
        return bool(self.code)


def wanted_fields(rules: Rules, fallback_base: str) -> dict[str, str]:
    """How every number has to be set up. With a `fallback_base` (off this host) the fallbacks are static files."""
    base = rules.public_base_url
    static = fallback_base.rstrip("/")
    method = "GET" if static else "POST"
    return {
        "voice_url": f"{base}/voice/inbound",
        "voice_method": "POST",
        "voice_fallback_url": f"{static}/voice-fallback.xml" if static else f"{base}/voice/fallback",
        "voice_fallback_method": method,
        "status_callback": f"{base}/status/call",
        "status_callback_method": "POST",
        "sms_url": f"{base}/sms/inbound",
        "sms_method": "POST",
        "sms_fallback_url": f"{static}/sms-fallback.xml" if static else f"{base}/sms/fallback",
        "sms_fallback_method": method,
    }


def provision(account: Account, rules: Rules, fallback_base: str) -> list[str]:
    """Set our numbers up; a sentence for each one. Nothing is changed when a number is not the account's."""
    wanted = wanted_fields(rules, fallback_base)
    found = {number.number: number for number in account.numbers(FIELDS)}
    missing = [number for number in rules.helpline_numbers if number not in found]
    if missing:
        raise LookupError(f"{len(missing)} of HELPLINE_NUMBERS do not belong to this account, so nothing was changed.")
    done = []
    for number in rules.helpline_numbers:
        changes = {name: value for name, value in wanted.items() if found[number].fields.get(name) != value}
        if changes:
            account.set_number(found[number].sid, changes)
        done.append(f"The number ending in {number[-2:]}: {len(changes)} settings changed." if changes else
                    f"The number ending in {number[-2:]} was set up already.")  # fmt: skip
    return done


def examine(account: Account, rules: Rules) -> list[Finding]:
    """What the doctor finds, in the order in which to mend it."""
    findings = [address(rules), _on_call(rules)]
    try:
        findings += [_state(account), *_numbers(account, rules), *_softphone(account)]
    except (ProviderRefused, ProviderUnsure) as error:
        code = getattr(error, "code", None)
        asked = Finding("account", "unreachable", {"why": code}) if code else Finding("account", "no_answer")
        return [*findings, asked]
    return [*findings, _verification(account, rules)]


def address(rules: Rules) -> Finding:
    """Whether the provider can reach our address, and safely."""
    parts = urlsplit(rules.public_base_url)
    local = (parts.hostname or "").startswith("127.") or parts.hostname == "localhost"
    return Finding("address", "" if parts.scheme == "https" and not local else "address")


def _on_call(rules: Rules) -> Finding:
    return Finding("on_call", "" if rules.on_call_numbers else "on_call")


def _state(account: Account) -> Finding:
    status = account.status()
    if status != "active":
        return Finding("account", "account_state", {"state": status})
    return Finding("account", "trial" if account.is_trial() else "")


def _numbers(account: Account, rules: Rules) -> list[Finding]:
    found = {number.number: number for number in account.numbers(FIELDS)}
    return [_number(rules, number, found.get(number)) for number in rules.helpline_numbers]


def _number(rules: Rules, number: str, setup: Number | None) -> Finding:
    ending = number[-2:]
    if setup is None:
        return Finding("number", "not_ours", ending=ending)
    wanted = wanted_fields(rules, "")
    off = [
        name
        for name in ("voice_url", "status_callback", "sms_url")
        if setup.fields.get(name) != wanted[name] or setup.fields.get(_method(name)) != "POST"
    ]
    off += [name for name in ("voice_fallback_url", "sms_fallback_url") if not setup.fields.get(name)]
    if off:
        return Finding("number", "not_set_up", {"fields": ", ".join(off)}, ending)
    own = urlsplit(rules.public_base_url).netloc
    here = urlsplit(setup.fields["voice_fallback_url"]).netloc == own
    return Finding("number", "fallback_here" if here else "", ending=ending)


def _softphone(account: Account) -> list[Finding]:
    try:
        return [Finding("softphone")] if account.check_api_key() else []
    except ProviderRefused:
        return [Finding("softphone", "key_refused")]


def _method(name: str) -> str:
    return f"{name.removesuffix('_url')}_method"


def _verification(account: Account, rules: Rules) -> Finding:
    try:
        waiting = account.unverified(rules.helpline_numbers)
    except (ProviderRefused, ProviderUnsure):
        return Finding("verification", "verification_unread")
    return Finding("verification", "unverified" if waiting else "", {"count": len(waiting)})
