"""This engine on the line: the real rules of routing decide; the line around them keeps the times of the workers.

Whom to ring and how many at once (coverage), when a caller leaves the queue and for what (call_flow), are called. The
sweep of 2 s, the tick of 1 s, the order in line and the calls a second are what services and beat do with their rows.
Not played: danger, languages and skills, on-call and backup numbers, supervisors.
"""

import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.human.line import RELEASE, STEP, Leg, Line
from bench.human.people import CONNECTED, RING_SECONDS, SET_UP, Caller
from models.call_budget import EARLY
from models.ring_counts import ENOUGH, IN_VAIN, RANG_LONG
from routing import call_flow, coverage
from routing.call_flow import NextStep
from routing.vocabulary import ContactStatus, Language, Presence, Role, Urgency
from services.house import Rules
from services.owed_callbacks import ROUND_PAUSE
from services.promises import GIVES_WAY
from services.releasing import MISSED_RINGS_TO_AWAY
from services.tending import CONGESTED, WORKER_GONE_SECONDS

RULES = Rules(helpline_numbers=())
TIMES = coverage.CircleTimes(RULES.wider_after_seconds, RULES.backup_after_seconds, RULES.supervisors_after_seconds)
LIMITS = call_flow.Limits(RULES.offer_after_seconds, RULES.hard_limit_seconds, WORKER_GONE_SECONDS)
WAKE, SWEEP, TICK = 0.02, 2.0, 1.0  # from a commit to the worker; config.queues
GREETING, TURN = 34.0, 8.0  # seconds of the greeting's words, and of a round of the wait loop
DIAL_OVER = SET_UP + RING_SECONDS + 1.0  # seconds of a <Dial> that nobody answers
FETCHED, WAITED = 0.2, 1.2  # by REST into the conference, after "Waited 34 seconds." when that was long
CALL_BACK = 15.0  # the caller's own phone rings, and they press 1
BACK_AFTER = 180.0  # seconds after which who was put away says that they are there
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = frozenset(question.value for question in call_flow.Question)


@dataclass(eq=False)
class Contact:
    """A caller as the engine keeps them."""

    caller: Caller
    id: uuid.UUID
    since: float
    place: float  # in line
    status: ContactStatus = ContactStatus.WAITING
    calling_back: bool = False
    legs: list[Leg] = field(default_factory=list)
    flow: dict[str, int] = field(default_factory=dict)

    @property
    def ringing(self) -> list[Leg]:
        """Phones that ring for it, or are to."""
        return [leg for leg in self.legs if leg.ended_at is None]


class Ours(Line):
    """The engine."""

    def __init__(self, callers: list[Caller], staff: int, seed: str) -> None:
        super().__init__(callers, staff, seed)
        self.ids = [uuid.uuid5(uuid.NAMESPACE_OID, str(phone.number)) for phone in self.phones]
        self.number_of = {who: number for number, who in enumerate(self.ids)}
        self.taken: dict[int, Leg] = {}  # phone -> its leg, from the plan on
        self.away_until = [0.0] * staff
        self.missed = [0] * staff
        self.told: deque[bool] = deque(maxlen=ENOUGH)
        self.waiting: list[Contact] = []
        self.contact_of: dict[int, Contact] = {}
        self.planned: list[Leg] = []
        self.ticks = 0  # 0: nothing to do, and the clock stands still

    def arrives(self, caller: Caller) -> None:
        contact = Contact(caller, uuid.UUID(int=caller.number), self.now, self.now)
        self.contact_of[caller.number] = contact
        self.waiting.append(contact)
        self.at(WAKE, lambda: self._wake(contact))
        self.at(GREETING, lambda: self._turn(contact))
        self._go_on()

    def _go_on(self) -> None:
        if not self.ticks:
            self.ticks = 1
            self.at(TICK, self._tick)

    def _tick(self) -> None:
        self.ticks += 1
        if self.ticks % (SWEEP / TICK) == 0:
            for contact in sorted(self.waiting, key=lambda one: one.place):
                self._plan(contact)
        self._dial()
        if self.waiting:
            self.at(TICK, self._tick)
        else:
            self.ticks = 0

    def _wake(self, contact: Contact) -> None:
        self._plan(contact)
        self._dial()

    # Planning: services.rings

    def _plan(self, contact: Contact, *, widest: bool = False) -> list[Leg]:
        if contact not in self.waiting or not self._may_ring(contact):
            return []
        waited = max(self.now - contact.since, TIMES.supervisors if widest else 0)
        rate = coverage.answer_rate(sum(self.told), len(self.told))
        reach = coverage.circle(waited, Urgency.NONE, TIMES, rate)
        ringing = len(contact.ringing)
        if ringing >= reach.width or not self._anybody_free():
            return []
        callers = sum(not other.calling_back for other in self.waiting)
        order = coverage.ring_order(self._candidates(contact), Language.ENGLISH, reach, ringing, callers=callers)
        legs = [Leg(contact.caller, self.phones[self.number_of[one.id]], self.now) for one in order]
        contact.legs += legs
        self.planned += legs
        self.taken |= {leg.phone.number: leg for leg in legs}
        if not contact.ringing and not contact.calling_back:
            self._free_for(contact)
        return legs

    def _anybody_free(self) -> bool:
        """Only saves time: without a free phone there is nobody to order."""
        return any(n not in self.taken and self._presence(n) is Presence.AVAILABLE for n in range(self.staff))

    def _may_ring(self, contact: Contact) -> bool:
        """A callback stands behind who came first, and rings in rounds."""
        if not contact.calling_back:
            return True
        if any(other.place < contact.place and not other.calling_back for other in self.waiting):
            return False
        rung = [leg.planned_at for leg in contact.legs if leg.planned_at >= contact.since]
        return not rung or self.now - max(rung) >= ROUND_PAUSE.total_seconds()

    def _free_for(self, caller: Contact) -> None:
        """Phones that ring for callbacks behind a caller for whom nothing rings are let go."""
        for other in self.waiting:
            if other.calling_back and other.place > caller.place:
                for leg in other.ringing:
                    self._let_go(leg)

    def _candidates(self, contact: Contact) -> list[coverage.Candidate]:
        now = EPOCH + timedelta(seconds=self.now)
        past = [
            coverage.PastRing(self.ids[leg.phone.number], EPOCH + timedelta(seconds=leg.ended_at), leg.reason)
            for leg in contact.legs
            if leg.ended_at is not None and leg.planned_at >= contact.since
        ]
        resting = coverage.resting(past, now)
        rung = [leg.phone.number for leg in contact.legs]
        return [
            coverage.Candidate(
                id=who,
                role=Role.COUNSELOR,
                languages=frozenset({"en"}),
                on_shift=True,
                presence=self._presence(number),
                on_a_leg=number in self.taken or who in resting,
                times_rung=rung.count(number),
                passed=False,
                idle_since=EPOCH + timedelta(seconds=self.phones[number].idle_since),
            )
            for number, who in enumerate(self.ids)
        ]

    def _presence(self, number: int) -> Presence:
        if self.away_until[number] > self.now:
            return Presence.AWAY
        return Presence.WRAP_UP if self.phones[number].wraps_up_until > self.now else Presence.AVAILABLE

    # Dialling: services.ringing, models.call_budget

    def _dial(self) -> None:
        self.planned = [leg for leg in self.planned if leg.ended_at is None and leg.placed_at is None]
        self.planned.sort(key=lambda leg: (self.contact_of[leg.caller.number].place, leg.planned_at))
        while self.planned and self.free_at <= self.now + EARLY.total_seconds():
            self.free_at = max(self.free_at, self.now) + STEP
            self.place(self.planned.pop(0))

    # The wait loop: services.waiting, services.tending, services.escalation

    def _turn(self, contact: Contact) -> None:
        if contact not in self.waiting or contact.calling_back:
            return
        ahead = sum(other.place < contact.place for other in self.waiting)
        waited = self.now - contact.since
        view = call_flow.Waiting(
            contact_id=contact.id,
            language=Language.ENGLISH,
            urgency=Urgency.NONE,
            status=contact.status,
            next_step=NextStep.RING,
            waited=waited,
            ahead=ahead,
            tended=self._tended(contact),
            known=EVERYTHING,
            flow=contact.flow,
        )
        turn = call_flow.wait_turn(view, LIMITS)
        contact.flow |= turn.flow
        if turn.next_step is NextStep.CALLBACK:
            self._promise(contact)
        elif turn.next_step is NextStep.DIAL:
            self._dial_circle(contact)
        else:
            self.at(TURN, lambda: self._turn(contact))

    def _tended(self, contact: Contact) -> bool:
        mine = [leg for leg in contact.ringing if not leg.bridged]
        if any(leg.placed_at is not None for leg in mine):
            return True
        return all(leg.planned_at > self.now - CONGESTED.total_seconds() for leg in mine)

    def _dial_circle(self, contact: Contact) -> None:
        """From the call itself: exempt from the calls a second."""
        in_line = [leg for leg in contact.ringing if leg.placed_at is None]
        for leg in in_line or self._plan(contact, widest=True):
            leg.bridged = True
            self.place(leg)
        self.at(DIAL_OVER if contact.ringing else 2.0, lambda: self._turn(contact))

    def _promise(self, contact: Contact) -> None:
        """The call ends; the callback begins at the next sweep."""
        contact.caller.next_step_at = contact.since = self.now
        contact.place = self.now + GIVES_WAY.total_seconds()
        contact.calling_back = True
        for leg in contact.ringing:
            self._let_go(leg)

    # What becomes of a ring: services.answering, services.releasing

    def claims(self, leg: Leg) -> bool:
        return self.contact_of[leg.caller.number] in self.waiting

    def way_in(self, leg: Leg) -> float:
        if self.contact_of[leg.caller.number].calling_back:
            return CALL_BACK
        if leg.bridged:
            return CONNECTED
        return CONNECTED + FETCHED + (WAITED if self.now - leg.caller.at >= RULES.wider_after_seconds else 0)

    def over(self, leg: Leg) -> None:
        contact, number = self.contact_of[leg.caller.number], leg.phone.number
        if leg.ended_at is None:
            self._accepted(contact, leg)
            return
        if self.taken.get(number) is leg:
            del self.taken[number]
        if leg.accepted:
            leg.phone.idle_since = self.now
        elif leg.reason in IN_VAIN or self._rang_long(leg):
            self.told.append(False)
        if leg.reason == "no-answer":
            self._missed(number)

    def _rang_long(self, leg: Leg) -> bool:
        """Let go after so long a ring that it counts as in vain (models.ring_counts)."""
        return leg.placed_at is not None and self.now - leg.placed_at >= RANG_LONG.total_seconds()

    def _accepted(self, contact: Contact, leg: Leg) -> None:
        self.waiting.remove(contact)
        self.told.append(True)
        self.missed[leg.phone.number] = 0
        if contact.calling_back:
            contact.caller.called_back_at, contact.caller.answered_at = contact.caller.answered_at, None
        for other in contact.ringing:
            if other is not leg:
                self._let_go(other)

    def _let_go(self, leg: Leg) -> None:
        self.at(0 if leg.placed_at is None else RELEASE, lambda: None if leg.accepted else self.end(leg, "released"))

    def _missed(self, number: int) -> None:
        self.missed[number] += 1
        others = any(self._presence(other) is Presence.AVAILABLE for other in range(self.staff) if other != number)
        if self.missed[number] >= MISSED_RINGS_TO_AWAY and others:
            self.away_until[number], self.missed[number] = self.now + BACK_AFTER, 0
