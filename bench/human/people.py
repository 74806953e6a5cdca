"""Who calls, how long they talk, and what a counselor's phone does: drawn once by dice, the same for every strategy."""

import random
from dataclasses import dataclass

from routing import erlang

SERVICE_LEVEL, SERVICE_SECONDS = 0.95, 20.0  # NENA-STA-020.1-2020
TALK, WRAP_UP = 480.0, 40.0  # seconds: the mean (exponential, as Erlang C takes it), and the note after each talk
ANSWERED = 0.8  # of the rings of somebody on shift and free; of the others two thirds ring out, a third is declined
DECLINED = 1 / 3
PICK_UP, PRESS, DECLINE = (2.0, 9.0), (2.0, 5.0), 4.0  # seconds from the first ring, and from picking up (uniform)
RING_SECONDS = 20.0 + 5.0  # what we ask for, and what Twilio adds to it
SET_UP, CONNECTED = 0.5, 0.3  # from the request to the first ring, and from the pressed 1 to a way to each other
WARM_UP = 1800.0  # seconds before those that count, so that the line is not empty


@dataclass(frozen=True)
class Load:
    """A part of the day: how many call, and for how many the line is staffed (calls an hour)."""

    name: str
    hours: float
    calls_per_hour: float
    staffed_for: float


DAY = (
    Load("quiet", 8, 15, 15),
    Load("normal", 9.5, 45, 45),
    Load("peak", 6, 100, 100),
    Load("surge of 5x", 0.5, 500, 100),
)


@dataclass
class Caller:
    """Somebody who calls and stays on the line; what became of it."""

    number: int
    at: float
    talk: float
    counts: bool
    answered_at: float | None = None
    called_back_at: float | None = None  # the two have met in a callback
    next_step_at: float | None = None  # a callback was promised and the call ended


@dataclass(frozen=True)
class Ring:
    """What a phone that rings does: is it answered, after how long, and when is 1 pressed (None: rings out)."""

    after: float | None
    press: float | None


def ring_and_press() -> float:
    """Seconds from a request to ring one phone that is answered to the two talking, on average."""
    return SET_UP + sum(PICK_UP) / 2 + sum(PRESS) / 2 + CONNECTED


def handle_seconds() -> float:
    """How long a call keeps counselors: ringing and pressing 1 occupy too, and so do the rings in vain before it."""
    in_vain = (1 - ANSWERED) / ANSWERED  # rings a call, were phones rung one after the other
    seconds_in_vain = DECLINED * DECLINE + (1 - DECLINED) * RING_SECONDS
    return in_vain * seconds_in_vain + ring_and_press() + TALK + WRAP_UP


def staff(load: Load) -> int:
    """The fewest with whom Erlang C predicts the service level, counting the ring and the press in the 20 s."""
    erlangs = erlang.load(load.staffed_for, handle_seconds())
    return erlang.counselors_for(SERVICE_LEVEL, SERVICE_SECONDS - ring_and_press(), erlangs, handle_seconds())


def callers(load: Load, seed: str) -> list[Caller]:
    """The arrivals of a part of a day, by their times in seconds; a surge comes upon the line at its staffed load."""
    dice, at, found = random.Random(f"{seed} {load.name}"), 0.0, list[Caller]()
    until = WARM_UP + load.hours * 3600
    while True:
        per_hour = load.staffed_for if at < WARM_UP else load.calls_per_hour
        at += dice.expovariate(per_hour / 3600)
        if at >= until:
            return found
        found.append(Caller(len(found), at, dice.expovariate(1 / TALK), counts=at >= WARM_UP))


def ring(seed: str, caller: int, counselor: int, time: int) -> Ring:
    """What this counselor's phone does when it rings for this caller for the first, second, ... time."""
    dice = random.Random(f"{seed} {caller} {counselor} {time}")
    if dice.random() < ANSWERED:
        return Ring(dice.uniform(*PICK_UP), dice.uniform(*PRESS))
    return Ring(DECLINE if dice.random() < DECLINED else None, None)
