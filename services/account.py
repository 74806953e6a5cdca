"""Is the account at Twilio set up so that no caller meets silence? What is wrong, in sentences, and how to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

    def numbers(self, names: Sequence[str]) -> Sequence[Number]:
        """Our numbers with these fields."""

    def set_number(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change fields of a number."""

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
    """One thing the doctor looked at; `wrong` is empty when it is well, else what to do."""

    subject: str
    wrong: str = ""


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
    findings = [_address(rules), _on_call(rules)]
    try:
        status = account.status()
        findings.append(Finding("the account", "" if status == "active" else f"It is {status}: see Twilio's console."))
        findings += _numbers(account, rules)
    except (ProviderRefused, ProviderUnsure) as error:
        code = getattr(error, "code", None)
        why = f"code {code}" if code else "no clear answer"
        findings.append(Finding("the account", f"Twilio could not be asked ({why}): check SID, token and network."))
        return findings
    findings.append(_verification(account, rules))
    return findings


def _address(rules: Rules) -> Finding:
    parts = urlsplit(rules.public_base_url)
    local = (parts.hostname or "").startswith("127.") or parts.hostname == "localhost"
    wrong = "" if parts.scheme == "https" and not local else "Twilio cannot reach it safely: set an https address."
    return Finding("PUBLIC_BASE_URL", wrong)


def _on_call(rules: Rules) -> Finding:
    wrong = "" if rules.on_call_numbers else "Set ON_CALL_NUMBERS: they ring when all else fails."
    return Finding("the on-call numbers", wrong)


def _numbers(account: Account, rules: Rules) -> list[Finding]:
    found = {number.number: number for number in account.numbers(FIELDS)}
    return [_number(rules, number, found.get(number)) for number in rules.helpline_numbers]


def _number(rules: Rules, number: str, setup: Number | None) -> Finding:
    subject = f"the number ending in {number[-2:]}"
    if setup is None:
        return Finding(subject, "It does not belong to this account: check HELPLINE_NUMBERS.")
    wanted = wanted_fields(rules, "")
    off = [
        name
        for name in ("voice_url", "status_callback", "sms_url")
        if setup.fields.get(name) != wanted[name] or setup.fields.get(_method(name)) != "POST"
    ]
    off += [name for name in ("voice_fallback_url", "sms_fallback_url") if not setup.fields.get(name)]
    if off:
        return Finding(subject, f"Not set up: {', '.join(off)}. Run `flask --app app twilio provision`.")
    own = urlsplit(rules.public_base_url).netloc
    if urlsplit(setup.fields["voice_fallback_url"]).netloc == own:
        return Finding(subject, "Its fallback is on this host too: give `twilio provision` a --fallback-base.")
    return Finding(subject)


def _method(name: str) -> str:
    return f"{name.removesuffix('_url')}_method"


def _verification(account: Account, rules: Rules) -> Finding:
    subject = "toll-free verification"
    try:
        waiting = account.unverified(rules.helpline_numbers)
    except (ProviderRefused, ProviderUnsure):
        return Finding(subject, "It could not be read: look at Twilio's console under Messaging, Regulatory.")
    wrong = f"{len(waiting)} toll-free numbers are not verified: their texts are dropped (30032)." if waiting else ""
    return Finding(subject, wrong)
