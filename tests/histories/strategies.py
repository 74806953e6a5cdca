"""Histories drawn by hypothesis: mostly ordinary people, some trouble, everything in any order."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.histories.console import BUTTONS, PRESSED
from tests.histories.people import HANG_UP
from tests.histories.plans import Act, Broken, Caller, History, Pickup, Presence, Staff, Trouble

HARMLESS = "it is about my brother and heroin"
DANGER = "i took forty klonopin and i want to die"
GIBBERISH = "mmh"
MOMENTS = st.sampled_from([0.0, 0.03, 0.06, 0.2, 1.0, 3.0, 7.0, 12.0, 20.0, 30.0, 45.0, 70.0])
WAITS = st.sampled_from([0.0, 0.03, 0.1, 0.5, 2.0, 5.0, 9.0, 15.0, 25.0, 40.0])
DEEDS = st.sampled_from(
    [HANG_UP, "0", "9", "8", "2", "3", "*", "02139", "7", "#", HARMLESS, DANGER, GIBBERISH, HANG_UP, "9", DANGER]
)
ACTS = st.builds(Act, WAITS, DEEDS, st.sampled_from(["", "", "", "claim", "talk"]))
BUTTON = st.builds(Act, WAITS, st.sampled_from(BUTTONS).map(lambda button: f"{PRESSED}{button}"))
FIRST_BUTTON = BUTTON.map(lambda act: replace(act, on="talk"))
LEAVES = st.builds(Act, WAITS, st.just(HANG_UP))
WITH_BUTTONS = st.tuples(
    FIRST_BUTTON, st.lists(BUTTON, max_size=3), st.one_of(st.just([]), st.lists(LEAVES, max_size=1))
)
ANY_ACTS = st.one_of(
    st.lists(ACTS, max_size=4).map(tuple), WITH_BUTTONS.map(lambda drawn: (drawn[0], *drawn[1], *drawn[2]))
)
STAYS = st.sampled_from([None, None, 0.0, 1.0, 1.06, 1.1, 1.2, 1.5, 2.0, 4.0, 12.0, 30.0])
PICKUPS = st.one_of(
    st.just(Pickup()),
    st.builds(
        Pickup,
        st.just("answer"),
        after=st.sampled_from([0.0, 0.1, 1.0, 3.0, 6.0, 12.0, 14.9]),
        key=st.sampled_from(["1", "1", "1", "2", "5", "", "11"]),
        think=st.sampled_from([0.1, 1.0, 3.0, 9.0, 14.0, 25.0]),
        stays=STAYS,
    ),
    st.builds(Pickup, st.sampled_from(["decline", "ignore", "voicemail"]), after=st.sampled_from([0.1, 1.0, 8.0])),
)
PLANS = st.lists(PICKUPS, min_size=1, max_size=3).map(tuple)
CALLERS = st.builds(Caller, MOMENTS, st.integers(0, 3), ANY_ACTS, PICKUPS)
COUNSELORS = st.builds(
    Staff,
    PLANS,
    st.sampled_from([("en",), ("en", "es"), ("es",)]),
    supervisor=st.sampled_from([False, False, False, True]),
    on_shift=st.sampled_from([True, True, True, False]),
    bad_number=st.sampled_from([False, False, False, False, True]),
    browser=st.sampled_from(["", "", "", "there", "there", "silent", "gone"]),
)
PRESENCES = st.builds(Presence, MOMENTS, st.integers(0, 2), st.sampled_from(["available", "busy", "away"]))

WEBHOOKS = st.builds(
    Trouble,
    MOMENTS,
    st.just("webhook"),
    st.sampled_from(["slow", "late", "lost", "answer-lost", "doubled", "reordered", "refused", "error"]),
    st.sampled_from(["voice", "call-status", "call-status", "conference", "conference", "*", "recording"]),
    st.sampled_from([1, 1, 2, 5]),
    st.sampled_from([0.0, 0.5, 4.0, 20.0]),
)
REST = st.builds(
    Trouble,
    MOMENTS,
    st.just("rest"),
    st.sampled_from(["429", "error-before", "error-after", "timeout-before", "timeout-after"]),
    st.just("*"),
    st.sampled_from([1, 1, 2, 5]),
)
LEGS = st.builds(
    Trouble, MOMENTS, st.just("leg"), st.sampled_from(["busy", "no-answer", "failed"]), st.just("+1617555*")
)
BROKEN = st.builds(
    Broken,
    st.lists(st.tuples(MOMENTS, st.sampled_from([3.0, 15.0, 60.0, 300.0])), max_size=1).map(tuple),
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["lost", "late", "doubled"])), max_size=3).map(tuple),
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["before", "after"])), max_size=1).map(tuple),
    st.sampled_from([0.0, 0.0, 0.2, 1.5]),
)
SWITCHES = st.fixed_dictionaries(
    {},
    optional={
        "dial_action_after_hangup": st.sampled_from(["never", "if_bridged", "always"]),
        "dial_action_after_redirect": st.booleans(),
        "declined_whisper_status": st.sampled_from(["completed", "no-answer"]),
        "simultaneous_ring_won_by": st.sampled_from(["pickup", "acceptance"]),
        "cancelled_leg_status": st.sampled_from(["canceled", "no-answer", "completed"]),
        "absent_client": st.sampled_from(["no-answer", "busy", "failed", "rings"]),
        "finish_key_alone_requests_action": st.booleans(),
        "wait_failure": st.sampled_from(["fallback", "silence"]),
    },
).map(lambda chosen: tuple(sorted(chosen.items())))

HISTORIES = st.builds(
    History,
    st.lists(CALLERS, min_size=1, max_size=3).map(tuple),
    st.lists(COUNSELORS, max_size=3).map(tuple),
    on_call=st.one_of(st.just((Pickup("ignore"),)), PLANS),
    backup=st.one_of(st.none(), PLANS),
    crisis=st.one_of(st.just((Pickup(),)), PLANS),
    intake=PLANS,
    interpreter=PLANS,
    presence=st.lists(PRESENCES, max_size=2).map(tuple),
    troubles=st.lists(st.one_of(WEBHOOKS, REST, LEGS), max_size=3).map(tuple),
    broken=st.one_of(st.just(Broken()), BROKEN),
    switches=SWITCHES,
    calls_per_second=st.sampled_from([0.0, 1.0]),
)
