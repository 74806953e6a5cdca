"""One row that breaks whoever reads it stops no sweep: everybody else is seen to."""

from datetime import timedelta

from sqlalchemy import select, text, update

from models.alarms import Alarm
from models.contacts import Contact
from routing.vocabulary import ContactStatus, Role
from services import bridging, in_call, missed_calls, ringing, transfers, watchdog
from services.alarms import AlarmKind
from telephony.ports import ReceivedCall
from tests.services.calls import LINE, Stage

S = ContactStatus


def test_one_call_that_cannot_be_read_stops_no_sweep(stage: Stage) -> None:
    house, network = stage.house, stage.network
    calls = []
    for number in (101, 102):
        stage.counselor(number)
        calls.append(stage.taken_by(number))
    stage.counselor(103)
    unreadable = stage.counselor(104, role=Role.SUPERVISOR)
    moved = stage.counselor(105)
    sound = calls[1]

    def both_are(**values: object) -> None:
        with house.db.begin() as session:
            session.execute(update(Contact).where(Contact.id.in_(calls)).values(**values))

    with house.db.begin() as session:
        session.execute(text("update contact set triage = 'no key' where id = :id"), {"id": calls[0]})
        session.execute(text("update counselor set phone = 'no key' where id = :id"), {"id": unreadable})
        session.execute(text("update counselor set timezone = 'Moon/Sea' where id = :id"), {"id": moved})
    stage.later(31)
    bridging.sweep(house, network, stage.now)
    assert stage.contact(sound).status is S.WAITING, "its claim had run out"

    long_ago = stage.now - timedelta(hours=3)
    both_are(status=S.WAITING, claimed_by=None, deadline_at=long_ago)
    bridging.sweep(house, network, stage.now)
    assert "+16175550103" in network.ringing()
    assert watchdog.rescue(house, network, stage.now) == 1
    both_are(status=S.CONNECTED, held_since=long_ago)
    assert in_call.long_holds(house, stage.now) == 1
    both_are(status=S.HANDED_OVER, flow={})
    assert transfers.end_long_talks(house, stage.now) == 1
    network.gone |= {stage.sid(number) for number in (101, 102, 103)}
    stage.later(61)
    assert watchdog.reconcile(house, network, stage.now) == 2, "the two phones that rang for the sound one"
    both_are(status=S.ENDED, ended_at=long_ago)
    assert watchdog.left_behind(house, network, stage.now) == 1
    with house.db.begin() as session:
        raised = session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.ROW_BROKEN.value)).all()
        assert [(alarm.subject, alarm.count) for alarm in raised] == [(str(calls[0]), 1)], (
            "once in a quarter of an hour"
        )


def test_one_phone_whose_number_cannot_be_read_keeps_no_other_from_being_rung(stage: Stage) -> None:
    for number in (101, 102):
        stage.counselor(number)
    lost, sound = stage.dials(), stage.dials("+12125550143")
    for contact in (lost, sound):
        ringing.plan(stage.house, stage.network, contact, stage.now)
    with stage.house.db.begin() as session:
        session.execute(text("update leg set number = 'no key' where contact_id = :id"), {"id": lost})
    assert ringing.dial(stage.house, stage.network, stage.now) == len(stage.network.ringing()) > 0
    with stage.house.db.begin() as session:
        assert AlarmKind.ROW_BROKEN.value in session.scalars(select(Alarm.kind)).all()


def test_one_missed_call_that_cannot_be_written_down_keeps_no_other_waiting(stage: Stage) -> None:
    at = stage.now - timedelta(minutes=5)
    stage.network.received = [ReceivedCall(sid, "+12125550142", LINE, at, over=True) for sid in ("CA" * 99, "CA2")]
    for _ in range(2):
        try:
            missed_calls.take_missed(stage.house, stage.network, stage.now)
        except ExceptionGroup as group:
            failed = len(group.exceptions)
    with stage.house.db.begin() as session:
        assert (failed, session.query(Contact).count()) == (1, 1), "the first is tried again each minute"
