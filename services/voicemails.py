"""Voicemails as work: fetched to us and removed at the provider, taken by one person, heard and finished in time."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models import outbox, voicemails
from models.contacts import lock_contact, record
from models.people import leaders_with_phones
from models.voicemails import Voicemail
from services import alarms, audit, counselor_notices, knowing
from services.alarms import AlarmKind
from services.each import each, row_broke
from services.house import House
from telephony.ports import CallGone, ProviderRefused, ProviderUnsure, Telephony


class VoicemailOutcome(StrEnum):
    """How a voicemail was finished."""

    TALKED = "talked"
    NOT_REACHED = "not_reached"
    NOTHING_TO_DO = "nothing_to_do"


def fetch_all(house: House, telephony: Telephony, now: datetime) -> int:
    """Bring home what is still at the provider; how many are done. What fails is tried again by the next sweep."""
    with house.db.begin() as session:
        waiting = voicemails.at_the_provider(session, now)
    return each(waiting, lambda voicemail_id: fetch(house, telephony, voicemail_id, now), row_broke(house, now))


def fetch(house: House, telephony: Telephony, voicemail_id: uuid.UUID, now: datetime) -> bool:
    """Keep the sound, encrypted, and only then remove it at the provider. False while it is not to be had yet."""
    with house.db.begin() as session:
        row = session.get(Voicemail, voicemail_id)
        if row is None or (row.removed_at is not None and row.transcription_sid is None):
            return False
        sid, is_kept, words = row.recording_sid, row.audio is not None, row.transcription_sid
    try:
        if words is not None:
            telephony.delete_transcription(words)
        if not is_kept:
            _keep(house, voicemail_id, telephony.recording(sid))
        telephony.delete_recording(sid)
    except (CallGone, ProviderRefused, ProviderUnsure):
        return False
    with house.db.begin() as session:
        row = session.get_one(Voicemail, voicemail_id)
        row.removed_at = row.removed_at or now
        row.transcription_sid = None if row.transcription_sid == words else row.transcription_sid
    return True


def written_down(
    house: House, contact_id: uuid.UUID, recording_sid: str, transcription_sid: str, words: str, now: datetime
) -> bool:
    """The provider has written a voicemail down: its words are kept, encrypted, and searched for danger.

    False: there is no such voicemail (yet), or nothing was understood.
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        row = voicemails.by_recording(session, recording_sid)
        if contact is None or row is None or row.contact_id != contact_id:
            return False
        row.transcription_sid = transcription_sid or row.transcription_sid
        if not words.strip() or row.transcript:
            return False
        row.transcript = words.strip()[: knowing.LONGEST_KEPT]
        knowing.hear_words(session, house, contact, row.transcript, None, "voicemail", now)
        record(session, contact_id, "voicemail_written", now)
        outbox.touch(session, contact_id)
        return True


def _keep(house: House, voicemail_id: uuid.UUID, audio: bytes) -> None:
    with house.db.begin() as session:
        row = session.get_one(Voicemail, voicemail_id)
        row.audio = audio
        outbox.touch(session, row.contact_id)


def hear(house: House, voicemail_id: uuid.UUID, listener_id: uuid.UUID, now: datetime) -> bytes | None:
    """The sound (WAV) for a person who is signed in, with a record of it; None while it is not here yet."""
    with house.db.begin() as session:
        row = session.get(Voicemail, voicemail_id)
        if row is None or row.audio is None:
            return None
        if row.heard_at is None:
            row.heard_at = now
            outbox.touch(session, row.contact_id)
        audit.write(session, "voicemail_heard", listener_id, now, voicemail_id=voicemail_id)
        return row.audio


def take(house: House, voicemail_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """This person looks after it; False when somebody else does, or it is done."""
    with house.db.begin() as session:
        row = _locked(session, voicemail_id)
        if row is None or row.done_at is not None or row.owner_id not in (None, counselor_id):
            return False
        if row.owner_id is None:
            row.owner_id = counselor_id
            record(session, row.contact_id, "voicemail_taken", now, by=str(counselor_id))
            outbox.touch(session, row.contact_id)
        return True


def give_up(house: House, voicemail_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """Its owner hands it back to everybody; False when it is not theirs."""
    with house.db.begin() as session:
        row = _locked(session, voicemail_id)
        if row is None or row.done_at is not None or row.owner_id != counselor_id:
            return False
        row.owner_id = None
        record(session, row.contact_id, "voicemail_given_back", now, by=str(counselor_id))
        outbox.touch(session, row.contact_id)
        return True


def finish(
    house: House, voicemail_id: uuid.UUID, counselor_id: uuid.UUID, outcome: VoicemailOutcome, now: datetime
) -> bool:
    """Its owner says how it ended; False when it is somebody else's or done already."""
    with house.db.begin() as session:
        row = _locked(session, voicemail_id)
        if row is None or row.done_at is not None or row.owner_id != counselor_id:
            return False
        row.done_at, row.outcome = now, outcome.value
        record(session, row.contact_id, "voicemail_done", now, finished=outcome.value, by=str(counselor_id))
        outbox.touch(session, row.contact_id)
        return True


def tell_late(house: House, now: datetime) -> int:
    """Text the supervisors, once, of each voicemail whose deadline has passed; how many there are."""
    with house.db.begin() as session:
        late = voicemails.newly_late(session, now)
        supervisors = leaders_with_phones(session) if late else []
        for contact_id in late:
            record(session, contact_id, "voicemail_late", now)
            outbox.touch(session, contact_id)
        if late:
            alarms.raise_alarm(session, AlarmKind.VOICEMAILS_LATE, now, count=len(late))
        for supervisor in supervisors:
            number = house.rules.helpline_numbers[0]
            counselor_notices.tell(
                session,
                house,
                supervisor,
                "counselor.voicemails_late",
                helpline_number=number,
                now=now,
                count=len(late),
            )
        return len(late)


def _locked(session: Session, voicemail_id: uuid.UUID) -> Voicemail | None:
    return session.get(Voicemail, voicemail_id, with_for_update={"key_share": True})
