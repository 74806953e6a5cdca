"""The telephone exchange: everything there is in the simulated world, and the ways into it."""

from __future__ import annotations

import simulator.verbs  # noqa: F401 - registers the verbs
from simulator.calls import Call, Callbacks, Fallback
from simulator.clients import Clients
from simulator.clock import Clock
from simulator.conferences import Conference
from simulator.engine import Engine
from simulator.faults import Faults
from simulator.ids import Ids
from simulator.journal import Journal
from simulator.messages import Message
from simulator.numbers import HelplineNumber, configured, valid
from simulator.phones import Phone
from simulator.queues import Queue
from simulator.recordings import Recording
from simulator.running import Goto, life
from simulator.settings import Settings
from simulator.transport import Transport
from simulator.webhooks import Webhooks

_HIDDEN = "anonymous"


class Exchange:
    """Owns all state. Touch it under `engine.lock` when the engine runs in real time."""

    def __init__(self, settings: Settings, clock: Clock, transport: Transport) -> None:
        self.settings = settings
        self.engine = Engine(clock)
        self.transport = transport
        self.clients = Clients()
        self.reset()

    def reset(self) -> None:
        """Forget everything: calls, texts, phones, faults, the log. Nothing of before happens any more."""
        settings = self.settings
        self.engine.forget()
        self.ids = Ids(settings.seed)
        self.faults = Faults(settings.seed)
        self.journal = Journal(lambda: self.engine.now)
        self.webhooks = Webhooks(self)
        self.calls: dict[str, Call] = {}
        self.phones: dict[str, Phone] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Queue] = {}
        self.messages: dict[str, Message] = {}
        self.recordings: dict[str, Recording] = {}
        self.opted_out: set[tuple[str, str]] = set()  # (helpline number, phone)
        self.next_slot = 0.0  # when the next REST call may start
        self.lines: dict[str, HelplineNumber] = {}
        for number in settings.numbers:
            line = configured(self.ids.sid("PN"), number, settings.public_base_url, self.engine.now)
            self.lines[line.sid] = line
        for number, label in settings.labels.items():
            self.phone(number).label = label

    # Finding things

    def phone(self, number: str) -> Phone:
        """The pretend phone with this number, made when it is new."""
        if number not in self.phones:
            self.phones[number] = Phone(number, self.settings.labels.get(number, ""))
        return self.phones[number]

    def line(self, number: str) -> HelplineNumber | None:
        """The helpline number, or None when it is not the account's."""
        return next((line for line in self.lines.values() if line.number == number), None)

    def queue_named(self, name: str, create: bool) -> Queue | None:
        """The queue with this name, made when it is new and `create` says so."""
        found = next((queue for queue in self.queues.values() if queue.name == name), None)
        if found is None and create and name:
            found = Queue(self, name)
            self.queues[found.sid] = found
        return found

    def conference_named(self, name: str) -> Conference:
        """The conference with this name that has not ended, made when there is none."""
        for conference in reversed(self.conferences.values()):
            if conference.name == name and not conference.over:
                return conference
        conference = Conference(self, name)
        self.conferences[conference.sid] = conference
        return conference

    def may_show(self, caller_id: str, call: Call) -> bool:
        """May a `<Dial>` show this number: one of the account's, or the caller's own?"""
        return self.line(caller_id) is not None or (caller_id == call.from_ and valid(caller_id))

    def place_of(self, number: str) -> dict[str, str]:
        """City, State, Zip and Country as Twilio would state them; mostly unknown."""
        phone = self.phones.get(number)
        country = "US" if number.startswith("+1") else ""
        return {"City": "", "State": "", "Zip": phone.zip_code if phone else "", "Country": country}

    def add_call(self, call: Call) -> None:
        """List a call, at its phone too."""
        self.calls[call.sid] = call
        call.phone.calls.append(call)

    # Ways in

    def dial(self, number: str, line_number: str, hide_number: bool = False) -> Call:
        """A pretend phone dials the helpline. Raises ValueError when that is not a number of the account."""
        line = self.line(line_number)
        if line is None:
            raise ValueError(f"{line_number} is not a number of the helpline.")
        shown = _HIDDEN if hide_number else number
        call = Call(self, "inbound", shown, line_number, self.phone(number))
        call.callbacks = Callbacks(line.status_callback, line.status_callback_method)
        call.fallback = Fallback(line.voice_fallback_url, line.voice_fallback_method)
        call.status = "ringing"
        self.add_call(call)
        self.journal.note("call", "dialled", sid=call.sid, number=number)
        call.run(life(call, Goto(line.voice_url, line.voice_method)))
        return call

    def slot(self) -> float:
        """Seconds that the next REST call has to wait for its turn (1 call a second by default)."""
        rate = self.settings.timing.calls_per_second
        if rate <= 0:
            return 0.0
        start = max(self.engine.now, self.next_slot)
        self.next_slot = start + 1.0 / rate
        return start - self.engine.now
