"""Exactly one counselor, in seconds, and nobody is left ringing."""

from datetime import timedelta

from models.contacts import Contact, Leg, events_of
from models.ring_counts import ring_counts
from routing.documents import Enqueue, Leave
from routing.vocabulary import ContactStatus, Language, LegKind, LegStatus
from services import bridging, intake, releasing, waiting
from tests.services.calls import Stage, joins, says


def test_a_call_is_queued_and_logged_before_the_first_word_is_spoken(stage: Stage) -> None:
    document = intake.open_call(stage.house, intake.InboundCall("CAx", "+12125550142", "+18335550100"), stage.now)

    assert says(document)[0] == "voice.emergency"
    assert isinstance(document.steps[-1], Enqueue)


def test_the_same_call_told_twice_is_one_contact(stage: Stage) -> None:
    call = intake.InboundCall("CAx", "+12125550142", "+18335550100")
    first = intake.open_call(stage.house, call, stage.now)
    assert intake.open_call(stage.house, call, stage.now) == first


def test_two_counselors_are_rung_at_once_longest_idle_first(stage: Stage) -> None:
    for number in (101, 102, 103):
        stage.counselor(number)
    contact = stage.dials()

    assert sorted(stage.rings(contact)) == ["+16175550102", "+16175550103"]


def test_a_phone_that_was_let_go_after_a_long_ring_counts_as_rung_in_vain(stage: Stage) -> None:
    for number in (101, 102):
        stage.counselor(number)
    for seconds, seen in ((3, (1, 1)), (12, (2, 3))):  # the second phone is let go early, then late
        contact = stage.dials(f"+1212555014{seconds % 10}")
        stage.rings(contact)
        stage.later(seconds)
        stage.takes(101)
        releasing.release(stage.house, stage.network, contact, stage.now)
        with stage.house.db.begin() as session:
            assert ring_counts(session, stage.now) == seen
        stage.hangs_up(101)
        stage.caller_hangs_up()
        stage.later(120)


def test_a_caller_behind_others_hears_an_honest_wait_and_it_is_kept_for_measuring(stage: Stage) -> None:
    stage.counselor(101)
    stage.rings(stage.dials("+12125550141"))
    stage.takes(101)
    stage.dials("+12125550142")
    stage.later(1)
    last = stage.dials()
    with stage.house.db.begin() as session:
        session.get_one(Contact, last).flow = {"what": 2, "zip": 2, "payer": 2}

    assert says(stage.waits(last)) == ["voice.position", "voice.wait_long"]
    assert says(stage.waits(last)) == [], "again after half a minute"
    with stage.house.db.begin() as session:
        assert [event.data["kind"] for event in events_of(session, last) if event.kind == "wait_told"] == ["long"]


def test_where_nearly_every_ring_is_answered_one_phone_rings_first(stage: Stage) -> None:
    for number in (101, 102, 103):
        stage.counselor(number)
    earlier = stage.dials("+12125550141")
    stage.caller_hangs_up()
    rang = stage.now - timedelta(hours=1)
    with stage.house.db.begin() as session:
        session.add_all(
            Leg(
                contact_id=earlier,
                kind=LegKind.COUNSELOR,
                status=LegStatus.ENDED,
                planned_at=rang,
                accepted_at=rang if number else None,
                ended_at=rang,
                end_reason="completed" if number else "released",
            )
            for number in range(60)
        )

    assert len(stage.rings(stage.dials())) == 1
    stage.later(21)
    assert len(stage.rings(stage.dials())) == 2, "two callers wait for three counselors: one each"


def test_the_first_to_press_one_takes_the_call_and_the_other_is_told(stage: Stage) -> None:
    stage.counselor(101)
    stage.counselor(102)
    contact = stage.dials()
    stage.rings(contact)
    stage.picks_up(101)
    stage.picks_up(102)

    won, lost = stage.presses(102, "1"), stage.presses(101, "1")

    assert joins(won) == stage.leg(102).hex
    assert says(lost) == ["voice.already_answered"]
    assert stage.contact(contact).status is ContactStatus.CLAIMED
    assert stage.presses(102, "1") == won, "the winner's repeated key changes nothing"


def test_losers_phones_stop_ringing(stage: Stage) -> None:
    stage.counselor(101)
    stage.counselor(102)
    contact = stage.taken_by(101)

    releasing.release(stage.house, stage.network, contact, stage.now)

    assert stage.network.ended == [stage.sid(102)]


def test_the_caller_is_fetched_once_the_counselor_is_really_there(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    assert says(stage.waits(contact)) == ["voice.connecting"], "a claim alone does not move the caller"

    stage.counselor_enters(101)
    bridging.connect(stage.house, stage.network, contact, stage.now)
    stage.caller_enters(contact)

    assert list(stage.network.redirected) == [stage.caller_sid()]
    assert stage.contact(contact).status is ContactStatus.CONNECTED


def test_without_any_worker_the_wait_loop_itself_brings_the_caller_to_the_counselor(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.counselor_enters(101)

    assert stage.waits(contact).steps == (Leave(),)
    assert joins(waiting.left(stage.house, contact, "leave", stage.now)) == stage.leg(101).hex


def test_a_call_that_went_in_by_itself_is_not_pulled_out_again_by_a_late_worker(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.counselor_enters(101)
    stage.waits(contact)
    waiting.left(stage.house, contact, "leave", stage.now)

    bridging.connect(stage.house, stage.network, contact, stage.now)

    assert stage.network.redirected == {}


def test_a_call_that_a_worker_redirects_does_not_go_in_twice_and_goes_in_alone_when_that_failed(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.taken_by(101)
    stage.counselor_enters(101)
    bridging.connect(stage.house, stage.network, contact, stage.now)

    assert says(stage.waits(contact)) == ["voice.connecting"]
    assert waiting.left(stage.house, contact, "redirected", stage.now).steps == ()
    stage.later(13)
    assert stage.waits(contact).steps == (Leave(),)


def test_whoever_chooses_spanish_hears_the_limits_of_privacy_and_the_keys_in_spanish(stage: Stage) -> None:
    contact = stage.dials()

    document = waiting.greeting_key(stage.house, contact, "2", stage.now)

    assert document.language is Language.SPANISH
    assert says(document) == ["voice.spanish_chosen", "voice.confidential", "voice.keys"]


def test_after_press_one_the_counselor_hears_what_it_is_about_and_before_it_nothing(stage: Stage) -> None:
    stage.counselor(101, languages=("es",))
    contact = stage.dials()
    waiting.heard(stage.house, contact, "what", None, "i drink vodka and take xanax", stage.now)
    stage.rings(contact)

    assert says(stage.picks_up(101)) == ["voice.press_one"]
    document = stage.presses(101, "1")
    assert document.language is Language.SPANISH
    assert says(document) == ["voice.fact_substances", "voice.fact_more_than_one"]


def test_a_counselor_without_a_page_hears_that_medical_staff_is_needed_today(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    waiting.heard(
        stage.house, contact, "what", None, "i stopped my klonopin three days ago and i am shaking", stage.now
    )
    stage.rings(contact)
    assert says(stage.takes(101))[0] == "voice.fact_urgent_same_day_medical"


def test_a_counselor_is_told_that_a_silent_caller_may_be_on_a_tty(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.waits(contact)  # the first question, which tones or an operator do not answer
    stage.rings(contact)
    assert says(stage.takes(101)) == ["voice.fact_silent"]


def test_a_counselor_is_told_of_a_long_wait_and_of_a_short_one_nothing_that_the_caller_would_wait_for(
    stage: Stage,
) -> None:
    stage.counselor(101)
    stage.rings(stage.dials())
    assert says(stage.takes(101)) == []

    stage.counselor(102)
    late = stage.dials("+12125550142")
    stage.later(25)
    stage.rings(late)
    assert says(stage.takes(102)) == ["voice.fact_waited"]
