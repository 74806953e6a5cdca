"""`make chaos`: a thousand texts and follow-ups through everything that can go wrong, and what came of each."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bench.chaos.people import Part, Person, Verdict, crowd, heard, judge, settle_in, stuck, utc_now
from bench.chaos.world import World

CALM_SECONDS = 300.0  # so long nothing may stand still after the trouble: longer than any grace
ARRIVE_SECONDS = 60.0  # from the provider to a phone, on a busy machine
STOP_WORDS = ("opt out", "Alto.", "unsubscribe", "STOP")


@dataclass(frozen=True)
class Run:
    """How much trouble, for how many people, for how long; the same seed gives the same dice."""

    people: int = 1000
    seconds: float = 240.0
    blow_every: float = 8.0
    seed: int = 20261122
    spared: tuple[str, ...] = ()
    without: tuple[str, ...] = ("release",)  # processes that are not started


def run(wish: Run, folder: Path, say: Callable[[str], None] = print) -> Verdict:
    """One run in `folder`; everything is stopped at its end."""
    dice = random.Random(wish.seed)
    people = crowd(wish.people, wish.seconds, dice)
    world = World(folder, spared=wish.spared, without=wish.without)
    try:
        world.wait_ready()
        with world.house.db.begin() as session:
            settle_in(session, people, utc_now())
        world.arm()
        blows = _trouble(world, wish, people, dice, say)
        world.sim.clear_faults()
        say(f"trouble is over: {', '.join(f'{count} x {blow}' for blow, count in sorted(blows.items()))}")
        _wait_for_calm(world, people, say)
        return _what_arrived(world, people)
    finally:
        world.stop()


def _what_arrived(world: World, people: list[Person]) -> Verdict:
    """What came of it; a text may still be under way to its phone for a moment."""
    deadline = time.monotonic() + ARRIVE_SECONDS
    while True:
        received = {person.number: world.texts_of(person.number) for person in people}
        with world.house.db.begin() as session:
            verdict = judge(session, people, received, utc_now())
        if not verdict.never_sent or time.monotonic() > deadline:
            return verdict
        time.sleep(1.0)


def _trouble(
    world: World, wish: Run, people: list[Person], dice: random.Random, say: Callable[[str], None]
) -> Counter[str]:
    blows: Counter[str] = Counter()
    begun = time.monotonic()
    writers = sorted((p for p in people if p.part in (Part.WRITES, Part.STOPS)), key=lambda p: p.writes_at)
    next_blow = wish.blow_every
    while (passed := time.monotonic() - begun) < wish.seconds:
        world.supervisor.look()
        while writers and writers[0].writes_at <= passed:
            writer = writers.pop(0)
            words = dice.choice(STOP_WORDS) if writer.part is Part.STOPS else "hi"
            world.sim.phone(writer.number).text(words)
        if passed >= next_blow:
            blow = world.break_something(dice)
            say(f"{passed:6.1f} s  {blow}")
            blows[blow] += 1
            next_blow = passed + dice.uniform(0.5, 1.5) * wish.blow_every
        time.sleep(0.05)
    for writer in writers:
        world.sim.phone(writer.number).text("STOP" if writer.part is Part.STOPS else "hi")
    return blows


def _wait_for_calm(world: World, people: list[Person], say: Callable[[str], None]) -> None:
    deadline, told, before = time.monotonic() + CALM_SECONDS, 0.0, [""]
    while time.monotonic() < deadline:
        world.supervisor.look()
        try:
            with world.house.db.begin() as session:
                left = [*stuck(session, utc_now())]
                left += [] if heard(session, people) else ["texts that have not reached us"]
        except SQLAlchemyError:
            left = ["PostgreSQL"]
        if not left:
            time.sleep(2.0)  # a text that went twice is under way to its phone
            return
        if left != before:  # slow is not stuck: a busy host takes its time
            deadline, before = time.monotonic() + CALM_SECONDS, left
        if time.monotonic() - told > 10:
            told = time.monotonic()
            say(f"waiting for {', '.join(left)}")
        time.sleep(0.5)


def show(verdict: Verdict) -> None:
    """Print what came of it."""
    print(f"\npeople {verdict.people}, texts delivered {verdict.delivered}")
    for name in ("never_sent", "sent_twice", "stuck", "in_quiet_hours", "after_stop"):
        found = getattr(verdict, name)
        print(f"{name.replace('_', ' '):16} {len(found)}  {' '.join(found[:5])}")


def main(arguments: list[str]) -> int:
    """Run and print; exit status 1 when something happened that must not."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--people", type=int, default=Run.people)
    parser.add_argument("--seconds", type=float, default=Run.seconds)
    parser.add_argument("--blow-every", type=float, default=Run.blow_every)
    parser.add_argument("--seed", type=int, default=Run.seed)
    given = parser.parse_args(arguments)
    wish = Run(given.people, given.seconds, given.blow_every, given.seed)
    with tempfile.TemporaryDirectory(prefix="harborline-chaos-") as folder:
        verdict = run(wish, Path(folder))
    show(verdict)
    return 0 if verdict.faultless else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
