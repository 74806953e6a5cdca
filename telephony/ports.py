"""What the house asks of a telephone network, in its own words; `telephony.client` is Twilio's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ProviderRefused(Exception):
    """The provider said no and did nothing; `code` is its error number, `retry` whether later may help.

    `too_many`: it is our requests in all that are too many just now, and this one is as good as another.
    """

    def __init__(self, code: int, *, retry: bool, too_many: bool = False) -> None:
        super().__init__(f"the telephone network refused with code {code}")
        self.code = code
        self.retry = retry
        self.too_many = too_many

    @property
    def bad_number(self) -> bool:
        """Whether it was refused because of the number (21xxx in Twilio's list of errors)."""
        return 21000 <= self.code < 22000


class ProviderUnsure(Exception):
    """No answer, or an error after which the thing may have happened all the same: reconcile before repeating."""


class CallGone(Exception):
    """The call is already over (Twilio 21220), or was never there (20404)."""


@dataclass(frozen=True)
class Seat:
    """How a phone sits in a conference; None leaves a thing as it is.

    `hold_url`: what is heard on hold, "" off hold. `coaches`: the call that alone hears this phone, "" everybody.
    """

    hold_url: str | None = None
    muted: bool | None = None
    ends: bool | None = None  # whether the conference ends when this phone leaves
    coaches: str | None = None


@dataclass(frozen=True)
class SentText:
    """A message of ours as the provider lists it."""

    sid: str
    status: str
    body: str
    sent_at: datetime | None


@dataclass(frozen=True)
class ReceivedText:
    """A message that came in to one of our numbers, as the provider lists it."""

    sid: str
    sender: str
    recipient: str
    body: str
    sent_at: datetime | None
    media: int = 0  # pictures and the like that came with it


@dataclass(frozen=True)
class ReceivedCall:
    """A call that came in to one of our numbers, as the provider lists it."""

    sid: str
    caller: str
    recipient: str
    started_at: datetime
    over: bool


@dataclass(frozen=True)
class Notice:
    """An alarm as it leaves the house: no name, number or word of anybody. `words` holds it in each language."""

    id: str
    kind: str
    organisation: str
    words: tuple[str, ...]
    count: int
    link: str
    at: datetime


class NotDelivered(Exception):
    """An alarm did not get out by this way; later may help."""


class AlarmWays(Protocol):
    """E-mail and webhook, as far as they are set up (`mail`, `post`)."""

    @property
    def names(self) -> tuple[str, ...]:
        """The ways that are set up."""

    def send(self, way: str, notice: Notice) -> None:
        """Send by one way, or raise NotDelivered."""


class AccessTokens(Protocol):
    """Passes with which a browser takes calls."""

    def issue(self, identity: str, seconds: int) -> str:
        """One that lets a browser be rung as `client:<identity>`, and nothing else, for so long."""


class Telephony(Protocol):
    """Voice and text. Every method makes one REST request with a time-out, or raises one of the three above."""

    def place_call(
        self, *, to: str, sender: str, url: str, status_url: str, ring_seconds: int, digits: str = ""
    ) -> str:
        """Ring a number; the provider's call id. `url` is fetched when it is picked up, after `digits` were sent."""

    def redirect_call(self, sid: str, url: str) -> None:
        """Make a live call fetch `url` now."""

    def end_call(self, sid: str, *, unless_answered: bool = False) -> None:
        """Hang up, or stop ringing; a call already over is fine. `unless_answered`: one that was picked up goes on."""

    def call_status(self, sid: str) -> str:
        """The provider's word for where a call stands (`queued`, `ringing`, `in-progress`, `completed`, ...)."""

    def room(self, name: str) -> str | None:
        """The provider's id of the conference of this name that goes on; None when there is none (yet)."""

    def seat(self, room: str, call: str, seat: Seat) -> None:
        """Change how a call sits in a conference; CallGone when it is not in there (any more, or yet)."""

    def speak(self, room: str, call: str, url: str) -> None:
        """Let one call in a conference hear the document at `url`, and nobody else."""

    def is_talking(self, sid: str) -> bool:
        """Whether a phone that was rung from this call's own document is picked up now."""

    def send_text(self, *, to: str, sender: str, body: str, status_url: str) -> str:
        """Send a message; the provider's message id."""

    def sent_texts(self, *, to: str, sender: str, since: datetime) -> Sequence[SentText]:
        """What the provider knows that we sent to a number since then, for reconciling."""

    def received_texts(self, *, recipient: str, since: datetime) -> Sequence[ReceivedText]:
        """What came in to one of our numbers since then, for finding what an outage missed."""

    def received_calls(self, *, recipient: str, since: datetime) -> Sequence[ReceivedCall]:
        """Calls that came in to one of our numbers since then, for finding what an outage missed."""

    def talked_seconds(self, sid: str) -> int:
        """For how long somebody who was rung from this call's own documents talked in it."""

    def recording(self, sid: str) -> bytes:
        """The audio of a recording (WAV)."""

    def delete_recording(self, sid: str) -> None:
        """Remove a recording at the provider; one already gone is fine."""

    def delete_text(self, sid: str) -> None:
        """Remove the provider's copy of a message, either way; already gone is fine."""

    def delete_call(self, sid: str) -> None:
        """Remove the provider's record of a call that is over; already gone is fine."""

    def delete_transcription(self, sid: str) -> None:
        """Remove the words of a recording at the provider; already gone is fine."""
