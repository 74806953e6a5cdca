"""Read model of one contact's page: its timeline, what is known, texts, legs and what is still owed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import reading
from models.contacts import Contact, events_of
from models.listed import Listed
from models.texts import thread_of
from models.voicemails import voicemails_of
from routing.dialogue import is_command
from routing.follow_up import purpose_of
from routing.sending import Purpose, Refusal
from routing.vocabulary import Channel, Disposition
from services import audit, care_plans, consent, contact_story, flags, follow_up_plans, rescue
from services.board import rings_for
from services.care_plans import PlanShown
from services.console import ContactRow, DueRow, VoicemailRow, due_row, row_of, voicemail_row
from services.contact_answers import CHOICES, TRUTHS
from services.contact_story import Answer, EarlierContact, LegRow, Said, TextRow, TimelineEntry
from services.flags import Flag, Suggested
from services.follow_up_plans import Proposed
from services.house import House
from services.notes import version_of
from services.safe_contact import Reach, reach_of

SELDOM = ("on_moud", "liver_disease", "respiratory_disease", "veteran", "dui", "sign_language")
FORM_ANSWERS = frozenset({"substances", "zip", "age", "need_override_reason", *CHOICES, *TRUTHS})


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
    earlier_danger: ContactRow | None  # the newest of them whose danger stands on the board
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
    names = contact_story.names_in(session, contact, events)
    voicemails = voicemails_of(session, contact.id)
    known, planned = contact.triage or {}, reading.follow_ups_of(session, contact.id)
    refusals = consent.refused_by_answer(session, house, contact.caller, now)
    found = reading.earlier_contacts(session, contact)
    earlier = Listed(tuple(row_of(other) for other in found.rows), found.total)
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
        unclear=tuple((e["value"], tuple(e["choices"])) for e in contact_story.entries_of(known.get("unclear"))),
        flags=flags.flags_of(house, contact),
        suggested=flags.suggested(house, contact),
        answers=tuple(contact_story.answers(known)),
        said=tuple(
            contact_story.said(entry)
            for entry in contact_story.entries_of(known.get("said"))
            if not is_command(str(entry.get("words", "")))
        ),
        timeline=contact_story.timeline(events, contact.legs, names),
        texts=tuple(contact_story.text_row(message) for message in thread_of(session, contact.id)),
        legs=tuple(contact_story.leg_row(leg, names) for leg in contact.legs),
        rings=rings_for(contact.legs, names) if reading.waits(contact) else (),
        follow_ups=tuple(due_row(row, now, refusals["unknown"][purpose_of(row.kind)]) for row in planned),
        voicemails=tuple(voicemail_row(row, names, now) for row in voicemails),
        earlier=earlier,
        earlier_danger=next((other for other in earlier.rows if rescue.is_open(other, now)), None),
        continues=contact_story.continued(events),
        care_plan=care_plans.plan_of(session, house, contact, now),
        proposed=follow_up_plans.proposed(house, contact, planned, now),
        ended_by_itself=contact.channel is Channel.TEXT and bool(contact.disposition) and not contact.disposition_by,
        refused_by_answer=refusals,
        number_doubted=(contact.stir or "").startswith("TN-Validation-Failed"),
    )


def _only_the_service(contact: Contact) -> bool:
    by_people = contact.claimed_by or contact.claimed_at or contact.waiting_since
    return contact.channel is Channel.TEXT and not by_people
