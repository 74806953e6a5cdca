"""The helpline's own numbers, and what telephone numbers look like."""

import re
from dataclasses import dataclass, field

LIFELINE = "988"
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_CLIENT = re.compile(r"client:\w{1,121}")
_TOLL_FREE = re.compile(r"\+1(800|833|844|855|866|877|888)\d{7}")


@dataclass
class HelplineNumber:
    """A number of the account and where Twilio turns when it rings or gets a text."""

    sid: str
    number: str
    created: float
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    friendly_name: str = field(default="")


def configured(sid: str, number: str, base: str, created: float) -> HelplineNumber:
    """A number set up the way Harborline's public routes are named."""
    return HelplineNumber(
        sid,
        number,
        created,
        voice_url=f"{base}/voice/inbound",
        voice_fallback_url=f"{base}/voice/fallback",
        sms_url=f"{base}/sms/inbound",
        sms_fallback_url=f"{base}/sms/fallback",
        status_callback=f"{base}/status/call",
        friendly_name=number,
    )


def valid(number: str) -> bool:
    """Is it an E.164 number?"""
    return _E164.fullmatch(number) is not None


def dialable(number: str) -> bool:
    """Can it be called: an E.164 number, or 988, which is reached from the United States as it stands?"""
    return valid(number) or number == LIFELINE


def reachable(address: str) -> bool:
    """Can a call be placed to it: a number, or `client:` and the identity of a browser?"""
    return dialable(address) or _CLIENT.fullmatch(address) is not None


def toll_free(number: str) -> bool:
    """Is it a North American toll-free number?"""
    return _TOLL_FREE.fullmatch(number) is not None
