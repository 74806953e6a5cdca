"""A contact's timeline as sentences: every kind of event has its words in web/i18n under `event.`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services import information
from services.contact_story import TimelineEntry, plain_reason
from web import guards
from web.console.speech import words
from web.house import house

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
    "answer": "answers",
    "referral": "referral",
    "said_by": "said_by",
    "decline": "decline",
    "work": "referral_work",
    "part": "part",
}
# The same for a key that means something of its own in one kind of event.
OF_THIS_EVENT = {
    ("callback_refused", "reason"): "callback_refused",
    ("counselor_wanted", "reason"): "wanted_because",
    ("text_given_back", "reason"): "given_back_because",
    ("text_suppressed", "reason"): "outcome",
    ("consent_ended", "way"): "revoked",
    ("disclosed", "how"): "told",
    ("disclosed", "purpose"): "shared_for",
}
QUIET = frozenset({"ring_planned", "next_step", "key", "leg_ended"})  # small print of the timeline
COUNTED = ("phones", "places", "count", "seconds")
LOUD = frozenset({"danger", "bridged_988", "rescue_opened", "help_asked", "counselor_needs_help", "emergency_told"})


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
    values = {key: _value(entry.kind, key, value) for key, value in entry.data.items()}
    who = entry.who or t("event.somebody")
    for key in _keys(entry):
        if t.has(key):
            sentence = t.with_gaps(key, {**values, "who": who})
            return sentence[:1].upper() + sentence[1:]
    return t.of("event", entry.kind).capitalize()


def _keys(entry: TimelineEntry) -> Iterator[str]:
    """Where the sentence may stand: for this kind of leg, for one of a thing, or for the event as such."""
    if "part" in entry.data:
        yield f"event.{entry.kind}.{entry.data['part']}"
    if "kind" in entry.data:
        yield f"event.{entry.kind}.{entry.data['kind']}"
    if "decline" in entry.data:
        yield f"event.{entry.kind}.decline"
    if any(entry.data.get(counted) == 1 for counted in COUNTED):
        yield f"event.{entry.kind}.one"
    yield f"event.{entry.kind}"
    yield f"consent_kind.{entry.kind}"


def _value(kind: str, key: str, value: object) -> str:
    t = words()
    if key == "sheet":
        names = information.sheet_names(house(), t.language)
        return next((by_id[str(value)] for by_id in names.values() if str(value) in by_id), str(value))
    if key == "opened":
        return t.clock(datetime.fromisoformat(str(value)), guards.now())
    if isinstance(value, list):
        of_all = {"answers": "answer", "flags": "flag"}.get(key, key)
        return ", ".join(t.of(of_all, str(part)) for part in value)
    family = OF_THIS_EVENT.get((kind, key)) or FAMILIES.get(key)
    if family is not None:
        return t.of(family, plain_reason(str(value)))
    return str(value)
