"""What holds at every moment of a history, whatever happens in it."""

from simulator.calls import Call
from simulator.hearing import heard_by, hears, talking_with
from simulator.phones import Phone
from tests.histories.console import PRESSED
from tests.histories.people import Calling
from tests.histories.plans import History
from tests.histories.stage import BACKUP, INTERPRETER, ON_CALL, PLACES
from tests.histories.world import CALLERS, CRISIS, World

# The hard limit, and then what may be under way when it comes: a wait document, a ring from the call itself with
# its press-1 window (ring + 5 s of Twilio's own + two prompts), and the same again for the backup centre.
ROUND = 15.0
RING = 55.0
PROMISES = ("we will call you back at this number", "le llamaremos a este número")
VOICEMAIL = ("please say your message", "diga su mensaje")
SORRY = ("nobody could answer. please call", "nadie pudo contestar. llame")
DANGER = ("this sounds like an emergency", "you matter, and this is urgent", "you are not alone")
TALKS_ON = 45.0
TROUBLE_SECONDS = (
    70.0  # what one lost webhook costs: 15 s of silence, the words of the fallback, and its ring of on-call phones
)


class CallerWatch:
    """How one caller fares: when they were last alone, and what they got."""

    def __init__(self, world: World, caller: Calling) -> None:
        self.world, self.caller = world, caller
        self.alone_since: float | None = None
        self.talks_since: float | None = None
        self.met: set[str] = set()
        self.heard = 0
        self.promised = self.voicemail = self.danger = self.sorry = False

    @property
    def served(self) -> bool:
        """Whether they got a human or a next step that has a name."""
        return bool(self.met) or self.promised or self.voicemail or self.sorry

    @property
    def settled(self) -> bool:
        """Whether they are gone, or have been talking for so long that nothing more comes of it."""
        since, call = self.talks_since, self.caller.call
        return call is not None and (call.over or (since is not None and self.world.engine.now - since > TALKS_ON))

    def look(self, limit: float) -> None:
        """Follow the call."""
        call = self.caller.call
        if call is None:
            return
        self._listen(call)
        if call.over:
            self._ended(call)
            return
        others = [other.number for other in talking_with(call)]
        now = self.world.engine.now
        room = call.seat.conference.name if call.seat is not None else ""
        if len(others) > 1 and len(others) > 1 + self.world.console.added(room):
            self.world.problem(f"caller {self.caller.index} talks with {sorted(others)} at once")
        heard = bool(heard_by(call))  # also by a counselor who is mute
        self.talks_since = (self.talks_since or now) if heard else None
        if heard or self.voicemail:
            self.met |= set(others)
            self.alone_since = None
        elif self.alone_since is None:
            self.alone_since = now
        elif now - self.alone_since > limit:
            self.world.problem(f"caller {self.caller.index} was alone for more than {limit:.0f} s")

    def _listen(self, call: Call) -> None:
        for line in call.heard[self.heard :]:
            words = line.text.lower()
            self.promised |= words.startswith(PROMISES)
            self.sorry |= words.startswith(SORRY)
            self.danger |= words.startswith(DANGER)
            if any(said in words for said in VOICEMAIL):
                self.voicemail = True
                if self.danger:
                    self.world.problem(f"caller {self.caller.index} is in danger and met the voicemail")
        self.heard = len(call.heard)

    def _ended(self, call: Call) -> None:
        heard_of = call.sid in self.world.reached  # else the provider's own words off our host answer (DESIGN.md)
        if heard_of and self.caller.hung_up_at is None and not self.served:
            self.world.problem(f"caller {self.caller.index} was cut off with nothing")


def _uses_the_console(history: History) -> bool:
    return any(act.deed.startswith(PRESSED) for caller in history.callers for act in caller.acts)


class Watch:
    """Looks at every step. `patience`: seconds that a caller may be alone."""

    def __init__(self, world: World) -> None:
        self.world = world
        rules = world.house.rules
        struck = sum(trouble.times for trouble in world.history.troubles)
        rounds = 1 + (world.history.backup is not None)
        held = rules.consult_limit_seconds if _uses_the_console(world.history) else 0
        self.patience = held + rules.hard_limit_seconds + ROUND + rounds * RING + struck * TROUBLE_SECONDS
        self.callers = [CallerWatch(world, caller) for caller in world.callers]
        world.watch = self.look  # type: ignore[method-assign]

    def look(self) -> None:
        """One step."""
        for caller in self.callers:
            caller.look(self.patience)
        for person in self.world.answering:
            self._one_call(person.phone)
        for room in self.world.exchange.conferences.values():
            seated = sum(not seat.call.over for seat in room.seats.values())  # who hung up stands up in this instant
            if not room.over and seated > 2 and seated > 2 + self.world.console.added(room.name):
                self.world.problem(f"{seated} phones are in one conference")
            if room.live:
                self._pair(room.name, [seat.call for seat in room.seats.values()])

    def _one_call(self, phone: Phone) -> None:
        """Nobody is rung twice at once or on a call. Centres take many; the fallback words ring whoever is on call."""
        live = phone.live_calls
        if len(live) < 2 or phone.number in (CRISIS, BACKUP, INTERPRETER, *PLACES) or phone.number in CALLERS:
            return
        if phone.number == ON_CALL and self.world.fell_back:
            return
        self.world.problem(f"{phone.number} has {len(live)} calls at once")

    def _pair(self, room: str, calls: list[Call]) -> None:
        """A conversation has one caller and one who answers, or who was asked in."""
        callers = [call for call in calls if call.number in CALLERS]
        wrong = len(callers) > 1 or (len(calls) == 2 and not callers and not self.world.console.added(room))
        if wrong and all(hears(call) for call in calls):
            self.world.problem(f"{sorted(call.number for call in calls)} talk with each other")
