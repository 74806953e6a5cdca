"""Records that outlive their period go, here and at the provider; holds keep them; reports stay right."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.retention import load_retention
from models.base import Base
from models.care import Block
from models.contacts import Contact, ContactEvent, Leg
from models.crypto import EncryptedBytes, EncryptedJSON, EncryptedText, lookup_hash
from models.disclosures import Disclosure
from models.follow_ups import FollowUp
from models.forms import FilledForm, FormVersion
from models.line_setup import SettingEdit, TestCall
from models.people import AuditEvent, Caller, Counselor
from models.retention import ProviderCopy
from models.texts import TextMessage
from models.voicemails import Voicemail
from routing.disclosure import Basis, Told
from routing.vocabulary import (
    ContactStatus,
    FollowUpKind,
    FollowUpStatus,
    LegKind,
    LegStatus,
    Role,
    TextStatus,
)
from services import person_record, records, retention
from services.house import House
from services.person_record import RecordRefused
from tests.fixtures.paper import PaperTelephony
from tests.fixtures.people import CALLER

NOW = datetime.now(UTC)
PERIODS = {"voicemail_sound": 10, "words": 20, "identity": 40, "receipts": 90}
ONE_DAY = timedelta(days=1)


@pytest.fixture
def keeping(house: House) -> House:
    return replace(house, retention=PERIODS)


@pytest.fixture
def full(house: House, add_contact: Callable[..., Contact]) -> Callable[..., Contact]:
    """A contact that is over, so many days ago, with everything that a contact can hold."""

    def add(days: int, number: str = CALLER) -> Contact:
        at = NOW - timedelta(days=days)
        contact = add_contact(ContactStatus.CLOSED, waited=days * 86_400, number=number, notes="Wants detox.")
        with house.db.begin() as session:
            kept = session.get_one(Contact, contact.id)
            kept.caller.created_at = min(kept.caller.created_at, at)
            session.flush()  # people before their contacts
            kept.triage, kept.ended_at = {"zip": {"value": "02150"}}, at
            of = {"contact_id": contact.id}
            sid = f"{contact.id.hex[:12]}{days}"
            leg = {"kind": LegKind.CALLER, "status": LegStatus.ENDED, "planned_at": at, "ended_at": at}
            text = {"status": TextStatus.RECEIVED, "purpose": "message", "created_at": at, "due_at": at}
            mail = {"received_at": at, "deadline_at": at, "removed_at": at, "done_at": at}
            info = {"key": "info", "en": "Information", "es": "Información"}
            fields = [
                {"key": "call", "kind": "choice", "en": "Call", "es": "Llamada", "options": [info]},
                {"key": "story", "kind": "text", "en": "Story", "es": "Historia", "options": []},
            ]
            form = FormVersion(at=at, fields=fields)
            session.add(form)
            session.flush()
            session.add_all(
                [
                    Leg(**of, **leg, number=number, provider_sid=f"CA{sid}"),
                    TextMessage(
                        **of,
                        **text,
                        outgoing=False,
                        body="I am scared",
                        helpline_number="+18335550100",
                        provider_sid=f"SM{sid}",
                        caller_id=kept.caller_id,
                    ),
                    Voicemail(**of, **mail, recording_sid=f"RE{sid}", audio=b"RIFF", transcript="call me"),
                    FilledForm(**of, version_id=form.id, saved_at=at, answers={"call": "info", "story": "her words"}),
                    FollowUp(**of, kind=FollowUpKind.CHECK_IN, due_at=NOW + ONE_DAY, created_at=at),
                ]
            )
        return contact

    return add


def held_in(house: House, contact: Contact) -> tuple[bool, bool, bool]:
    """Whether sound, words and number of a contact are still here."""
    with house.db.begin() as session:
        found = session.get_one(Contact, contact.id)
        sound = session.query(Voicemail).filter_by(contact_id=contact.id).one().audio is not None
        words = {found.notes is not None, session.query(TextMessage).filter_by(contact_id=contact.id).one().body != ""}
        assert len(words) == 1
        return sound, words.pop(), found.caller.number is not None


def tell_a_place(house: House, contact: Contact) -> uuid.UUID:
    """A text to a place that tells of this contact and has yet to leave; its id."""
    with house.db.begin() as session:
        at = session.get_one(Contact, contact.id).opened_at
        told = Disclosure(
            contact_id=contact.id, basis=Basis.EMERGENCY, recipient="Harbor House", facts=[], reason="ill"
        )
        told.at, told.documented_at, told.how = at, at, Told.TEXT
        session.add(told)
        session.flush()
        text = TextMessage(disclosure_id=told.id, outgoing=True, purpose="referral_question", body="Maria Quinn")
        text.helpline_number, text.status, text.provider_sid = "+18335550100", TextStatus.QUEUED, f"SM{told.id.hex}"
        text.created_at = text.due_at = at
        session.add(text)
        session.flush()
        return text.id


def words_of(house: House, text_id: uuid.UUID) -> tuple[str, TextStatus]:
    with house.db.begin() as session:
        text = session.get_one(TextMessage, text_id)
        return text.body, text.status


def test_each_kind_of_record_goes_when_its_time_is_over(
    keeping: House, full: Callable[..., Contact], paper: PaperTelephony
) -> None:
    fresh, older, old = full(5, "+16175550142"), full(15, "+16175550143"), full(30, "+16175550144")
    long_ago = full(50)
    with keeping.db.begin() as session:
        happened = session.query(ContactEvent).count()
    rows = {row.kind: (row.now, row.soon) for row in retention.forecast(keeping, NOW)}
    assert rows == {"voicemail_sound": (3, 4), "words": (2, 4), "identity": (1, 3), "receipts": (0, 0)}
    gone = retention.apply_due(keeping, NOW)
    assert gone == {"voicemail_sound": 3, "words": 2, "identity": 1}
    assert [held_in(keeping, contact) for contact in (fresh, older, old, long_ago)] == [
        (True, True, True),
        (False, True, True),
        (False, False, True),
        (False, False, False),
    ]
    assert retention.apply_due(keeping, NOW) == {}
    with keeping.db.begin() as session:
        assert session.get_one(FilledForm, old.id).answers == {"call": "info"}  # choices are counted, words are not
        assert session.query(ContactEvent).count() == happened  # reports are made from these
        assert session.query(AuditEvent).filter_by(kind="retention_applied").count() == 3
    paper.recordings_kept_by_trouble = True
    assert retention.erase_copies(keeping, paper, NOW) == 0
    paper.recordings_kept_by_trouble = False
    assert retention.erase_copies(keeping, paper, NOW) == 0  # not at once again
    assert retention.erase_copies(keeping, paper, NOW + timedelta(minutes=5)) == 4
    assert {sid[:2] for sid in paper.copies_removed} == {"CA", "SM"}


def test_a_hold_keeps_a_person_or_one_contact(
    keeping: House, full: Callable[..., Contact], add_person: Callable[[Role], Counselor]
) -> None:
    first, second, other = full(60), full(50), full(55, "+16175550142")
    keeping = replace(keeping, retention={**PERIODS, "staff_texts": 10})
    telling = [tell_a_place(keeping, contact) for contact in (first, other)]
    admin = add_person(Role.ADMIN)
    assert person_record.place_hold(keeping, other.caller_id, None, " ", admin.id, NOW) is RecordRefused.NO_REASON
    assert person_record.place_hold(keeping, other.caller_id, None, "A court asks.", admin.id, NOW) is None
    assert person_record.place_hold(keeping, first.caller_id, first.id, "A complaint.", admin.id, NOW) is None
    retention.apply_due(keeping, NOW)
    assert held_in(keeping, other) == held_in(keeping, first) == (True, True, True)
    assert held_in(keeping, second) == (False, False, True)
    assert [words_of(keeping, text)[0] for text in telling] == ["Maria Quinn"] * 2, "also what places were told"
    assert person_record.forget(keeping, other.caller_id, admin.id, NOW) is RecordRefused.HELD
    holds, _ = retention.standing(keeping)
    assert {hold.reason for hold in holds} == {"A court asks.", "A complaint."}
    for hold in holds:
        assert person_record.end_hold(keeping, hold.id, admin.id, NOW)
    retention.apply_due(keeping, NOW)
    assert held_in(keeping, other) == held_in(keeping, first) == (False, False, False)


def test_a_person_is_forgotten_here_and_at_the_provider(
    keeping: House,
    full: Callable[..., Contact],
    add_person: Callable[[Role], Counselor],
    add_contact: Callable[..., Contact],
) -> None:
    contact, admin, talking = full(1), add_person(Role.ADMIN), add_contact(ContactStatus.CONNECTED)
    telling = tell_a_place(keeping, contact)
    told = person_record.export(keeping, contact.caller_id, admin.id, NOW)
    assert told is not None
    assert told["number"] == CALLER
    mine = next(one for one in told["contacts"] if one["id"] == str(contact.id))
    assert (mine["notes"], mine["texts"][0]["words"]) == ("Wants detox.", "I am scared")
    assert mine["voicemails"][0]["sound_wav_base64"] == "UklGRg=="
    assert person_record.forget(keeping, contact.caller_id, admin.id, NOW) is RecordRefused.GOES_ON
    with keeping.db.begin() as session:
        session.get_one(Contact, talking.id).status = ContactStatus.CLOSED
    assert person_record.forget(keeping, contact.caller_id, admin.id, NOW) is None
    assert held_in(keeping, contact) == (False, False, False)
    assert words_of(keeping, telling) == ("", TextStatus.SUPPRESSED), "also what a place was to be told"
    assert records.contact_with_number(keeping, CALLER) is None
    assert person_record.forget(keeping, contact.caller_id, admin.id, NOW) is RecordRefused.FORGOTTEN
    with keeping.db.begin() as session:
        assert session.query(FollowUp).filter_by(contact_id=contact.id).one().status is FollowUpStatus.STOPPED
        assert session.query(Caller).filter_by(id=contact.caller_id).one().forgotten_at is not None
        assert session.query(ProviderCopy).count() == 3
        kinds = [row.kind for row in session.query(AuditEvent).filter_by(actor_id=admin.id)]
        assert {"person_exported", "person_forgotten"} <= set(kinds)


def test_numbers_of_blocks_test_calls_and_old_settings_go_too(
    house: House, full: Callable[..., Contact], add_person: Callable[[Role], Counselor]
) -> None:
    admin, held, contact = add_person(Role.ADMIN), full(3, "+16175550145"), full(1)
    day, week = NOW - ONE_DAY, NOW - timedelta(days=7)
    with house.db.begin() as session:
        ended, made = LegStatus.ENDED, {"by": admin.id}
        session.add_all(
            [TestCall(number=CALLER, status=ended, sid=f"CA{at:%d}", at=at, **made) for at in (week, day)]
            + [
                Block(number=number, number_hash=lookup_hash(number), until=until, reason="fraud", created_at=week)
                for number, until in ((CALLER, day), ("+16175550145", week), ("+16175550146", week))
            ]
            + [
                SettingEdit(version=version, name="backup_number", value=f"+1617555010{version}", at=at, **made)
                for version, at in ((1, week - ONE_DAY), (2, week), (3, day))
            ]
        )
    assert person_record.place_hold(house, held.caller_id, None, "A court asks.", admin.id, NOW) is None
    keeping = replace(house, retention=dict.fromkeys(("blocks", "test_calls", "settings"), 5))
    assert retention.apply_due(keeping, NOW) == {"blocks": 1, "test_calls": 1, "settings": 1}
    told = person_record.export(house, contact.caller_id, admin.id, NOW)
    assert told is not None
    assert told["block"]["why"] == "fraud"
    assert person_record.forget(house, contact.caller_id, admin.id, NOW) is None
    with house.db.begin() as session:
        assert [row.number for row in session.query(Block)] == ["+16175550145"], "that of somebody who is held"
        assert sorted(row.version for row in session.query(SettingEdit)) == [2, 3], "replaced lately, and the newest"
        assert session.query(ProviderCopy).filter_by(sid=f"CA{week:%d}", kind="call").count() == 1
        session.query(SettingEdit).delete()


def test_whoever_adds_an_encrypted_column_says_what_becomes_of_it() -> None:
    """Every column that holds words or numbers: emptied here, kept for good, or not about callers."""
    emptied = {"caller.number", "caller.neutral_name", "contact.triage", "contact.notes", "leg.number", "leg.digits"}
    emptied |= {"text_message.body", "voicemail.transcript", "voicemail.audio", "match_record.need"}
    emptied |= {"filled_form.answers", "care_plan.words", "block.number", "setting_edit.value", "test_call.number"}
    for_good = {f"disclosure_consent.{name}" for name in ("recipient", "signed_name", "subject_name", "signed_text")}
    for_good |= {"disclosure.recipient", "disclosure.reason", "legal_hold.reason"}
    of_staff = {"counselor.name", "counselor.email", "counselor.phone", "bed_contact.number"}
    of_staff |= {"second_factor.secret", "second_factor.new_secret", "passkey.name"}
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON | EncryptedBytes)
    }
    assert sealed == emptied | for_good | of_staff


def test_periods_that_cannot_be_stop_the_start(tmp_path: Path) -> None:
    good = load_retention()
    path = tmp_path / "retention.toml"
    for wrong, said in (({"audit": 30}, "at least 2190"), ({"words": 9_999}, "must rise"), ({"notes": 1}, "unknown")):
        path.write_text("\n".join(f"{kind} = {days}" for kind, days in (good | wrong).items()))
        with pytest.raises(ValueError, match=said):
            load_retention(path)
