"""A contact's timeline as sentences: every kind of event has its words in web/i18n under `event.`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.contact_page import TimelineEntry
from web import guards
from web.console.speech import words

# Which family of words translates a value of an event's data.
FAMILIES = {
    "urgency": "urgency",
    "reason": "end_reason",
    "step": "next_step",
    "disposition": "disposition",
    "key": "key",
    "result": "queue_result",
    "follow_up": "follow_up",
    "outcome": "outcome",
    "finished": "voicemail.outcome",
    "flag": "flag",
    "from_channel": "channel",
    "done": "addressed",
    "did": "rescue_step",
}
QUIET = frozenset({"ring_planned", "next_step", "key", "leg_ended"})  # small print of the timeline
LOUD = frozenset({"danger", "bridged_988", "rescue_opened"})


@dataclass(frozen=True)
class Sentence:
    """One line of the timeline. `weight` is quiet, plain or loud."""

    at: datetime
    words: str
    weight: str


def sentences(timeline: Iterable[TimelineEntry]) -> list[Sentence]:
    """The timeline in the reader's language."""
    return [Sentence(entry.at, _sentence(entry), _weight(entry.kind)) for entry in timeline]


def _weight(kind: str) -> str:
    return "loud" if kind in LOUD else "quiet" if kind in QUIET else "plain"


def _sentence(entry: TimelineEntry) -> str:
    t = words()
    values = {key: _value(key, value) for key, value in entry.data.items()}
    who = entry.who or t("event.somebody")
    leg_kind = entry.data.get("kind")
    for key in (f"event.{entry.kind}.{leg_kind}", f"event.{entry.kind}"):
        if t.has(key):
            return t.with_gaps(key, {**values, "who": who})
    return t.of("event", entry.kind).capitalize()


def _value(key: str, value: object) -> str:
    t = words()
    if key == "opened":
        return t.clock(datetime.fromisoformat(str(value)), guards.now())
    if isinstance(value, list):
        family = {"answers": "answer", "flags": "flag"}.get(key, key)
        return ", ".join(t.of(family, str(part)) for part in value)
    if key in FAMILIES:
        return t.of(FAMILIES[key], str(value))
    return str(value)
