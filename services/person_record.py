"""What is done with one person's record: held, handed out whole, or forgotten; all on record."""

import base64
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from models import disclosures, legal_holds, retention, texts
from models.care import CarePlan, block_of
from models.consents import consents_of
from models.contacts import Contact, events_of
from models.directory import listings_by_id
from models.forms import filled_form, form_version
from models.legal_holds import LegalHold
from models.matches import matches_of
from models.people import Caller, lock_caller
from models.reading import contacts_of_caller, follow_ups_of
from models.referrals import referrals_of
from models.voicemails import voicemails_of
from routing.forms import YES_NO, FieldKind, form_from
from routing.links import without_keys
from services import audit
from services.house import House
from services.referrals import words

LONGEST_REASON = 500
Plain = dict[str, Any]  # what JSON can hold


class RecordRefused(StrEnum):
    """Why nothing was done."""

    HELD = "held"
    GOES_ON = "goes_on"
    NO_REASON = "no_reason"
    FORGOTTEN = "forgotten"


def place_hold(
    house: House, caller_id: uuid.UUID, contact_id: uuid.UUID | None, reason: str, by: uuid.UUID, now: datetime
) -> RecordRefused | None:
    """Nothing of this person (or of one contact) goes until the hold ends. None: done."""
    words = reason.strip()[:LONGEST_REASON]
    if not words:
        return RecordRefused.NO_REASON
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id) if contact_id else None
        caller = lock_caller(session, caller_id)
        if caller.forgotten_at is not None or (contact_id and (contact is None or contact.caller_id != caller_id)):
            return RecordRefused.FORGOTTEN
        hold = LegalHold(caller_id=caller_id, contact_id=contact_id, reason=words, placed_at=now, placed_by=by)
        session.add(hold)
        session.flush()
        audit.write(session, "hold_placed", by, now, hold_id=hold.id, caller_id=caller_id)
    return None


def end_hold(house: House, hold_id: uuid.UUID, by: uuid.UUID, now: datetime) -> bool:
    """The hold no longer stands; its row stays. False: there is none."""
    with house.db.begin() as session:
        hold = session.get(LegalHold, hold_id, with_for_update={"key_share": True})
        if hold is None or hold.ended_at is not None:
            return False
        hold.ended_at = now
        audit.write(session, "hold_ended", by, now, hold_id=hold.id, caller_id=hold.caller_id)
        return True


def forget(house: House, caller_id: uuid.UUID, by: uuid.UUID, now: datetime) -> RecordRefused | None:
    """Take number, names and words of a person out, here and at the provider; what happened when stays. None: done.

    Kept: written consents and disclosures (42 CFR 2.25, 2.31), the ledger of STOP and START, blocks until they end.
    """
    with house.db.begin() as session:
        caller = lock_caller(session, caller_id)
        if legal_holds.is_held(session, caller_id):
            return RecordRefused.HELD
        if retention.goes_on(session, caller_id):
            return RecordRefused.GOES_ON
        if caller.forgotten_at is not None:
            return RecordRefused.FORGOTTEN
        retention.forget_caller(session, caller_id, now)
        audit.write(session, "person_forgotten", by, now, caller_id=caller_id)
    return None


def export(house: House, caller_id: uuid.UUID, by: uuid.UUID, now: datetime) -> Plain | None:
    """All that is kept about a person, as JSON can hold it; times are UTC. On record. None: nobody."""
    with house.db.begin() as session:
        caller = session.get(Caller, caller_id)
        if caller is None:
            return None
        audit.write(session, "person_exported", by, now, caller_id=caller_id)
        return {
            "made_at": now.isoformat(),
            "organisation": house.rules.organisation_name,
            "number": caller.number,
            "first_known": caller.created_at.isoformat(),
            "language": caller.language,
            "timezone": caller.timezone,
            "texting_ok": caller.texting_ok,
            "follow_up_texts_ok": caller.follow_up_texts_ok,
            "calling_ok": caller.calling_ok,
            "relay": caller.relay,
            "voicemail_ok": caller.voicemail_ok,
            "safe_from_hour": caller.safe_from_hour,
            "safe_until_hour": caller.safe_until_hour,
            "neutral_name": caller.neutral_name,
            "care_plan": plan.words if (plan := session.get(CarePlan, caller_id)) else None,
            "block": _block(session, caller.number),
            "texts_stopped_at": _at(caller.texts_stopped_at),
            "allowed_and_forbidden": [
                {"at": one.at.isoformat(), "what": one.kind.value, "how": one.how.value}
                for one in consents_of(session, caller_id)
            ],
            "contacts": [_contact(session, one) for one in contacts_of_caller(session, caller_id)],
        }


def _contact(session: Session, contact: Contact) -> Plain:
    return {
        "id": str(contact.id),
        "at": contact.opened_at.isoformat(),
        "ended_at": _at(contact.ended_at),
        "channel": contact.channel.value,
        "language": contact.language.value,
        "disposition": contact.disposition.value if contact.disposition else None,
        "known": contact.triage,
        "notes": contact.notes,
        "form": _form(session, contact.id),
        "texts": [
            {"at": one.created_at.isoformat(), "ours": one.outgoing, "words": without_keys(one.body)}
            for one in texts.thread_of(session, contact.id)
        ],
        "voicemails": [
            {
                "at": one.received_at.isoformat(),
                "words": one.transcript,
                "sound_wav_base64": base64.b64encode(one.audio).decode() if one.audio else None,
            }
            for one in voicemails_of(session, contact.id)
        ],
        "follow_ups": [
            {"due": one.due_at.isoformat(), "kind": one.kind.value, "status": one.status.value}
            for one in follow_ups_of(session, contact.id)
        ],
        "referrals": [
            {"at": one.created_at.isoformat(), "place": words.name_of(session, one), "status": one.status.value}
            for one in referrals_of(session, contact.id)
        ],
        "places_shown": _shown(session, contact.id),
        "written_consents": [
            {"prepared_at": one.prepared_at.isoformat(), "recipient": one.recipient, "facts": list(one.facts),
             "signed_at": _at(one.signed_at), "signed_name": one.signed_name, "signed_for": one.subject_name,
             "text": one.signed_text,
             "expires_at": one.expires_at.isoformat(), "revoked_at": _at(one.revoked_at)}
            for one in disclosures.consents_of_contact(session, contact.id)
        ],
        "disclosures": [
            {"at": one.at.isoformat(), "recipient": one.recipient, "facts": list(one.facts), "basis": one.basis.value}
            for one in disclosures.disclosures_of(session, contact.id)
        ],
        "what_happened": [
            {"at": one.at.isoformat(), "kind": one.kind} for one in events_of(session, contact.id)
        ],
    }  # fmt: skip


def _form(session: Session, contact_id: uuid.UUID) -> list[Plain]:
    """The helpline's own form as it was filled in: labels and choices in each language."""
    filled = filled_form(session, contact_id)
    version = form_version(session, filled.version_id) if filled else None
    if filled is None or version is None:
        return []
    told = []
    for field in form_from(version.fields):
        given: Any = filled.answers.get(field.key)
        if field.kind is FieldKind.YES_NO and given is not None:
            given = given == YES_NO[0]
        chosen = next((option for option in field.options if option.key == given), None)
        answer = {"en": chosen.en, "es": chosen.es} if chosen else given
        if given is not None:
            told.append({"question": {"en": field.en, "es": field.es}, "answer": answer})
    return told


def _shown(session: Session, contact_id: uuid.UUID) -> list[Plain]:
    """What was looked for, and the places that were put before somebody; one that is on no list any more by number."""
    made = matches_of(session, contact_id)
    names = listings_by_id(session, sorted({listing for one in made for listing in one.listing_order[: one.shown]}))
    return [
        {
            "at": one.at.isoformat(),
            "need": one.need,
            "places": [names[id_].name1 if id_ in names else str(id_) for id_ in one.listing_order[: one.shown]],
        }
        for one in made
    ]


def _block(session: Session, number: str | None) -> Plain | None:
    block = block_of(session, number) if number else None
    return (
        {"at": block.created_at.isoformat(), "until": block.until.isoformat(), "why": block.reason} if block else None
    )


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
