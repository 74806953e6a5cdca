"""`make kills`: live calls while worker, beat, Redis, PostgreSQL (frozen, too) and one web process are struck."""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy.exc import SQLAlchemyError

from bench.chaos.world import World
from bench.kills.callers import PATIENCE_SECONDS, Caller, Verdict, crowd, judge, now_of, settled, unrecorded
from runtime.processes import wait_until
from services.roster import import_roster

BLOWS = ("worker_calls", "worker_texts", "beat", "one web process", "Redis", "PostgreSQL", "PostgreSQL, frozen")
ON_CALL = "+16175550199"
COUNSELORS = tuple(f"+161755501{place:02d}" for place in range(10, 50))
SETTINGS = {"WEB_CONCURRENCY": "2", "ON_CALL_NUMBERS": ON_CALL, "SIMULATOR_SPEECH": "60"}
RECORDED_WITHIN = 90.0  # seconds after the last call: a call that no webhook brought is found in the provider's list
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """How many calls in how many seconds, how often something is killed, for how long a server then stays away."""

    calls: int = 60
    seconds: float = 180.0
    blow_every: float = 12.0
    away: float = 8.0
    seed: int = 20261122


def run(wish: Run, folder: Path, say: Callable[[str], None] = print) -> Verdict:
    """One run in `folder`; everything is stopped at its end."""
    world = World(folder, without=("release", "events"), settings=SETTINGS)
    try:
        world.wait_ready()
        world.watch()
        staff(world)
        return trouble(world, wish, say)
    finally:
        world.stop()


def staff(world: World) -> None:
    """Counselors who are on shift always and answer by themselves after a second or two."""
    rows = ["name,phone,email,role,languages,skills,timezone,shifts"]
    for place, phone in enumerate(COUNSELORS):
        rows.append(f"C{place},{phone},c{place}@harborline.example,counselor,en,,America/New_York,daily 00:00-24:00")
    errors = import_roster(world.house, "\n".join(rows) + "\n", datetime.now(UTC)).errors
    if errors:
        raise RuntimeError(errors[0])
    for phone in (*COUNSELORS, ON_CALL):
        world.sim.phone(phone).behave("answers", after=1.5, keys="1", think=2.5)
    snapshot = world.settings.local_state_dir / "snapshot"
    snapshot.unlink(missing_ok=True)  # the one from before the roster
    wait_until(snapshot.exists, 60, every=0.2)


def trouble(world: World, wish: Run, say: Callable[[str], None] = print) -> Verdict:
    """Calls and blows; the line is healthy at the end."""
    dice = random.Random(wish.seed)
    callers = crowd(wish.calls, wish.seconds, dice)
    begun = time.monotonic()
    blows: list[str] = []
    next_blow, mend_at, mend = wish.blow_every / 2, 0.0, _nothing
    while now_of(begun) < wish.seconds + PATIENCE_SECONDS and not settled(callers):
        now = now_of(begun)
        for caller in callers:
            caller.step(world.sim, now_of(begun))
        if mend is not _nothing and now >= mend_at:
            mend()
            mend = _nothing
        if now >= next_blow and now < wish.seconds and mend is _nothing and _live(callers):
            blows = blows or dice.sample(BLOWS, len(BLOWS))  # each once, in any order, then again
            blow = blows.pop()
            mend, mend_at = strike(world, blow, dice), now + wish.away
            say(f"{now:6.1f} s  killed {blow}, {_live(callers)} calls going on")
            next_blow = now + dice.uniform(0.5, 1.5) * wish.blow_every
        time.sleep(LOOK_SECONDS)
    mend()
    return judge(callers, _unrecorded(world, callers))


def _live(callers: list[Caller]) -> int:
    return sum(caller.call is not None and caller.over_at is None for caller in callers)


def _nothing() -> None:
    """Nothing is to be mended."""


def strike(world: World, blow: str, dice: random.Random) -> Callable[[], None]:
    """Kill one part; what brings it back. Processes come back by their supervisor."""
    if blow == "Redis":
        world.crash_redis()
        return world.start_redis
    if blow == "PostgreSQL":
        world.crash_postgres()
        return world.start_postgres
    if blow == "PostgreSQL, frozen":
        world.freeze_postgres()
        return world.thaw_postgres
    if blow == "one web process":
        os.kill(dice.choice(psutil.Process(world.supervisor.pids()["web"]).children()).pid, signal.SIGKILL)
    elif blow in world.supervisor.pids():
        world.kill(blow)
    return _nothing


def _unrecorded(world: World, callers: list[Caller]) -> list[str]:
    """Calls without a row once there was time to write them down."""
    missing = [caller.number for caller in callers]

    def written() -> bool:
        nonlocal missing
        try:
            with world.house.db.begin() as session:
                missing = unrecorded(session, callers)
        except SQLAlchemyError:
            return False
        return not missing

    wait_until(written, RECORDED_WITHIN, every=0.5)
    return missing


def show(verdict: Verdict) -> None:
    """Print what came of it."""
    print(f"\ncalls {verdict.callers}, reached a person {verdict.met}, promised a callback {verdict.promised}")
    if verdict.waits:
        middle, worst = verdict.waits[len(verdict.waits) // 2], verdict.waits[-1]
        print(f"waited     {middle:.1f} s half of them or less, {worst:.1f} s at most")
    for name in ("lost", "doubled", "unrecorded", "late", "cut"):
        found = getattr(verdict, name)
        print(f"{name:10} {len(found)}  {' '.join(found[:5])}")


def main(arguments: list[str]) -> int:
    """Run and print; exit status 1 when somebody was lost, doubled or forgotten."""
    parser = argparse.ArgumentParser(prog="make kills", description=__doc__)
    parser.add_argument("--calls", type=int, default=Run.calls)
    parser.add_argument("--seconds", type=float, default=Run.seconds)
    parser.add_argument("--blow-every", type=float, default=Run.blow_every)
    parser.add_argument("--away", type=float, default=Run.away)
    parser.add_argument("--seed", type=int, default=Run.seed)
    given = parser.parse_args(arguments)
    wish = Run(given.calls, given.seconds, given.blow_every, given.away, given.seed)
    with tempfile.TemporaryDirectory(prefix="harborline-kills-") as folder:
        verdict = run(wish, Path(folder))
    show(verdict)
    return 0 if verdict.faultless else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
