"""What is said and rung when nothing else works; built once at start from settings and phrases, without any state."""

from collections.abc import Sequence
from typing import Final

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from routing.phrases import Phrases
from routing.vocabulary import Language
from telephony.twiml import VOICES

RING_SECONDS: Final = 25
PRESS_SECONDS: Final = 10


class Fallback:
    """Emergency words in both languages, the on-call phones with press-1, and the lines that always answer."""

    def __init__(self, base: str, phrases: Phrases, on_call: Sequence[str], caller_id: str) -> None:
        self._base = base.rstrip("/")
        self._phrases = phrases
        self._on_call = tuple(on_call)
        self._caller_id = caller_id

    def voice(self) -> str:
        """Say what helps, then ring the on-call phones."""
        response = VoiceResponse()
        self._say(response, "voice.fallback")
        if not self._on_call:
            self._say(response, "voice.fallback_sorry")
            return str(response)
        dial = response.dial(
            action=f"{self._base}/voice/fallback/after", method="POST", timeout=RING_SECONDS, caller_id=self._caller_id
        )
        for number in self._on_call:
            dial.number(number, url=f"{self._base}/voice/fallback/whisper", method="POST")
        return str(response)

    def whisper(self) -> str:
        """Ask the phone that was picked up for 1; a voicemail never presses it."""
        response = VoiceResponse()
        gather = response.gather(
            input="dtmf", num_digits=1, timeout=PRESS_SECONDS, action=f"{self._base}/voice/fallback/key", method="POST"
        )
        gather.say(self._phrases.text("voice.press_one", Language.ENGLISH, spoken="English"), language="en-US")
        response.hangup()
        return str(response)

    def decided(self, accepted: bool) -> str:
        """An empty document connects, a hang-up declines."""
        response = VoiceResponse()
        if not accepted:
            response.hangup()
        return str(response)

    def after(self, spoken: bool) -> str:
        """After the on-call phones."""
        response = VoiceResponse()
        self._say(response, "voice.goodbye" if spoken else "voice.fallback_sorry")
        response.hangup()
        return str(response)

    def sms(self) -> str:
        """The emergency words as a reply."""
        response = MessagingResponse()
        response.message(" ".join(self._phrases.text("text.fallback", language) for language in Language))
        return str(response)

    def _say(self, response: VoiceResponse, key: str) -> None:
        for language in Language:
            response.say(self._phrases.text(key, language), language=VOICES[language])
