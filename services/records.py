"""The record of a person: consents, what was told, who read, what was sent, holds. On one page, as a table, audited.

A contact is a person; a telephone is not (DESIGN.md). So a record is of one contact, and only when it is asked for of
all contacts of its number, who may be several people.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit_trail, consents, disclosures, legal_holds, reading, texts
from models.audit_trail import Wanted
from models.contacts import Contact
from models.listed import Listed
from models.people import caller_by_number
from routing import phone
from routing.vocabulary import Language
from services import audit, consent_desk
from services.consent_desk import ConsentRow, DisclosureRow
from services.house import House
from services.retention import HoldRow, hold_row

MOST_READINGS = 2_000  # of one contact, the newest
LATEST_TOLD = 50
COLUMNS = ("at", "contact", "what", "state", "by", "to", "facts", "purpose", "how", "reason", "until", "text", "id")


@dataclass(frozen=True)
class Signed:
    """What was signed, word for word."""

    id: uuid.UUID
    name: str
    subject: str  # whom it is about, when somebody else signed
    at: datetime
    words: str
    version: str
    digest: str
    language: str


@dataclass(frozen=True)
class Reading:
    """Somebody of ours who read or changed something about this contact; `who` is empty for the system."""

    at: datetime
    who: str
    kind: str


@dataclass(frozen=True)
class Sent:
    """A text, without its words."""

    at: datetime
    sent_at: datetime | None
    outgoing: bool
    purpose: str
    status: str
    id: uuid.UUID
    provider_id: str  # the provider's own, for its records


@dataclass(frozen=True)
class OneContact:
    """Everything on record about one contact."""

    id: uuid.UUID
    opened_at: datetime
    channel: str
    consents: tuple[ConsentRow, ...]
    signed: tuple[Signed, ...]
    told: tuple[DisclosureRow, ...]
    readings: tuple[Reading, ...]
    texts: tuple[Sent, ...]


@dataclass(frozen=True)
class Said:
    """Something said about being reached: a word of models.consents, and how we know."""

    at: datetime
    what: str
    how: str
    text: uuid.UUID | None


@dataclass(frozen=True)
class Record:
    """The record; `whole`: all contacts of the number. `ledger`: what was said about being texted, by number."""

    contact_id: uuid.UUID
    caller_id: uuid.UUID
    number: str  # masked; empty when withheld, or forgotten
    whole: bool
    others: int  # further contacts of the same number
    contacts: tuple[OneContact, ...]
    ledger: tuple[Said, ...]
    of_number: tuple[tuple[uuid.UUID, datetime, str], ...]  # every contact: id, when, channel; newest first
    holds: tuple[HoldRow, ...]  # what keeps it; `person_record` places and ends them
    forgotten_at: datetime | None

    @property
    def held(self) -> bool:
        """Whether a hold stands."""
        return any(hold.ended_at is None for hold in self.holds)


def record_of(
    house: House, contact_id: uuid.UUID, reader_id: uuid.UUID | None, language: str, whole: bool, now: datetime
) -> Record | None:
    """The record of a contact, or with `whole` of its number; None: no such contact. The reading is audited."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            return None
        everything = reading.contacts_of_caller(session, contact.caller_id)
        chosen = list(reversed(everything)) if whole else [contact]
        said = Language(language)
        found = Record(
            contact_id=contact.id,
            caller_id=contact.caller_id,
            number=phone.masked(contact.caller.number) if contact.caller.number else "",
            whole=whole,
            others=len(everything) - 1,
            contacts=tuple(_one(session, house, one, said, now) for one in chosen),
            ledger=tuple(
                Said(event.at, event.kind.value, event.how.value, event.text_id)
                for event in consents.consents_of(session, contact.caller_id)
            ),
            of_number=tuple((one.id, one.opened_at, one.channel.value) for one in everything),
            holds=tuple(hold_row(hold) for hold in legal_holds.holds_of(session, contact.caller_id)),
            forgotten_at=contact.caller.forgotten_at,
        )
        for one in chosen:
            audit.write(session, "record_read", reader_id, now, contact_id=one.id)
        return found


def _one(session: Session, house: House, contact: Contact, language: Language, now: datetime) -> OneContact:
    events = audit_trail.events(session, Wanted(contact_id=contact.id), limit=MOST_READINGS)
    names = reading.names_of(session, [event.actor_id for event in events if event.actor_id])
    return OneContact(
        id=contact.id,
        opened_at=contact.opened_at,
        channel=contact.channel.value,
        consents=consent_desk.consent_rows(session, house, contact.id, language, now),
        signed=tuple(_signed(session, contact.id)),
        told=consent_desk.disclosure_rows(session, house, contact.id, language),
        readings=tuple(
            Reading(event.at, names.get(event.actor_id, "") if event.actor_id else "", event.kind)
            for event in reversed(events)
        ),
        texts=tuple(
            Sent(m.created_at, m.sent_at, m.outgoing, m.purpose, m.status.value, m.id, m.provider_sid or "")
            for m in texts.thread_of(session, contact.id)
        ),
    )


def _signed(session: Session, contact_id: uuid.UUID) -> Iterator[Signed]:
    for row in disclosures.consents_of_contact(session, contact_id):
        if row.signed_at is not None and row.text_digest is not None and row.language is not None:
            yield Signed(
                row.id, row.signed_name or "", row.subject_name or "", row.signed_at, row.signed_text or "",
                row.text_version or "",
                row.text_digest.hex(), row.language.value,
            )  # fmt: skip


def contact_with_number(house: House, number: str) -> uuid.UUID | None:
    """The newest contact of this telephone number, as people write it; None: unreadable, or nobody."""
    plain = phone.e164(number)
    with house.db.begin() as session:
        caller = caller_by_number(session, plain) if plain else None
        every = reading.contacts_of_caller(session, caller.id) if caller is not None else ()
        return every[0].id if every else None


def newest_contact(house: House, caller_id: uuid.UUID) -> uuid.UUID | None:
    """The newest contact of a person."""
    with house.db.begin() as session:
        return next((one.id for one in reading.contacts_of_caller(session, caller_id)), None)


@dataclass(frozen=True)
class LatestTold:
    """One of the latest disclosures, of anybody."""

    contact_id: uuid.UUID
    told: DisclosureRow


def latest_told(house: House, reader_id: uuid.UUID, language: str, now: datetime) -> Listed[LatestTold]:
    """What was told lately, of everybody, newest first; that somebody looked is audited."""
    with house.db.begin() as session:
        rows, total = disclosures.latest_disclosures(session, LATEST_TOLD)
        shown = consent_desk.rows_in_words(session, house, rows, Language(language))
        audit.write(session, "disclosures_read", reader_id, now)
        told = tuple(LatestTold(row.contact_id, words) for row, words in zip(rows, shown, strict=True))
        return Listed(told, total)


def lines(record: Record) -> list[dict[str, str]]:
    """The record as rows of one table (COLUMNS), in order of time: for a spreadsheet, JSON, another system."""
    found = [line for contact in record.contacts for line in _lines_of(contact)]
    found += [
        _line(said.at, record.contact_id, what=said.what, how=said.how, text=said.text or "") for said in record.ledger
    ]
    return sorted(found, key=lambda line: line["at"])


def _lines_of(one: OneContact) -> Iterator[dict[str, str]]:
    for row in one.consents:
        shared = {
            "to": row.recipient, "facts": "; ".join(row.facts),
            "purpose": "; ".join(words for _, words in row.purposes),
            "until": row.expires_at.isoformat(), "state": row.state, "id": row.id,
        }  # fmt: skip
        yield _line(row.prepared_at, one.id, what="consent_prepared", **shared)
        if row.signed_at is not None:
            proof = next(signed for signed in one.signed if signed.id == row.id)
            words = f"version {proof.version}, sha256 {proof.digest}, language {proof.language}"
            by = f"{proof.name} for {proof.subject}" if proof.subject else proof.name
            yield _line(row.signed_at, one.id, what="consent_signed", **{**shared, "by": by, "text": words})
        if row.revoked_at is not None:
            yield _line(row.revoked_at, one.id, what="consent_ended", **{**shared, "how": row.revoked_how or ""})
    for told in one.told:
        yield _line(
            told.at, one.id, what=f"told_{told.basis}", by=told.who or "", to=told.recipient, how=told.how,
            facts="; ".join(told.facts), purpose=told.purpose, reason=told.reason, id=told.id,
        )  # fmt: skip
    for read in one.readings:
        yield _line(read.at, one.id, what=f"audit_{read.kind}", by=read.who)
    for text in one.texts:
        what = "text_out" if text.outgoing else "text_in"
        yield _line(
            text.sent_at or text.at,
            one.id,
            what=what,
            purpose=text.purpose,
            state=text.status,
            id=text.id,
            text=text.provider_id,
        )


def _line(at: datetime, contact_id: uuid.UUID, **values: object) -> dict[str, str]:
    said = {**values, "at": at.isoformat(timespec="seconds"), "contact": contact_id}
    return {column: str(said.get(column, "")) for column in COLUMNS}


def all_lines(record: Record) -> Sequence[Sequence[str]]:
    """The table with its heading."""
    return [COLUMNS, *([line[column] for column in COLUMNS] for line in lines(record))]
