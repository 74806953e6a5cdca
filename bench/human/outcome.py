"""What became of the callers of one strategy in one part of the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from bench.human.ours import LIMITS
from bench.human.people import SERVICE_SECONDS, Caller

ROUND = 10.0  # a wait document lasts no longer: so late may the step at the hard limit come


@dataclass(frozen=True)
class Outcome:
    """Seconds and callers; who was not answered in the time that was played counts with the time up to its end."""

    calls: int
    speed: float  # average speed of answer: until a human is on the line, in a callback too
    in_time: float  # share answered in 20 s
    longest: float  # on the line, until a human or a promise
    promised: int
    called_back: int
    called_back_within: float  # seconds after the call, the latest
    left_waiting: int  # past the hard limit on the line with nothing


def outcome(callers: Iterable[Caller], until: float) -> Outcome:
    """Of those that count."""
    those = [caller for caller in callers if caller.counts]
    human = [(caller.answered_at or caller.called_back_at or until) - caller.at for caller in those]
    on_the_line = [(caller.answered_at or caller.next_step_at or until) - caller.at for caller in those]
    back = [caller.called_back_at - caller.at for caller in those if caller.called_back_at is not None]
    return Outcome(
        calls=len(those),
        speed=fmean(human),
        in_time=sum(seconds <= SERVICE_SECONDS for seconds in human) / len(those),
        longest=max(on_the_line),
        promised=sum(caller.next_step_at is not None for caller in those),
        called_back=len(back),
        called_back_within=max(back, default=0.0),
        left_waiting=sum(seconds > LIMITS.hard + ROUND for seconds in on_the_line),
    )
