"""People at pretend phones, who do what a history says."""

from collections.abc import Callable, Sequence
from typing import Any

from simulator.calls import Call
from simulator.exchange import Exchange
from simulator.hearing import talking_with
from simulator.phones import GREETING, Phone, decline
from tests.histories.console import PRESSED, Console
from tests.histories.plans import Act, Caller, Pickup
from tests.histories.stage import LINE

DISPOSITION_ASKED = "How did it end"
VOICEMAIL_LISTENS = 60.0
HANG_UP = "hang up"


class Answering:
    """Somebody (or a voicemail) at a phone that we ring."""

    def __init__(
        self, exchange: Exchange, phone: Phone, pickups: Sequence[Pickup], pressed: Callable[[], None]
    ) -> None:
        self.exchange, self.phone, self.pickups, self._pressed = exchange, phone, tuple(pickups), pressed
        self._rings = 0
        self._seen: set[str] = set()
        self._talks: dict[str, float] = {}

    def look(self) -> None:
        """Notice a new ring and the end of a talk."""
        for call in self.phone.calls:
            if call.sid not in self._seen and call.status == "ringing" and call.direction != "inbound":
                self._seen.add(call.sid)
                self._ring(call, self.pickups[min(self._rings, len(self.pickups) - 1)])
                self._rings += 1

    def _ring(self, call: Call, plan: Pickup) -> None:
        at = self.exchange.engine.at
        if plan.kind == "decline":
            at(plan.after, lambda: decline(call))
        elif plan.kind == "answer":
            at(plan.after, lambda: self._answer(call, plan))
        elif plan.kind == "voicemail":
            at(plan.after, lambda: self._voicemail(call))

    def _answer(self, call: Call, plan: Pickup) -> None:
        if call.status != "ringing":
            return
        call.answer()
        self.exchange.engine.at(plan.think, lambda: self._press(call, plan.key))
        if plan.stays is not None:
            self.exchange.engine.at(plan.stays, lambda: call.finish("completed"))

    def _press(self, call: Call, key: str) -> None:
        if call.over or not key:
            return
        call.press(key)
        if key == "1":
            self._pressed()

    def _voicemail(self, call: Call) -> None:
        if call.status != "ringing":
            return
        call.answer()
        call.say(GREETING)
        self.exchange.engine.at(VOICEMAIL_LISTENS, lambda: call.finish("completed"))


class InBrowser(Answering):
    """A counselor at a browser: Answer is the 1, Decline the 2, and nothing answers by itself."""

    def __init__(
        self,
        exchange: Exchange,
        phone: Phone,
        pickups: Sequence[Pickup],
        pressed: Callable[[], None],
        says: Callable[[str], None],
    ) -> None:
        super().__init__(exchange, phone, pickups, pressed)
        self._says = says  # to the console: `heard`, `decline`

    def _ring(self, call: Call, plan: Pickup) -> None:
        self._says("heard")
        if plan.kind == "decline" or plan.key == "2":
            self.exchange.engine.at(plan.after, lambda: self._says("decline"))
        elif plan.kind == "answer":
            self.exchange.engine.at(plan.after, lambda: self._answer(call, plan))

    def _press(self, call: Call, key: str) -> None:
        if not call.over:
            self._pressed()


class Calling:
    """Somebody who calls the helpline and does what the plan says, one act after the other."""

    def __init__(self, exchange: Exchange, plan: Caller, number: str, console: Console, index: int) -> None:
        self.exchange, self.plan, self.number, self.index = exchange, plan, number, index
        self.call: Call | None = None
        self.hung_up_at: float | None = None
        self._console = console
        self._left: list[Act] = list(plan.acts)
        self._waits_for = ""
        exchange.engine.at(plan.at, self._dial)

    def _dial(self) -> None:
        self.call = self.exchange.dial(self.number, LINE, hide_number=self.plan.phone == 0)
        self._next()

    def _next(self) -> None:
        if not self._left:
            return
        if self._left[0].on:
            self._waits_for = self._left[0].on
        else:
            self._in_time()

    def _in_time(self) -> None:
        act = self._left.pop(0)
        self.exchange.engine.at(act.wait, lambda: self._do(act))

    def somebody_pressed_one(self) -> None:
        """The very instant of a claim."""
        self._heard_of("claim")

    def look(self) -> None:
        """Notice that a talk has begun."""
        if self._waits_for == "talk" and self.call is not None and talking_with(self.call):
            self._heard_of("talk")

    def _heard_of(self, what: str) -> None:
        if self._waits_for == what:
            self._waits_for = ""
            self._in_time()

    def _do(self, act: Act) -> None:
        call = self.call
        if call is None or call.over:
            return
        if act.deed == HANG_UP:
            self.hang_up()
            return
        if act.deed.startswith(PRESSED):
            self._console.press(call.sid, act.deed.removeprefix(PRESSED))
        elif act.deed.strip("0123456789*#"):
            call.say(act.deed)
        else:
            call.press(act.deed)
        self._next()

    def hang_up(self) -> None:
        """Leave, whatever is going on."""
        if self.call is not None and not self.call.over:
            self.hung_up_at = self.exchange.engine.now
            self.call.finish("completed" if self.call.answered else "canceled")

    @property
    def done(self) -> bool:
        """Whether nothing more comes from this person (a plan may wait for what never happens)."""
        return self.call is not None and (self.call.over or not self._left or bool(self._waits_for))


def view(call: Call) -> dict[str, Any]:
    """A call in a few words, for a failed check."""
    return {"phone": call.number, "status": call.status, "sid": call.sid[-6:]}
