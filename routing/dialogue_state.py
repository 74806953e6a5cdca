"""What a text conversation is made of: state, what is known, replies and wishes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Wish(StrEnum):
    """What the service is asked to do besides answering."""

    MATCH = "match"  # match and render the results after the replies
    MORE = "more"  # the next results
    COUNSELOR = "counselor"  # a human takes over
    EMERGENCY = "emergency"  # a human takes over before everybody else; rescue screen
    CALLBACK = "callback"
    OPT_OUT = "opt_out"
    INFORMATION = "information"  # a part of a sheet; `detail`: its id, empty for whoever names nothing
    SUBSTANCE = "substance"  # a name was made clear; `detail`: id of the substance
    PLACE = "place"  # `detail`: town as written, perhaps with a state; look its ZIP up
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wish."""

    wish: Wish
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A phrase to write: its key and the values of its placeholders."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Where a text conversation stands. What is known of the person lives with the contact, not here."""

    greeted: bool = False
    asked: str | None = None  # what, zip, payer, illness, name, info_name
    choices: tuple[str, ...] = ()  # substances that an unclear name may mean, in the order they were offered
    misunderstood: int = 0
    skipped: tuple[str, ...] = ()  # questions the person did not want to answer
    matched_on: tuple[str, ...] = ()  # what was known at the last match
    reading: str = ""  # the sheet that MORE goes on with
    page: int = 0  # its part that was sent last
    danger: bool = False  # the emergency words were written; a human has not cleared it
    human: bool = False  # a human was called
    told: tuple[str, ...] = ()  # advice that is given once: prescriber, doctor

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "State":
        """From what `as_dict` gave (JSON); None is a new conversation."""
        if not stored:
            return cls()
        kept = {name: stored[name] for name in cls.__slots__ if name in stored}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from one text."""

    state: State
    replies: tuple[Reply, ...] = ()
    wishes: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the contact after this text was heard, from every channel.

    `answered`: which of `QUESTIONS` need no asking. `with_counselor`: a human writes in this conversation.
    `danger`: the contact's danger is not cleared. `topic`: a sheet that the text asks for by its words. `substance`:
    the first one known of the contact. `asks_illness`: liver and breathing illness matter, are not known, and nobody
    has asked.
    """

    answered: frozenset[str] = frozenset()
    with_counselor: bool = False
    danger: bool = False
    topic: str | None = None
    substance: str | None = None
    prescriber_first: bool = False
    asks_illness: bool = False
