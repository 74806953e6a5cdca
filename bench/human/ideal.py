"""What Erlang's formula describes, on the very calls of the others: whoever is free answers the first ring, always."""

import heapq

from bench.human.line import Leg, Line
from bench.human.people import WRAP_UP, Caller, ring_and_press


class Ideal(Line):
    """One line, first come, first served; no ring is in vain and no call a second is waited for."""

    def run(self, until: float) -> None:
        """Until the last call that is answered by then."""
        free = [0.0] * self.staff
        for caller in self.callers:
            meets = max(caller.at, heapq.heappop(free)) + ring_and_press()
            heapq.heappush(free, meets + caller.talk + WRAP_UP)
            caller.answered_at = meets if meets <= until else None

    def arrives(self, caller: Caller) -> None:
        """Nothing: `run` plays all of them."""

    def over(self, leg: Leg) -> None:
        """Nothing: no phone rings."""
