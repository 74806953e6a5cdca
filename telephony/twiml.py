"""Documents in Twilio's language, through the SDK's classes only (so that no text can become markup)."""

from typing import Any, Final

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from routing.documents import (
    Ask,
    Document,
    Enqueue,
    GoTo,
    HangUp,
    JoinConference,
    Keys,
    Leave,
    Pause,
    Record,
    Ring,
    Say,
    Step,
)
from routing.phrases import Phrases
from routing.vocabulary import Language

__all__ = ["Document", "Twiml", "reply"]

QUEUE: Final = "helpline"
VOICES: Final = {Language.ENGLISH: "en-US", Language.SPANISH: "es-US"}
CONFERENCE_EVENTS: Final = "join leave end"
LEG_EVENTS: Final = "initiated ringing answered completed"


def reply(words: str) -> str:
    """The answer to a text webhook: these words as a message, or nothing."""
    response = MessagingResponse()
    if words:
        response.message(words)
    return str(response)


class Twiml:
    """Renders documents. `base` is our public address; paths become absolute, since REST updates need that."""

    def __init__(self, base: str, phrases: Phrases, caller_id: str) -> None:
        self._base = base.rstrip("/")
        self._phrases = phrases
        self._caller_id = caller_id  # ours: no private number is ever shown

    def render(self, document: Document) -> str:
        """The XML of a document."""
        response = VoiceResponse()
        for step in document.steps:
            self._step(response, step, document.language)
        return str(response)

    def _step(self, response: VoiceResponse, step: Step, language: Language) -> None:
        match step:
            case Say():
                self._say(response, step, language)
            case Pause():
                response.pause(length=step.seconds)
            case Ask():
                self._ask(response, step, language)
            case Enqueue():
                response.enqueue(QUEUE, wait_url=self._url(step.wait), action=self._url(step.then), method="POST")
            case Leave():
                response.leave()
            case JoinConference():
                self._conference(response, step)
            case Ring():
                self._ring(response, step)
            case Record():
                self._record(response, step, language)
            case Keys():
                response.play(digits=step.digits)
            case GoTo():
                response.redirect(self._url(step.path), method="POST")
            case HangUp():
                response.hangup()

    def _url(self, path: str) -> str:
        return self._base + path

    def _say(self, parent: VoiceResponse | Gather, say: Say, language: Language) -> None:
        spoken = say.language or language
        parent.say(self._phrases.text(say.key, spoken, **say.values), language=VOICES[spoken])

    def _ask(self, response: VoiceResponse, ask: Ask, language: Language) -> None:
        gather = response.gather(
            input="dtmf speech" if ask.speech else "dtmf",
            num_digits=ask.digits,
            timeout=ask.seconds,
            action=self._url(ask.then),
            method="POST",
            language=VOICES[language],
            **({"speech_timeout": "auto"} if ask.speech else {}),
        )
        for say in ask.says:
            self._say(gather, say, language)

    def _conference(self, response: VoiceResponse, join: JoinConference) -> None:
        dial = response.dial(action=self._url(join.then), method="POST")
        listening = {"muted": True} if join.muted else {}
        coaching = {"coach": join.coaches} if join.coaches else {}
        dial.conference(
            join.name,
            start_conference_on_enter=True,
            end_conference_on_exit=join.ends,
            beep=False,
            wait_url=self._url(join.silence),
            wait_method="POST",
            status_callback=self._url(join.status),
            status_callback_event=CONFERENCE_EVENTS,
            participant_label=join.label,
            **listening,
            **coaching,
        )

    def _ring(self, response: VoiceResponse, ring: Ring) -> None:
        dial: Dial = response.dial(
            action=self._url(ring.then), method="POST", timeout=ring.seconds, caller_id=self._caller_id
        )
        for target in ring.targets:
            options: dict[str, str] = {}
            if target.whisper:
                options |= {"url": self._url(target.whisper), "method": "POST"}
            if target.digits:
                options["send_digits"] = target.digits
            if target.status:
                options |= {"status_callback": self._url(target.status), "status_callback_event": LEG_EVENTS}
            dial.number(target.number, **options)

    def _record(self, response: VoiceResponse, record: Record, language: Language) -> None:
        written: dict[str, Any] = {}
        if record.transcript and language is Language.ENGLISH:  # Twilio writes down English only (TWILIO.md 4.9)
            written = {"transcribe": True, "transcribe_callback": self._url(record.transcript)}
        response.record(
            action=self._url(record.then),
            method="POST",
            max_length=record.max_seconds,
            play_beep=True,
            recording_status_callback=self._url(record.status),
            **written,
        )
