"""How the field rings: from the top of a list, from a random place of it, or everybody at once (Yap, Llámenos).

None of them knows who is on a call: a busy phone costs a call and says so. Each goes round until somebody presses 1;
no caller is given anything but waiting. Kinder than the field: the first 1 wins without a race, a list does not change
under way, and no voicemail answers.
"""

import random

from bench.human.line import RELEASE, Leg, Line
from bench.human.people import Caller


class LinearLoop(Line):
    """One phone after the other, always from the first of the list."""

    def order(self, caller: Caller) -> list[int]:  # noqa: ARG002 - for those who override it
        """The list for this caller."""
        return list(range(self.staff))

    def arrives(self, caller: Caller) -> None:
        self._next(caller, self.order(caller), 0)

    def _next(self, caller: Caller, order: list[int], turn: int) -> None:
        leg = Leg(caller, self.phones[order[turn % len(order)]], self.now)
        self._then[leg] = (order, turn + 1)
        self.request(leg)

    def __init__(self, callers: list[Caller], staff: int, seed: str) -> None:
        super().__init__(callers, staff, seed)
        self._then: dict[Leg, tuple[list[int], int]] = {}

    def over(self, leg: Leg) -> None:
        order, turn = self._then.pop(leg, ([], 0))
        if not leg.accepted:
            self._next(leg.caller, order, turn)


class RandomCycle(LinearLoop):
    """One phone after the other, in an order drawn for each caller."""

    def order(self, caller: Caller) -> list[int]:
        order = super().order(caller)
        random.Random(f"{self.seed} {caller.number}").shuffle(order)
        return order


class RingAll(Line):
    """Every phone at once, as fast as the provider takes the calls; again when all have ended in vain."""

    def __init__(self, callers: list[Caller], staff: int, seed: str) -> None:
        super().__init__(callers, staff, seed)
        self._legs: dict[int, list[Leg]] = {}

    def arrives(self, caller: Caller) -> None:
        legs = self._legs[caller.number] = [Leg(caller, phone, self.now) for phone in self.phones]
        for leg in legs:
            self.request(leg)

    def over(self, leg: Leg) -> None:
        legs = self._legs[leg.caller.number]
        if leg.accepted and leg.ended_at is None:
            for other in legs:
                if other is not leg:
                    self.at(RELEASE, lambda other=other: self.end(other, "released"))
        elif leg.caller.answered_at is None and all(one.ended_at is not None for one in legs):
            self.arrives(leg.caller)
