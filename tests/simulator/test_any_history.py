"""Whatever people, the product and the network do, in any order: the simulator stays whole and every call ends."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from simulator import driver, sdk
from simulator.hearing import hears
from simulator.settings import Settings, Switches, Timing
from simulator.transport import Answer, Request
from tests.simulator.conftest import LINE

PHONES = [f"+1617555011{digit}" for digit in range(4)]
BASE = "https://product.test"
BEHAVIOURS = ["person", "answers", "voicemail", "declines"]
DEEDS: list[tuple[str, dict[str, str]]] = [
    ("answer", {}),
    ("press", {"keys": "1#"}),
    ("say", {"words": "yes"}),
    ("hang-up", {}),
]
STEP = st.tuples(st.integers(0, 9), st.sampled_from([0.0, 0.03, 0.5, 3.0]))  # what happens, and seconds after it
CONFERENCE = (
    "<Dial action='/a'><Conference waitUrl='/b' startConferenceOnEnter='{0}' endConferenceOnExit='{1}'>"
    "room</Conference></Dial>"
)
DOCUMENTS = [
    "",
    "<Say>Hello.</Say>",
    "<Gather numDigits='1' action='/a'><Say>Press one.</Say></Gather><Redirect>/b</Redirect>",
    "<Gather input='speech dtmf' action='/c' actionOnEmptyResult='true' timeout='3'/>",
    "<Enqueue action='/a' waitUrl='/wait'>line</Enqueue>",
    "<Dial action='/b' timeout='10'><Queue url='/c'>line</Queue></Dial>",
    f"<Dial action='/c' callerId='{LINE}' timeout='10'><Number url='/whisper'>{PHONES[1]}</Number>"
    f"<Number url='/whisper'>{PHONES[2]}</Number></Dial>",
    f"<Dial callerId='{LINE}' sequential='true'><Number>{PHONES[2]}</Number><Number>{PHONES[3]}</Number></Dial>",
    f"<Dial answerOnBridge='true' callerId='{LINE}'>{PHONES[3]}</Dial><Say>After.</Say>",
    CONFERENCE.format("true", "false"),
    CONFERENCE.format("false", "true"),
    "<Record action='/a' maxLength='20' recordingStatusCallback='/b' transcribe='true'/>",
    "<Leave/>",
    "<Hangup/>",
    "<Reject/>",
    "<Pause length='2'/><Redirect>/b</Redirect>",
    "<Broken",
]


class World:
    """A simulator before a product that answers at random."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        switches = Switches(
            dial_action_after_hangup=self.dice.choice(["never", "if_bridged", "always"]),
            dial_action_after_redirect=self.dice.random() < 0.5,
            simultaneous_ring_won_by=self.dice.choice(["pickup", "acceptance"]),
            wait_failure=self.dice.choice(["fallback", "silence"]),
        )
        given = Settings(
            numbers=(LINE,), public_base_url=BASE, seed=seed, switches=switches, timing=Timing(calls_per_second=2)
        )
        self.sim = driver.in_process(given, transport=self.answer)
        self.client: Client = sdk.in_process_client(self.sim.exchange)
        for area, name in (("webhook", "slow"), ("webhook", "lost"), ("webhook", "doubled"), ("leg", "busy")):
            self.sim.fault(area, name, probability=0.05)

    def answer(self, request: Request) -> Answer:
        inside = self.dice.choice(DOCUMENTS)
        return Answer(200, "text/xml", f"<Response>{inside}</Response>".encode())

    def act(self, what: int) -> None:
        """One thing that somebody does."""
        phone = self.dice.choice(PHONES)
        calls = [call for call in self.sim.exchange.calls.values() if not call.over]
        sid = self.dice.choice(calls).sid if calls else None
        perform = self.sim.port.perform
        if what == 0:
            perform("dial", number=phone)
        elif what == 1:
            perform("behave", number=phone, kind=self.dice.choice(BEHAVIOURS), keys="1")
        elif sid is not None and what in {2, 3, 4, 5}:
            name, args = DEEDS[what - 2]
            perform(name, sid=sid, **args)
        else:
            self.rest(what, phone, sid)

    def rest(self, what: int, phone: str, sid: str | None) -> None:
        """Something that the product asks of Twilio; refusals are part of life."""
        try:
            if what == 6:
                self.client.calls.create(to=phone, from_=LINE, url=f"{BASE}/a", status_callback=f"{BASE}/s")
            elif what == 7 and sid:
                self.client.calls(sid).update(url=f"{BASE}/b")
            elif what == 8 and sid:
                self.client.calls(sid).update(status="completed")
            elif what == 9:
                for room in self.client.conferences.list(status="in-progress"):
                    for seat in room.participants.list():
                        seat.update(hold=not seat.hold, hold_url=f"{BASE}/hold")
        except TwilioRestException as refused:
            assert refused.code in {21220, 20404}, refused  # noqa: PT017

    def check(self) -> None:
        """What holds at every moment."""
        exchange = self.sim.exchange
        for call in exchange.calls.values():
            assert call.partner is None or call.partner.partner is call
            assert call not in hears(call)
            assert not (call.partner is not None and call.seat is not None)
        for queue in exchange.queues.values():
            assert len({member.call.sid for member in queue.members}) == len(queue.members)

    def quiet_down(self) -> None:
        """Everybody hangs up; nothing may be left over."""
        exchange = self.sim.exchange
        for _ in range(3):
            for call in list(exchange.calls.values()):
                self.sim.port.perform("hang-up", sid=call.sid)
            self.sim.run_for(120)
        assert all(call.over and (call.script is None or call.script.over) for call in exchange.calls.values())
        assert all(call.partner is None and call.seat is None for call in exchange.calls.values())
        assert all(not queue.members and not queue.dialers for queue in exchange.queues.values())
        assert all(room.over for room in exchange.conferences.values())


@given(st.integers(0, 10**6), st.lists(STEP, max_size=40))
@settings(max_examples=60, deadline=None)
def test_every_call_ends_and_nothing_is_left_over(seed: int, steps: list[tuple[int, float]]) -> None:
    world = World(seed)
    for what, seconds in steps:
        world.act(what)
        world.sim.run_for(seconds)
        world.check()
    world.quiet_down()
