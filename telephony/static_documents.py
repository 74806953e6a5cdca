"""Documents for Twilio's own fallback, to be hosted elsewhere: they work while this whole system is down.

A static document cannot look at the key that was pressed, so here any key connects, and only 1 is asked for; a
voicemail presses none. Nor can it know whether a talk took place, so what follows is said to fit both.
"""

from collections.abc import Sequence

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from routing.degraded_flow import MOST_PHONES, PRESS_SECONDS, RING_SECONDS
from routing.phrases import Phrases
from routing.vocabulary import Language
from telephony.twiml import VOICES

VOICE, WHISPER, CONNECT, AGAIN, LAST, SMS = (
    "voice-fallback.xml",
    "press-a-key.xml",
    "connect.xml",
    "again.xml",
    "last.xml",
    "sms-fallback.xml",
)


def documents(
    base: str, phrases: Phrases, on_call: Sequence[str], caller_id: str, backup: str | None = None
) -> dict[str, str]:
    """File name -> content. `base` is where the files will be served from, by GET.

    The on-call phones ring, then once more together with the backup centre; then lines that always answer are named.
    """
    base = base.rstrip("/")
    everybody = [*on_call, *([backup] if backup else [])]
    return {
        VOICE: _ring(base, phrases, "voice.fallback", on_call, AGAIN, caller_id),
        AGAIN: _ring(base, phrases, "voice.static_again", everybody, LAST, caller_id),
        LAST: _spoken(phrases, "voice.static_last"),
        WHISPER: _whisper(base, phrases),
        CONNECT: str(VoiceResponse()),
        SMS: _sms(phrases),
    }


def _say(response: VoiceResponse, phrases: Phrases, key: str) -> None:
    for language in Language:
        response.say(phrases.text(key, language), language=VOICES[language])


def _ring(base: str, phrases: Phrases, key: str, numbers: Sequence[str], then: str, caller_id: str) -> str:
    response = VoiceResponse()
    _say(response, phrases, key)
    dial = response.dial(action=f"{base}/{then}", method="GET", timeout=RING_SECONDS, caller_id=caller_id)
    for number in numbers[-MOST_PHONES:]:
        dial.number(number, url=f"{base}/{WHISPER}", method="GET")
    return str(response)


def _whisper(base: str, phrases: Phrases) -> str:
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf", num_digits=1, timeout=PRESS_SECONDS, action=f"{base}/{CONNECT}", method="GET"
    )
    gather.say(phrases.text("voice.degraded_press_one", Language.ENGLISH), language="en-US")
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
