"""What a phone is told to do next, as plain data; `telephony.twiml` turns it into the provider's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.vocabulary import Language


@dataclass(frozen=True)
class Say:
    """Speak a phrase of the content, with its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    language: Language | None = None  # None: the document's


@dataclass(frozen=True)
class Pause:
    """Be silent for some seconds."""

    seconds: int


@dataclass(frozen=True)
class Ask:
    """Speak, and take keys (and words); with nothing entered the next step runs."""

    says: tuple[Say, ...]
    then: str  # path that receives what was entered
    digits: int = 1
    speech: bool = False
    seconds: int = 5


@dataclass(frozen=True)
class Enqueue:
    """Put the caller into the provider's queue, whose wait loop and way out are the contact's own paths."""

    wait: str
    then: str


@dataclass(frozen=True)
class Leave:
    """Take the caller out of the queue; the way out of the Enqueue runs."""


@dataclass(frozen=True)
class JoinConference:
    """Put this phone into a conference; when it ends or the phone leaves, `then` runs."""

    name: str
    then: str
    status: str
    silence: str  # path of what a lone participant hears
    label: str
    ends: bool = True  # whether the conference ends when this phone leaves
    muted: bool = False
    coaches: str = ""  # the provider's id of the call that alone hears this phone


@dataclass(frozen=True)
class Target:
    """A number to ring, what it hears before it is connected, and where its progress is reported."""

    number: str
    whisper: str | None
    status: str | None
    digits: str = ""  # keys sent after it picked up: an extension


@dataclass(frozen=True)
class Ring:
    """Ring numbers at once from the caller's own call (at most ten); the first that accepts is connected."""

    targets: tuple[Target, ...]
    seconds: int
    then: str


@dataclass(frozen=True)
class Record:
    """Take a message after the tone."""

    then: str
    status: str
    transcript: str = ""  # path that receives the words, where the provider can write them down
    max_seconds: int = 120  # the longest that is transcribed


@dataclass(frozen=True)
class Keys:
    """Send tones to whoever this phone belongs to, for a phone tree; `w` is half a second of silence."""

    digits: str


@dataclass(frozen=True)
class GoTo:
    """Fetch another path now."""

    path: str


@dataclass(frozen=True)
class HangUp:
    """End this phone's call."""


Step = Say | Pause | Ask | Enqueue | Leave | JoinConference | Ring | Record | Keys | GoTo | HangUp


@dataclass(frozen=True)
class Document:
    """Steps in order, in one language unless a sentence has its own.

    No steps: the call is connected (an accepted whisper).
    """

    language: Language
    steps: tuple[Step, ...]
