"""What happened in a contact, as its page tells it: timeline, texts, legs, words and what is known from them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import reading
from models.contacts import Contact, ContactEvent, Leg
from models.texts import TextMessage
from routing.links import without_keys
from routing.vocabulary import LegKind
from services.knowing import COUNSELOR

READ_FROM_WORDS = frozenset({"need", "use", "for_whom", "conditions", "gender", "dual_diagnosis", "pregnant"})
TOLD = frozenset({COUNSELOR, ""})  # a counselor chose the word itself
# shown in places of their own, or nowhere
NOT_ANSWERS = frozenset({"said", "flags", "addressed", "not_so", "typed", "unclear", "doubted", "asked"})


@dataclass(frozen=True)
class Answer:
    """One thing that is known, with who said so: `source` such as speech, text, keypad, counselor."""

    key: str
    values: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Said:
    """Words of the caller, as they came."""

    words: str
    question: str | None
    source: str
    at: datetime | None


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened; `data` has words of the vocabulary and counts, `who` the person of the leg, if any."""

    at: datetime
    kind: str
    data: Mapping[str, Any]
    who: str | None


@dataclass(frozen=True)
class TextRow:
    """A message of the thread."""

    outgoing: bool
    body: str
    status: str
    at: datetime


@dataclass(frozen=True)
class LegRow:
    """A telephone leg: whose, how far it came, and how long it lasted in seconds."""

    kind: str
    name: str | None
    status: str
    planned_at: datetime
    ended_at: datetime | None
    end_reason: str | None


@dataclass(frozen=True)
class EarlierContact:
    """The contact that this one continues, because its follow-up was answered."""

    id: uuid.UUID
    opened_at: datetime


def continued(events: Sequence[ContactEvent]) -> EarlierContact | None:
    """The contact whose follow-up was answered by this one."""
    for event in events:
        if event.kind == "continues":
            return EarlierContact(uuid.UUID(event.data["contact"]), datetime.fromisoformat(event.data["opened"]))
    return None


def names_in(session: Session, contact: Contact, events: Sequence[ContactEvent]) -> dict[uuid.UUID, str]:
    """The names of everybody whose phone or deed is in a contact."""
    ids = [leg.counselor_id for leg in contact.legs if leg.counselor_id]
    return reading.names_of(session, ids + [who for event in events if (who := _person_in(event.data))])


def _person_in(data: Mapping[str, Any]) -> uuid.UUID | None:
    """Whose deed an event is, when its data says so."""
    try:
        return uuid.UUID(str(data.get("by") or data.get("counselor")))
    except ValueError:
        return None


def timeline(
    events: Sequence[ContactEvent], legs: Sequence[Leg], names: Mapping[uuid.UUID, str]
) -> tuple[TimelineEntry, ...]:
    """What happened, in order, each with the person who did it, if any."""
    by_leg = {str(leg.id): names.get(leg.counselor_id) for leg in legs if leg.counselor_id}
    return tuple(
        TimelineEntry(e.at, e.kind, e.data, by_leg.get(e.data.get("leg", "")) or _name_in(e.data, names))
        for e in events
    )


def _name_in(data: Mapping[str, Any], names: Mapping[uuid.UUID, str]) -> str | None:
    person = _person_in(data)
    return names.get(person) if person else None


def entries_of(known: Any) -> list[dict[str, Any]]:
    """The entries of a part of what is known, whatever an older release left there."""
    return [entry for entry in known or [] if isinstance(entry, dict)]


def answers(known: Mapping[str, Any]) -> list[Answer]:
    """What is known of the person, each answer with where it is from."""
    found = []
    for key in sorted(set(known) - NOT_ANSWERS):
        entries = entries_of(known[key] if isinstance(known[key], list) else [known[key]])
        values = tuple(str(entry["value"]) for entry in entries if entry.get("value") is not None)
        if values:
            found.append(Answer(key, values, _source(key, entries[-1])))
    return found


def _source(key: str, entry: Mapping[str, Any]) -> str:
    """Where an answer is from; what was read out of free words was not said in that way."""
    source = str(entry.get("source", ""))
    if entry.get("inferred"):
        return "inferred"
    return "understood" if key in READ_FROM_WORDS and source not in TOLD else source


def said(entry: Mapping[str, Any]) -> Said:
    """Words of the caller, as they were kept."""
    at = entry.get("at")
    return Said(
        words=str(entry.get("words", "")),
        question=entry.get("question"),
        source=str(entry.get("source", "")),
        at=datetime.fromisoformat(at) if at else None,
    )


def text_row(message: TextMessage) -> TextRow:
    """A message as its page shows it, without the keys of our own links."""
    return TextRow(
        message.outgoing, without_keys(message.body), message.status.value, message.sent_at or message.created_at
    )


def plain_reason(word: str) -> str:
    """The end of a leg without the provider's number: refused_21211 is refused."""
    return "refused" if word.startswith("refused_") else word


def leg_row(leg: Leg, names: Mapping[uuid.UUID, str]) -> LegRow:
    """A leg as its page shows it; the caller's bears no name."""
    name = names.get(leg.counselor_id) if leg.counselor_id and leg.kind is not LegKind.CALLER else None
    reason = plain_reason(leg.end_reason) if leg.end_reason else None
    return LegRow(
        leg.kind.value,
        name,
        leg.status.value,
        leg.planned_at,
        leg.ended_at,
        reason,
    )
