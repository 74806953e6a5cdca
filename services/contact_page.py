"""Read model of one contact's page: its timeline, what is known, texts, legs and what is still owed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import reading
from models.contacts import Contact, ContactEvent, Leg, events_of
from models.listed import Listed
from models.texts import TextMessage, thread_of
from models.voicemails import voicemails_of
from routing.dialogue import is_command
from routing.follow_up import purpose_of
from routing.links import without_keys
from routing.sending import Purpose, Refusal
from routing.vocabulary import Channel, Disposition, LegKind
from services import audit, care_plans, consent, flags, follow_up_plans
from services.board import rings_for
from services.care_plans import PlanShown
from services.console import ContactRow, DueRow, VoicemailRow, due_row, row_of, voicemail_row
from services.contact_answers import CHOICES, TRUTHS
from services.flags import Flag, Suggested
from services.follow_up_plans import Proposed
from services.house import House
from services.knowing import COUNSELOR
from services.notes import version_of
from services.safe_contact import Reach, reach_of

SELDOM = ("on_moud", "liver_disease", "respiratory_disease", "veteran", "dui", "sign_language")
FORM_ANSWERS = frozenset({"substances", "zip", "age", "need_override_reason", *CHOICES, *TRUTHS})
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


@dataclass(frozen=True)
class ContactPage:
    """Everything a counselor needs on one screen. `mine`: the reader has the contact."""

    row: ContactRow
    texting_ok: bool | None
    follow_up_texts_ok: bool | None
    reach: Reach
    claimed: bool
    answered_by_service: bool  # nobody of the team wrote or is waited for: the service answers by itself
    notes: str
    notes_version: str
    mine: bool
    unclear: tuple[tuple[str, tuple[str, ...]], ...]  # names with the substances that each may mean
    flags: tuple[Flag, ...]
    suggested: tuple[Suggested, ...]
    answers: tuple[Answer, ...]
    said: tuple[Said, ...]
    timeline: tuple[TimelineEntry, ...]
    texts: tuple[TextRow, ...]
    legs: tuple[LegRow, ...]
    rings: tuple[tuple[str, str | None], ...]  # for somebody who waits: kinds of legs, with a name if it is one of us
    follow_ups: tuple[DueRow, ...]
    voicemails: tuple[VoicemailRow, ...]
    earlier: Listed[ContactRow]
    continues: EarlierContact | None
    care_plan: PlanShown | None
    proposed: Mapping[Disposition, tuple[Proposed, ...]]  # what each disposition would plan
    ended_by_itself: bool  # the service noted an outcome, which nobody wrote
    refused_by_answer: Mapping[str, Mapping[Purpose, Refusal | None]]  # which texts would be kept back, and why
    number_doubted: bool  # the network says that the number may not be theirs

    def value(self, key: str) -> str:
        """One answer as a form writes it: its word, yes or no, or empty."""
        found = next((answer.values[-1] for answer in self.answers if answer.key == key), "")
        return {"True": "yes", "False": "no"}.get(found, found)

    def values(self, key: str) -> tuple[str, ...]:
        """All values of an answer that may have several."""
        return next((answer.values for answer in self.answers if answer.key == key), ())

    def source(self, key: str) -> str:
        """Who said it, or empty."""
        return next((answer.source for answer in self.answers if answer.key == key), "")

    @property
    def places_texted_at(self) -> datetime | None:
        """When places were last texted from this page."""
        return max((entry.at for entry in self.timeline if entry.kind == "places_texted"), default=None)

    @property
    def knows_more(self) -> bool:
        """Whether one of the answers is known that the form keeps folded away."""
        return any(self.value(key) for key in SELDOM)

    @property
    def other_answers(self) -> tuple[Answer, ...]:
        """What the form has no field for."""
        return tuple(answer for answer in self.answers if answer.key not in FORM_ANSWERS)


def contact_page(house: House, contact_id: uuid.UUID, reader_id: uuid.UUID, now: datetime) -> ContactPage | None:
    """One contact for whoever reads it; None when there is none."""
    with house.db.begin() as session:
        contact = reading.contact_with_all(session, contact_id)
        return _page(session, house, contact, reader_id, now) if contact is not None else None


def note_opening(house: House, contact_id: uuid.UUID, reader_id: uuid.UUID, now: datetime) -> None:
    """Put on record that somebody opened a contact's page."""
    with house.db.begin() as session:
        audit.write(session, "contact_opened", reader_id, now, contact_id=contact_id)


def number_of(house: House, contact_id: uuid.UUID, reader_id: uuid.UUID, now: datetime) -> str | None:
    """The caller's number, in the open, with a record of who looked. None: withheld, or no such contact.

    The edge calls this only for somebody who has just given their password again.
    """
    with house.db.begin() as session:
        contact = reading.contact_with_all(session, contact_id)
        if contact is None or contact.caller.number is None:
            return None
        audit.write(session, "number_revealed", reader_id, now, contact_id=contact_id)
        return contact.caller.number


def _page(session: Session, house: House, contact: Contact, reader_id: uuid.UUID, now: datetime) -> ContactPage:
    events = events_of(session, contact.id)
    names = _names(session, contact, events)
    voicemails = voicemails_of(session, contact.id)
    known, planned = contact.triage or {}, reading.follow_ups_of(session, contact.id)
    refusals = consent.refused_by_answer(session, house, contact.caller, now)
    earlier = reading.earlier_contacts(session, contact)
    return ContactPage(
        row=row_of(contact),
        texting_ok=contact.caller.texting_ok,
        follow_up_texts_ok=contact.caller.follow_up_texts_ok,
        reach=reach_of(contact.caller),
        claimed=contact.claimed_by is not None,
        answered_by_service=_only_the_service(contact),
        notes=contact.notes or "",
        notes_version=version_of(contact.notes),
        mine=contact.claimed_by == reader_id,
        unclear=tuple((e["value"], tuple(e["choices"])) for e in _dicts(known.get("unclear"))),
        flags=flags.flags_of(house, contact),
        suggested=flags.suggested(house, contact),
        answers=tuple(_answers(known)),
        said=tuple(_said(entry) for entry in _dicts(known.get("said")) if not is_command(str(entry.get("words", "")))),
        timeline=_timeline(events, contact.legs, names),
        texts=tuple(_text(message) for message in thread_of(session, contact.id)),
        legs=tuple(_leg(leg, names) for leg in contact.legs),
        rings=rings_for(contact.legs, names) if reading.waits(contact) else (),
        follow_ups=tuple(due_row(row, now, refusals["unknown"][purpose_of(row.kind)]) for row in planned),
        voicemails=tuple(voicemail_row(row, names, now) for row in voicemails),
        earlier=Listed(tuple(row_of(other) for other in earlier.rows), earlier.total),
        continues=_continued(events),
        care_plan=care_plans.plan_of(session, house, contact, now),
        proposed=follow_up_plans.proposed(house, contact, planned, now),
        ended_by_itself=contact.channel is Channel.TEXT and bool(contact.disposition) and not contact.disposition_by,
        refused_by_answer=refusals,
        number_doubted=(contact.stir or "").startswith("TN-Validation-Failed"),
    )


def _only_the_service(contact: Contact) -> bool:
    by_people = contact.claimed_by or contact.claimed_at or contact.waiting_since
    return contact.channel is Channel.TEXT and not by_people


def _continued(events: Sequence[ContactEvent]) -> EarlierContact | None:
    for event in events:
        if event.kind == "continues":
            return EarlierContact(uuid.UUID(event.data["contact"]), datetime.fromisoformat(event.data["opened"]))
    return None


def _names(session: Session, contact: Contact, events: Sequence[ContactEvent]) -> dict[uuid.UUID, str]:
    ids = [leg.counselor_id for leg in contact.legs if leg.counselor_id]
    return reading.names_of(session, ids + [who for event in events if (who := _person_in(event.data))])


def _person_in(data: Mapping[str, Any]) -> uuid.UUID | None:
    """Whose deed an event is, when its data says so."""
    try:
        return uuid.UUID(str(data.get("by") or data.get("counselor")))
    except ValueError:
        return None


def _timeline(
    events: Sequence[ContactEvent], legs: Sequence[Leg], names: Mapping[uuid.UUID, str]
) -> tuple[TimelineEntry, ...]:
    by_leg = {str(leg.id): names.get(leg.counselor_id) for leg in legs if leg.counselor_id}
    return tuple(
        TimelineEntry(e.at, e.kind, e.data, by_leg.get(e.data.get("leg", "")) or _name_in(e.data, names))
        for e in events
    )


def _name_in(data: Mapping[str, Any], names: Mapping[uuid.UUID, str]) -> str | None:
    person = _person_in(data)
    return names.get(person) if person else None


def _dicts(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries or [] if isinstance(entry, dict)]


def _answers(known: Mapping[str, Any]) -> list[Answer]:
    answers = []
    for key in sorted(set(known) - NOT_ANSWERS):
        entries = _dicts(known[key] if isinstance(known[key], list) else [known[key]])
        values = tuple(str(entry["value"]) for entry in entries if entry.get("value") is not None)
        if values:
            answers.append(Answer(key, values, _source(key, entries[-1])))
    return answers


def _source(key: str, entry: Mapping[str, Any]) -> str:
    """Where an answer is from; what was read out of free words was not said in that way."""
    source = str(entry.get("source", ""))
    if entry.get("inferred"):
        return "inferred"
    return "understood" if key in READ_FROM_WORDS and source not in TOLD else source


def _said(entry: Mapping[str, Any]) -> Said:
    at = entry.get("at")
    return Said(
        words=str(entry.get("words", "")),
        question=entry.get("question"),
        source=str(entry.get("source", "")),
        at=datetime.fromisoformat(at) if at else None,
    )


def _text(message: TextMessage) -> TextRow:
    return TextRow(
        message.outgoing, without_keys(message.body), message.status.value, message.sent_at or message.created_at
    )


def plain_reason(word: str) -> str:
    """The end of a leg without the provider's number: refused_21211 is refused."""
    return "refused" if word.startswith("refused_") else word


def _leg(leg: Leg, names: Mapping[uuid.UUID, str]) -> LegRow:
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
