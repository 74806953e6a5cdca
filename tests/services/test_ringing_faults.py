"""Lost, late and crossed events while phones ring: the caller is never lost, and nobody is rung in a loop."""

from itertools import pairwise

from routing.documents import Enqueue, HangUp, Leave, Ring
from routing.vocabulary import ContactStatus, LegKind, Presence, Role
from services import answering, bridging, escalation, releasing, waiting
from services.wait_again import NEXT_TURN
from tests.services.calls import Stage, joins, says


def test_a_voicemail_that_picks_up_never_gets_the_caller(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)

    heard = stage.picks_up(101)

    assert says(heard) == ["voice.press_one"]
    assert isinstance(heard.steps[-1], HangUp)
    stage.hangs_up(101)
    assert stage.contact(contact).status is ContactStatus.WAITING


def test_when_the_caller_hangs_up_every_phone_is_let_go(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)

    stage.caller_hangs_up()
    releasing.release(stage.house, stage.network, contact, stage.now)

    assert stage.contact(contact).status is ContactStatus.ABANDONED
    assert stage.network.ringing() == []
    assert says(stage.takes(101)) == ["voice.caller_left"]


def test_a_claim_whose_counselor_never_joins_is_given_back(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)

    stage.later(31)
    bridging.sweep(stage.house, stage.network, stage.now)

    assert stage.sid(101) in stage.network.redirected, "whoever pressed 1 is told, not cut off"
    assert stage.contact(contact).status is ContactStatus.WAITING
    deadline = stage.contact(contact).deadline_at
    assert deadline is not None
    assert deadline - stage.now == NEXT_TURN, "a wait loop that has stopped is noticed as soon as any other"


def test_a_counselor_whose_phone_dies_after_accepting_gives_the_caller_back(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)

    stage.hangs_up(101)

    assert stage.contact(contact).status is ContactStatus.WAITING
    assert stage.contact(contact).claimed_by is None


def test_a_counselor_who_presses_1_and_is_gone_again_and_again_stretches_no_callers_wait(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    taken = 0
    while stage.waits(contact).steps != (Leave(),):
        if "+16175550101" in stage.rings(contact):
            stage.takes(101)
            stage.hangs_up(101)
            stage.network.placed.clear()
            taken += 1
        stage.later(5)

    waited = stage.now - stage.contact(contact).opened_at
    assert stage.contact(contact).next_step == "callback"
    assert waited.total_seconds() <= 190, "the limit counts from the beginning"
    assert taken <= 3, "a minute to wrap up after each"


def test_the_caller_can_come_straight_back_when_the_counselor_is_cut_off(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.talks_with(101)

    assert says(escalation.after(stage.house, contact, stage.now)) == ["voice.after", "voice.goodbye"]
    again = waiting.greeting_key(stage.house, contact, "0", stage.now)
    stage.hangs_up(101)  # the late callback of the old leg

    assert isinstance(again.steps[-1], Enqueue)
    assert stage.contact(contact).status is ContactStatus.WAITING


def test_a_bad_number_does_not_stop_the_others(stage: Stage) -> None:
    stage.counselor(101)
    stage.counselor(102)
    stage.network.refuse.add("+16175550101")
    contact = stage.dials()

    assert stage.rings(contact) == ["+16175550102"]
    assert [leg.end_reason for leg in stage.legs(contact) if leg.ended_at] == ["refused_21211"]


def test_without_a_worker_the_call_itself_rings_the_counselors(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.later(13)

    assert stage.waits(contact).steps == (Leave(),)
    document = waiting.left(stage.house, contact, "leave", stage.now)
    ring = next(step for step in document.steps if isinstance(step, Ring))
    assert [target.number for target in ring.targets] == ["+16175550101"]
    leg = next(leg for leg in stage.legs(contact) if leg.kind is LegKind.COUNSELOR)
    answering.answered(stage.house, leg.id, "CAbridged", stage.now, bridged=True)
    connected = answering.pressed(stage.house, leg.id, "1", stage.now, bridged=True)
    assert connected.steps == (), "an empty whisper connects"
    assert stage.contact(contact).status is ContactStatus.CONNECTED


def test_while_a_worker_lives_the_call_stays_where_keys_are_heard_though_nobody_can_be_rung(stage: Stage) -> None:
    stage.counselor(101, presence=Presence.AWAY)
    stage.counselor(102)
    stage.rings(stage.dials("+12125550143"))
    stage.takes(102)  # still asked how it ended, say
    stage.counselor(150, role=Role.SUPERVISOR, on_shift=False)
    contact = stage.dials()
    for _ in range(7):
        bridging.sweep(stage.house, stage.network, stage.now)
        assert stage.waits(contact).steps != (Leave(),)
        stage.later(4)
    assert stage.contact(contact).next_step == "ring"

    stage.later(9)
    assert stage.waits(contact).steps == (Leave(),), "no worker has looked for 13 s"


def test_when_the_provider_takes_no_request_the_call_itself_rings(stage: Stage) -> None:
    stage.counselor(101)
    stage.network.unsure.add("+16175550101")
    contact = stage.dials()
    for _ in range(3):
        stage.rings(contact)
        assert stage.waits(contact).steps != (Leave(),)
        stage.later(4)
    stage.rings(contact)
    assert stage.waits(contact).steps == (Leave(),)


def test_while_the_caller_talks_with_988_no_counselor_tears_the_call_away(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.rings(contact)
    document = waiting.greeting_key(stage.house, contact, "8", stage.now)
    assert any(isinstance(step, Ring) for step in document.steps)

    releasing.release(stage.house, stage.network, contact, stage.now)
    assert stage.network.ringing() == []
    assert stage.rings(contact) == []

    stage.later(10)
    escalation.after_988(stage.house, contact, False, stage.now)
    assert stage.rings(contact) != [], "988 did not answer: counselors ring again"


def test_a_claim_that_ran_out_is_given_back_by_the_wait_loop_when_no_worker_lives(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.later(31)

    stage.waits(contact)

    assert stage.contact(contact).status is ContactStatus.WAITING


def test_keys_lead_on_after_a_conversation_too(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.talks_with(101)
    stage.hangs_up(101)
    escalation.after(stage.house, contact, stage.now)

    promised = waiting.greeting_key(stage.house, contact, "9", stage.now)

    assert says(promised) == ["voice.callback_promised"]


def test_whoever_picks_up_too_late_is_told_at_once(stage: Stage) -> None:
    stage.counselor(101)
    stage.counselor(102)
    stage.taken_by(101)

    assert says(stage.picks_up(102)) == ["voice.already_answered"]


def test_whoever_declines_again_and_again_is_rung_at_growing_gaps_though_nobody_else_is_there(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    for _ in range(90):  # three minutes of sweeps
        if "+16175550101" in stage.rings(contact):
            stage.later(1)
            stage.hangs_up(101, "busy")
            stage.network.placed.clear()
        stage.later(2)

    rung = [leg.planned_at for leg in stage.legs(contact) if leg.kind is LegKind.COUNSELOR]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(rung)]
    assert gaps == sorted(gaps)
    assert 5 <= len(rung) <= 7


def test_a_number_that_fails_is_not_dialled_in_a_loop(stage: Stage) -> None:
    stage.counselor(101)
    stage.network.refuse.add("+16175550101")
    contact = stage.dials()
    for _ in range(5):
        stage.rings(contact)
        stage.later(1)

    assert len(stage.legs(contact)) == 2, "the caller's leg and one try"
    stage.later(9)
    stage.rings(contact)
    assert len(stage.legs(contact)) == 3


def test_a_counselor_who_won_by_rest_keeps_the_call_when_a_dial_from_the_call_ends(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.counselor_enters(101)

    document = escalation.dialed(stage.house, contact, stage.now, bridged=False)

    assert joins(document) == stage.leg(101).hex


def test_988_that_ends_after_the_caller_hung_up_rings_nobody(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "8", stage.now)
    stage.caller_hangs_up()

    escalation.after_988(stage.house, contact, True, stage.now)

    assert stage.contact(contact).status is ContactStatus.ENDED
    assert stage.rings(contact) == []


def test_a_lost_join_event_costs_nobody_the_conversation(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    bridging.waits_alone(stage.house, stage.sid(101), stage.now)  # the event never came, the wait music did
    stage.caller_enters(contact)

    stage.later(3600)
    bridging.sweep(stage.house, stage.network, stage.now)

    assert stage.contact(contact).status is ContactStatus.CONNECTED
    assert stage.network.ended == []
