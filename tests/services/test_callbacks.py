"""A callback: the counselor's phone first, then the person's, with pauses, and never before somebody on the line."""

import uuid

from models.contacts import Contact, waiting_ahead, waiting_contacts
from routing.documents import GoTo
from routing.vocabulary import ContactStatus, Urgency
from services import bridging, callbacks, dispositions, promises, releasing, safe_contact, waiting
from services.safe_contact import SafeContact
from tests.services.calls import Stage, joins, says


def test_a_callback_does_not_ring_the_same_phone_without_a_pause(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    assert callbacks.begin(stage.house, contact, stage.now)
    assert stage.rings(contact) == ["+16175550101"]
    stage.hangs_up(101, "no-answer")

    before = len(stage.network.placed)
    stage.rings(contact)
    assert len(stage.network.placed) == before
    stage.later(46)
    stage.rings(contact)
    assert len(stage.network.placed) == before + 1


def test_a_callback_starts_at_once_though_the_phones_rang_in_vain_just_before(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    stage.hangs_up(101, "no-answer")
    stage.later(2)
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    before = len(stage.network.placed)

    stage.rings(contact)

    assert len(stage.network.placed) == before + 1


def test_a_callback_rings_the_counselor_first_and_then_checks_that_a_person_is_there(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    back = stage.dials_back(contact, 101)
    asked = callbacks.picked_up(stage.house, back.id, "CAback", stage.now)
    assert says(asked) == ["voice.callback_hello", "voice.callback_hello"]
    assert joins(callbacks.confirmed(stage.house, back.id, "1", stage.now)) == stage.leg(101).hex


def test_whoever_calls_by_tty_or_relay_is_called_back_without_a_key_and_the_counselor_is_told_to_stay(
    stage: Stage,
) -> None:
    ana = stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    wish = SafeContact(relay=True)
    assert safe_contact.write(stage.house, contact, ana, wish, stage.now)
    callbacks.begin(stage.house, contact, stage.now)
    stage.rings(contact)
    stage.picks_up(101)
    assert says(stage.presses(101, "1")) == ["voice.fact_relay", "voice.fact_callback"]
    back = stage.dials_back(contact, 101)
    asked = callbacks.picked_up(stage.house, back.id, "CAback", stage.now)
    assert says(asked) == ["voice.callback_relay"]
    assert isinstance(asked.steps[-1], GoTo)
    assert joins(callbacks.confirmed(stage.house, back.id, "", stage.now)) == stage.leg(101).hex


def test_a_callback_conversation_is_not_torn_down_by_the_sweep(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    back = stage.dials_back(contact, 101)
    stage.later(40)  # it rang for long
    bridging.sweep(stage.house, stage.network, stage.now)
    callbacks.picked_up(stage.house, back.id, "CAback", stage.now)
    stage.later(20)  # and the check took its time
    bridging.sweep(stage.house, stage.network, stage.now)
    callbacks.confirmed(stage.house, back.id, "1", stage.now)

    stage.later(3600)
    bridging.sweep(stage.house, stage.network, stage.now)

    assert stage.contact(contact).status is ContactStatus.CONNECTED
    assert stage.network.ended == []
    assert stage.network.redirected == {}, "nobody was pulled out of the conversation"


def test_a_callback_wished_for_at_the_end_is_promised(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.talks_with(101)
    stage.caller_hangs_up()

    dispositions.pressed(stage.house, stage.leg(101), "3", stage.now)

    assert callbacks.due_callbacks(stage.house, stage.now) == [contact]


def test_a_callback_that_nobody_takes_up_is_tried_again_later(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    back = stage.dials_back(contact, 101)

    releasing.leg_ended(stage.house, back.id, None, "no-answer", stage.now)

    assert callbacks.due_callbacks(stage.house, stage.now) == []
    stage.later(5 * 60 + 1)
    assert callbacks.due_callbacks(stage.house, stage.now) == [contact]


def test_a_counselor_who_waits_for_a_callback_that_is_not_taken_up_is_told_so(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, contact, stage.now)
    back = stage.dials_back(contact, 101)
    releasing.leg_ended(stage.house, back.id, None, "no-answer", stage.now)

    releasing.release(stage.house, stage.network, contact, stage.now)

    assert stage.network.redirected[stage.sid(101)].endswith(f"/voice/leg-after/{stage.leg(101)}")
    said = dispositions.after_conference(stage.house, stage.leg(101), stage.now)
    assert says(said) == ["voice.not_connected"]


def promised_by_us(stage: Stage, number: str, ago: float = 0) -> uuid.UUID:
    """A caller whom nobody answered in three minutes, and who has gone home with our promise."""
    contact = stage.dials(number)
    with stage.house.db.begin() as session:
        promises.promise_callback(session, stage.house, session.get_one(Contact, contact), stage.now, asked=False)
    stage.caller_hangs_up()
    stage.later(ago)
    assert callbacks.begin(stage.house, contact, stage.now)
    return contact


def test_phones_that_ring_for_a_callback_that_was_our_idea_are_let_go_for_somebody_on_the_line(stage: Stage) -> None:
    stage.counselor(101)
    owed = promised_by_us(stage, "+12125550143")
    assert stage.rings(owed) == ["+16175550101"]

    caller = stage.dials("+12125550144")
    assert stage.rings(caller) == [], "the phone is let go first"
    stage.hangs_up(101, "canceled")
    stage.later(2)
    assert stage.rings(owed) == [], "a callback waits while somebody is on the line"
    assert stage.rings(caller) == ["+16175550101"]
    assert stage.leg(101) in {leg.id for leg in stage.legs(caller)}


def test_whoever_pressed_9_keeps_the_place_before_those_who_came_later_and_behind_those_who_came_first(
    stage: Stage,
) -> None:
    stage.counselor(101)
    earlier = stage.dials("+12125550142")
    stage.later(5)
    owed = stage.dials("+12125550143")
    stage.later(55)
    waiting.greeting_key(stage.house, owed, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, owed, stage.now)
    later = stage.dials("+12125550144")

    assert stage.rings(owed) == [], "somebody is on the line who came before"
    with stage.house.db.begin() as session:
        assert list(waiting_contacts(session)) == [earlier, owed, later]
        assert waiting_ahead(session, session.get_one(Contact, later)) == 2
        session.get_one(Contact, earlier).status = ContactStatus.ENDED
    assert stage.rings(owed) == ["+16175550101"]
    assert stage.rings(later) == ["+16175550101"], "and it is not taken from them"


def test_a_promise_of_ours_that_stands_for_ten_minutes_gives_way_no_longer(stage: Stage) -> None:
    stage.counselor(101)
    owed = promised_by_us(stage, "+12125550143", ago=601)
    stage.dials("+12125550144")

    assert stage.rings(owed) == ["+16175550101"]


def test_in_danger_every_phone_that_rings_for_a_callback_is_taken(stage: Stage) -> None:
    for number in (101, 102):
        stage.counselor(number)
    owed = stage.dials("+12125550143")
    waiting.greeting_key(stage.house, owed, "9", stage.now)
    stage.caller_hangs_up()
    callbacks.begin(stage.house, owed, stage.now)
    assert len(stage.rings(owed)) == 2

    stage.counselor(103)
    caller = stage.dials("+12125550144")
    with stage.house.db.begin() as session:
        session.get_one(Contact, caller).urgency = Urgency.CALL_911
    stage.rings(caller)
    assert stage.network.ringing() == ["+16175550103"], "one rings for them at once, the two others are let go"
