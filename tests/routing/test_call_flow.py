"""The wait loop always leads somewhere, and never keeps a caller past the hard limit."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from routing.call_flow import MAX_ASKS, Limits, NextStep, Question, Waiting, last_resort, wait_turn
from routing.documents import Ask, HangUp, Leave
from routing.vocabulary import ContactStatus, Language, Urgency

LIMITS = Limits(offer=60, hard=180, dial_without_worker=12)

views = st.builds(
    Waiting,
    contact_id=st.uuids(),
    language=st.sampled_from(Language),
    urgency=st.sampled_from(Urgency),
    status=st.sampled_from([ContactStatus.WAITING, ContactStatus.CLAIMED, ContactStatus.CONNECTED]),
    next_step=st.sampled_from(NextStep),
    waited=st.floats(0, 400),
    ahead=st.integers(0, 40),
    counselor_joined=st.booleans(),
    tended=st.booleans(),
    can_be_called=st.booleans(),
    has_backup=st.booleans(),
    known=st.frozensets(st.sampled_from([q.value for q in Question])),
    flow=st.dictionaries(
        st.sampled_from(["what", "zip", "payer", "offered_at", "position_at", "dialed_at", "backup_tried"]),
        st.integers(0, 200),
    ),
)


def waiting(**changes: object) -> Waiting:
    values: dict[str, object] = {
        "contact_id": uuid.uuid4(),
        "language": Language.ENGLISH,
        "urgency": Urgency.NONE,
        "status": ContactStatus.WAITING,
        "next_step": NextStep.RING,
        "waited": 5.0,
        "ahead": 0,
        "tended": True,
    }
    return Waiting(**{**values, **changes})  # type: ignore[arg-type]


@given(views)
def test_every_turn_tells_the_phone_something_and_never_hangs_up_on_silence_a_tty_or_a_relay(view: Waiting) -> None:
    steps = wait_turn(view, LIMITS).document.steps
    assert steps
    assert HangUp() not in steps


@given(views)
def test_past_the_hard_limit_nobody_is_kept_waiting_unclaimed(view: Waiting) -> None:
    if view.status is ContactStatus.WAITING and view.waited >= LIMITS.hard:
        assert wait_turn(view, LIMITS).document.steps == (Leave(),)


@given(views)
def test_danger_never_ends_in_voicemail(view: Waiting) -> None:
    if view.in_danger:
        assert last_resort(view) is not NextStep.VOICEMAIL


@given(views)
def test_no_question_delays_somebody_in_danger(view: Waiting) -> None:
    if view.in_danger and view.status is ContactStatus.WAITING:
        turn = wait_turn(view, LIMITS)
        assert not any(isinstance(step, Ask) and step.speech for step in turn.document.steps)


def test_each_question_is_asked_twice_at_most_and_never_when_it_is_known() -> None:
    flow: dict[str, int] = {}
    asked: list[str] = []
    for _ in range(12):
        turn = wait_turn(waiting(flow=flow, known=frozenset({"payer"})), LIMITS)
        asked += [name for name in turn.flow if name in {q.value for q in Question}]
        flow |= turn.flow
    assert asked == ["what"] * MAX_ASKS + ["zip"] * MAX_ASKS


def test_callback_voicemail_or_988_is_offered_after_a_minute_and_again_every_half_minute() -> None:
    first = wait_turn(waiting(waited=61.0), LIMITS)
    assert first.flow == {"offered_at": 61}
    assert wait_turn(waiting(waited=80.0, flow=first.flow), LIMITS).flow != {"offered_at": 80}
    assert wait_turn(waiting(waited=92.0, flow=first.flow), LIMITS).flow == {"offered_at": 92}


def test_a_withheld_number_gets_voicemail_instead_of_a_callback_at_the_limit() -> None:
    assert last_resort(waiting(can_be_called=False)) is NextStep.VOICEMAIL
    assert last_resort(waiting()) is NextStep.CALLBACK
    assert last_resort(waiting(has_backup=True)) is NextStep.BACKUP
    assert last_resort(waiting(has_backup=True, flow={"backup_tried": 1}, urgency=Urgency.CALL_911)) is (
        NextStep.CRISIS_988
    )


def test_nobody_rings_because_no_worker_lives_so_the_call_rings_by_itself() -> None:
    turn = wait_turn(waiting(tended=False, waited=12.5), LIMITS)
    assert turn.next_step is NextStep.DIAL
    soon = wait_turn(waiting(tended=False, waited=20.0, flow=turn.flow), LIMITS)
    assert soon.next_step is None, "not again at once"
