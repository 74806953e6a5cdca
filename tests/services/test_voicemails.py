"""A voicemail is work: fetched, heard by people who signed in, taken by one of them, finished, and never forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.alarms import Alarm
from models.contacts import Contact
from models.people import AuditEvent, Counselor
from models.texts import TextMessage
from models.voicemails import Voicemail
from routing.vocabulary import Role, Urgency
from services import promises, voicemails
from services.house import House
from services.voicemails import VoicemailOutcome
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import NOON

AddContact = Callable[..., Contact]
AddPerson = Callable[[Role], Counselor]


@pytest.fixture
def left(house: House, add_contact: AddContact) -> Voicemail:
    """Somebody has left a message."""
    contact = add_contact()
    promises.take_voicemail(house, contact.id, "RE1", 17, NOON)
    return the_voicemail(house)


def the_voicemail(house: House) -> Voicemail:
    with house.db.begin() as session:
        found = session.query(Voicemail).one()
        session.refresh(found)
        return found


def test_the_sound_comes_home_encrypted_and_is_removed_at_the_provider(
    house: House, paper: PaperTelephony, left: Voicemail, add_person: AddPerson
) -> None:
    listener = add_person(Role.COUNSELOR)
    assert voicemails.hear(house, left.id, listener.id, NOON) is None, "still on its way"
    paper.recordings["RE1"] = b"RIFF sound"

    assert voicemails.fetch_all(house, paper, NOON) == 1
    assert voicemails.fetch_all(house, paper, NOON) == 0

    assert paper.recordings == {}
    assert voicemails.hear(house, left.id, listener.id, NOON) == b"RIFF sound"
    with house.db.begin() as session:
        heard = session.query(AuditEvent).filter_by(kind="voicemail_heard").one()
        assert (heard.actor_id, heard.data) == (listener.id, {"voicemail_id": str(left.id)})


def test_nothing_is_removed_at_the_provider_before_we_have_it(
    house: House, paper: PaperTelephony, left: Voicemail
) -> None:
    assert voicemails.fetch_all(house, paper, NOON) == 0, "the file is not there yet"
    paper.recordings["RE1"] = b"RIFF sound"
    paper.recordings_kept_by_trouble = True
    assert voicemails.fetch_all(house, paper, NOON) == 0
    paper.recordings_kept_by_trouble = False
    paper.recordings["RE1"] = b"another file"
    assert voicemails.fetch_all(house, paper, NOON) == 1
    with house.db.begin() as session:
        assert session.get_one(Voicemail, left.id).audio == b"RIFF sound", "fetched once"


def test_a_sound_that_comes_days_late_is_still_fetched_and_one_that_never_comes_keeps_no_other_waiting(
    house: House, paper: PaperTelephony, left: Voicemail
) -> None:
    with house.db.begin() as session:
        sids = [f"REgone{n}" for n in range(20)]  # as many as a sweep takes
        for sid in sids:
            old = NOON - timedelta(days=2)
            session.add(Voicemail(contact_id=left.contact_id, recording_sid=sid, received_at=old, deadline_at=old))
    paper.recordings["RE1"] = b"RIFF sound"
    paper.recordings[sids[0]] = "no bytes"  # type: ignore[assignment]  # it cannot be kept
    assert voicemails.fetch_all(house, paper, NOON + timedelta(days=3)) == 1
    with house.db.begin() as session:
        assert session.scalars(select(Alarm.kind)).all() == ["row_broken"]


def test_one_person_looks_after_it_and_says_how_it_ended(house: House, left: Voicemail, add_person: AddPerson) -> None:
    ana, bo = add_person(Role.COUNSELOR), add_person(Role.SUPERVISOR)
    assert not voicemails.finish(house, left.id, ana.id, VoicemailOutcome.TALKED, NOON), "nobody has it yet"
    assert voicemails.take(house, left.id, ana.id, NOON)
    assert not voicemails.take(house, left.id, bo.id, NOON)
    assert not voicemails.give_up(house, left.id, bo.id, NOON)
    assert voicemails.give_up(house, left.id, ana.id, NOON)
    assert voicemails.take(house, left.id, bo.id, NOON)
    assert voicemails.finish(house, left.id, bo.id, VoicemailOutcome.TALKED, NOON)
    assert not voicemails.take(house, left.id, ana.id, NOON), "it is done"
    assert the_voicemail(house).outcome == "talked"


def test_supervisors_are_told_once_of_one_that_is_late(house: House, left: Voicemail, add_person: AddPerson) -> None:
    supervisor = add_person(Role.SUPERVISOR)
    assert voicemails.tell_late(house, left.deadline_at) == 0
    late = left.deadline_at + timedelta(seconds=1)
    with house.db.begin() as session:
        session.execute(text("update voicemail set transcript = 'no key'"))
    assert voicemails.tell_late(house, late) == 1, "also of words that cannot be read"
    assert voicemails.tell_late(house, late + timedelta(hours=1)) == 0
    with house.db.begin() as session:
        told = session.query(TextMessage).filter_by(counselor_id=supervisor.id).one()
        assert "voicemail" in told.body


def test_the_words_of_a_voicemail_are_kept_searched_for_danger_and_removed_at_the_provider(
    house: House, paper: PaperTelephony, left: Voicemail
) -> None:
    told = (left.contact_id, "RE1", "TR1")
    assert not voicemails.written_down(house, left.contact_id, "REother", "TR0", "hello", NOON)
    assert voicemails.written_down(house, *told, "please call, my son is not breathing", NOON)
    assert not voicemails.written_down(house, *told, "again", NOON), "told twice"

    row = the_voicemail(house)
    assert row.transcript == "please call, my son is not breathing"
    with house.db.begin() as session:
        assert session.get_one(Contact, left.contact_id).urgency is Urgency.CALL_911
    paper.recordings["RE1"] = b"RIFF"
    assert voicemails.fetch_all(house, paper, NOON) == 1
    assert paper.words_removed == ["TR1"]
    assert the_voicemail(house).transcription_sid is None
    assert voicemails.fetch_all(house, paper, NOON) == 0
