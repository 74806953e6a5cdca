"""Recordings: what was said is kept as text, and a real (nearly silent) sound file stands for it."""

from __future__ import annotations

import io
import math
import struct
import wave
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from simulator.clock import as_datetime
from simulator.running import Goto
from simulator.webhooks import Hook

if TYPE_CHECKING:
    from simulator.calls import Call
    from simulator.exchange import Exchange

_RATE = 8000  # samples a second, as on a telephone line
_HUM = 220.0
_LOUDNESS = 600
_LONGEST_FILE = 60  # seconds of sound made; the stated duration is the true one
TRANSCRIBED = (2, 120)  # seconds; Twilio transcribes nothing shorter or longer


@dataclass
class Recording:
    """A recording of `duration` seconds. `status` is processing, completed or absent."""

    sid: str
    call: Call
    began: float
    duration: int
    words: str
    status: str = "processing"

    def sound(self) -> bytes:
        """A WAV file: a quiet hum."""
        wave_form = (int(_LOUDNESS * math.sin(2 * math.pi * _HUM * i / _RATE)) for i in range(_RATE))
        second = b"".join(struct.pack("<h", sample) for sample in wave_form)
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(second * min(max(self.duration, 1), _LONGEST_FILE))
        return buffer.getvalue()


@dataclass(frozen=True)
class Wishes:
    """What a `<Record>` asked to be told: when the file is there, and its transcription."""

    status: Goto | None
    transcription: Goto | None
    transcribe: bool


def url_of(exchange: Exchange, recording: Recording) -> str:
    """Where the product finds it; on api.twilio.com, as its client rewrites that host."""
    account = exchange.settings.account_sid
    return f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{recording.sid}"


def keep(exchange: Exchange, call: Call, began: float, words: str, wishes: Wishes) -> Recording:
    """Make a recording that ends now; its file and callbacks follow."""
    duration = max(1, round(exchange.engine.now - began))
    recording = Recording(exchange.ids.sid("RE"), call, began, duration, words)
    exchange.recordings[recording.sid] = recording
    exchange.engine.at(exchange.settings.timing.recording, lambda: _complete(exchange, recording, wishes))
    if wishes.transcribe or wishes.transcription:
        exchange.engine.at(exchange.settings.timing.transcription, lambda: _transcribe(exchange, recording, wishes))
    return recording


def _complete(exchange: Exchange, recording: Recording, wishes: Wishes) -> None:
    recording.status = "completed"
    if wishes.status is None:
        return
    form = [
        *_identity(exchange, recording),
        ("RecordingStatus", "completed"),
        ("RecordingDuration", str(recording.duration)),
        ("RecordingChannels", "1"),
        ("RecordingSource", "RecordVerb"),
        ("RecordingStartTime", format_datetime(as_datetime(recording.began))),
        ("ErrorCode", "0"),
    ]
    exchange.webhooks.send(Hook("recording", wishes.status.url, wishes.status.method, form))


def _transcribe(exchange: Exchange, recording: Recording, wishes: Wishes) -> None:
    fault = exchange.faults.draw("transcription", recording.call.number)
    if wishes.transcription is None or (fault and fault.name == "lost"):
        return
    possible = TRANSCRIBED[0] <= recording.duration <= TRANSCRIBED[1] and bool(recording.words)
    status = "completed" if possible and not fault else "failed"
    form = [
        *_identity(exchange, recording),
        *((pair) for pair in recording.call.parameters() if pair[0] in {"From", "To", "Direction", "CallStatus"}),
        ("TranscriptionSid", exchange.ids.sid("TR")),
        ("TranscriptionStatus", status),
        ("TranscriptionType", "fast"),
    ]
    if status == "completed":
        form.append(("TranscriptionText", recording.words))
    exchange.webhooks.send(Hook("transcription", wishes.transcription.url, wishes.transcription.method, form))


def _identity(exchange: Exchange, recording: Recording) -> list[tuple[str, str]]:
    return [
        ("AccountSid", exchange.settings.account_sid),
        ("CallSid", recording.call.sid),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", url_of(exchange, recording)),
    ]
