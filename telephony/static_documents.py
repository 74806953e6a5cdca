"""Documents for Twilio's own fallback, to be hosted elsewhere: they work while this whole system is down.

A static document cannot look at the key that was pressed, so here any key connects; a voicemail presses none.
"""

from collections.abc import Sequence

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from routing.degraded_flow import PRESS_SECONDS, RING_SECONDS
from routing.phrases import Phrases
from routing.vocabulary import Language
from telephony.twiml import VOICES

VOICE, WHISPER, CONNECT, AFTER, SMS = (
    "voice-fallback.xml",
    "press-a-key.xml",
    "connect.xml",
    "after.xml",
    "sms-fallback.xml",
)


def documents(base: str, phrases: Phrases, on_call: Sequence[str], caller_id: str) -> dict[str, str]:
    """File name -> content. `base` is where the files will be served from, by GET."""
    base = base.rstrip("/")
    return {
        VOICE: _voice(base, phrases, on_call, caller_id),
        WHISPER: _whisper(base, phrases),
        CONNECT: str(VoiceResponse()),
        AFTER: _spoken(phrases, "voice.fallback_sorry"),
        SMS: _sms(phrases),
    }


def _say(response: VoiceResponse, phrases: Phrases, key: str) -> None:
    for language in Language:
        response.say(phrases.text(key, language), language=VOICES[language])


def _voice(base: str, phrases: Phrases, on_call: Sequence[str], caller_id: str) -> str:
    response = VoiceResponse()
    _say(response, phrases, "voice.fallback")
    dial = response.dial(action=f"{base}/{AFTER}", method="GET", timeout=RING_SECONDS, caller_id=caller_id)
    for number in on_call:
        dial.number(number, url=f"{base}/{WHISPER}", method="GET")
    return str(response)


def _whisper(base: str, phrases: Phrases) -> str:
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf", num_digits=1, timeout=PRESS_SECONDS, action=f"{base}/{CONNECT}", method="GET"
    )
    gather.say(phrases.text("voice.press_one", Language.ENGLISH, spoken="English"), language="en-US")
    response.hangup()
    return str(response)


def _spoken(phrases: Phrases, key: str) -> str:
    response = VoiceResponse()
    _say(response, phrases, key)
    response.hangup()
    return str(response)


def _sms(phrases: Phrases) -> str:
    response = MessagingResponse()
    response.message(" ".join(phrases.text("text.fallback", language) for language in Language))
    return str(response)
