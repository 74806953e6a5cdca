"""Faults on demand: which ones are set, and the seeded dice that decide when they strike."""

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count

KINDS: dict[str, frozenset[str]] = {
    # A webhook; the target is its kind (voice, sms, call-status, conference, message-status, recording, ...).
    "webhook": frozenset({"slow", "late", "lost", "answer-lost", "doubled", "reordered", "refused", "error"}),
    # A REST request; the target is like `POST Calls`.
    "rest": frozenset({"429", "error-before", "error-after", "timeout-before", "timeout-after"}),
    # A call that rings a pretend phone; the target is its number.
    "leg": frozenset({"busy", "no-answer", "failed"}),
    # A text to a pretend phone; the target is its number.
    "message": frozenset({"undelivered", "failed"}),
    "transcription": frozenset({"failed", "lost"}),
}


@dataclass
class Fault:
    """One fault: strikes `area` where `target` (shell pattern) matches, `times` times (None: until removed)."""

    area: str
    name: str
    target: str = "*"
    probability: float = 1.0
    times: int | None = None
    seconds: float = 0.0  # of delay, where the fault has one
    status: int = 0  # HTTP status or Twilio error code, where the fault has one
    number: int = field(default=0, compare=False)
    struck: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.name not in KINDS.get(self.area, frozenset()):
            known = "; ".join(f"{area}: {', '.join(sorted(names))}" for area, names in KINDS.items())
            raise ValueError(f"There is no fault {self.name!r} of {self.area!r}. Known are {known}.")


class Faults:
    """The set faults. Given a seed, the same requests meet the same faults."""

    def __init__(self, seed: int | None) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - dice, no secret
        self._number = count(1)
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Arm a fault."""
        fault.number = next(self._number)
        self.active.append(fault)
        return fault

    def remove(self, number: int) -> None:
        """Disarm the fault with this number; an unknown one changes nothing."""
        self.active = [fault for fault in self.active if fault.number != number]

    def clear(self) -> None:
        """Disarm all."""
        self.active = []

    def draw(self, area: str, target: str) -> Fault | None:
        """The first armed fault that strikes this time, or None."""
        for fault in self.active:
            if fault.area != area or not fnmatchcase(target, fault.target):
                continue
            if fault.probability < 1.0 and self._dice.random() >= fault.probability:
                continue
            fault.struck += 1
            if fault.times is not None and fault.struck >= fault.times:
                self.active.remove(fault)
            return fault
        return None
