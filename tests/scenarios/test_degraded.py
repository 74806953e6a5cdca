"""A line whose servers are really stopped: Redis, then PostgreSQL. Callers reach a person, and nothing is forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.chaos.world import World
from bench.kills.__main__ import SETTINGS, Run, staff, trouble
from models.contacts import Contact, events_of
from models.texts import TextMessage
from routing.vocabulary import ContactStatus, LegKind
from runtime.processes import wait_until
from services.roster import import_roster
from simulator.driver import PATIENCE
from tests.fixtures.line import QUICK

pytestmark = pytest.mark.slow
# Time for a busy machine: whoever has answered presses in good time, and nobody is sent away while Ana's phone rings.
UNHURRIED = {"PRESS_SECONDS": "10", "HARD_LIMIT_SECONDS": "45"}
ANA, ON_CALL, CALLER = "+16175550180", "+16175550199", "+12125550142"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World(
        tmp_path_factory.mktemp("degraded"), without=("release", "events"), settings={**QUICK, **SETTINGS, **UNHURRIED}
    )
    try:
        built.wait_ready()
        built.watch()
        rows = "name,phone,email,role,languages,skills,timezone,shifts\n"
        rows += f"Ana,{ANA},ana@harborline.example,counselor,en,,America/New_York,daily 00:00-24:00\n"
        assert not import_roster(built.house, rows, datetime.now(UTC)).errors
        yield built
    finally:
        built.stop()


def contact_of(world: World, number: str) -> Contact | None:
    with world.house.db.begin() as session:
        found = [c for c in session.scalars(select(Contact).order_by(Contact.opened_at)) if c.caller.number == number]
        for contact in found:
            _ = contact.legs
        return found[-1] if found else None


def story(world: World, number: str) -> list[str]:
    """The kinds of what happened to a caller's contact, as far as it is written down."""
    contact = contact_of(world, number)
    with world.house.db.begin() as session:
        return [event.kind for event in events_of(session, contact.id)] if contact else []


def accepted(world: World, number: str) -> Contact:
    """The contact of a caller, once its call is written down: the journal is replayed a while after the fault."""
    assert wait_until(lambda: "accepted" in story(world, number), PATIENCE), story(world, number)
    assert story(world, number).count("accepted") == 1
    contact = contact_of(world, number)
    assert contact is not None
    return contact


def test_without_redis_the_call_itself_rings_and_press_one_connects(world: World) -> None:
    world.crash_redis()
    try:
        call = world.sim.phone(CALLER).dial()
        ana = world.sim.phone(ANA).answer()
        ana.wait_heard("Press 1").press("1")
        call.wait_talking_with(ANA)
        assert accepted(world, CALLER).status is ContactStatus.CONNECTED
        call.hang_up()
        ana.wait_over()
    finally:
        world.start_redis()


def test_without_postgresql_people_on_shift_are_rung_and_all_of_it_is_written_down_later(world: World) -> None:
    state = Path(world.settings.local_state_dir)
    (state / "snapshot").unlink(missing_ok=True)  # the one from before the roster
    assert wait_until((state / "snapshot").exists, PATIENCE)
    caller, texter = "+12125550143", "+12125550144"
    world.crash_postgres()
    try:
        call = world.sim.phone(caller).dial()
        call.wait_heard("call 9 1 1")
        assert world.sim.phone(ON_CALL).wait_ring()
        ana = world.sim.phone(ANA).answer()
        ana.wait_heard("Press 1").press("1")
        call.wait_talking_with(ANA)
        world.sim.phone(texter).text("I need detox for my son")
        assert "911" in world.sim.phone(texter).wait_text("technical problem")
        assert b"12125550143" not in (state / "journal").read_bytes()
        call.hang_up()
        ana.wait_over()
    finally:
        world.start_postgres()

    world.sim.phone(texter).wait_text("What is going on")  # the conversation goes on where the text stood
    contact = accepted(world, caller)
    assert story(world, caller).count("degraded") >= 1
    assert any(leg.kind is LegKind.COUNSELOR for leg in contact.legs)
    with world.house.db.begin() as session:
        assert len(session.scalars(select(TextMessage).where(~TextMessage.outgoing)).all()) == 1
    assert wait_until(lambda: not any(state.glob("journal*")), PATIENCE)
    assert not (state / "refused").exists()


def test_a_frozen_postgresql_is_given_up_within_seconds_and_people_are_rung(world: World) -> None:
    caller = "+12125550145"
    world.freeze_postgres()
    try:
        call = world.sim.phone(caller).dial()
        call.wait_heard("call 9 1 1", timeout=20)
        ana = world.sim.phone(ANA).answer()
        ana.wait_heard("Press 1").press("1")
        call.wait_talking_with(ANA)
        call.hang_up()
        ana.wait_over()
    finally:
        world.thaw_postgres()
    accepted(world, caller)


@pytest.mark.timeout(600)
def test_live_calls_survive_the_death_of_every_part(world: World) -> None:
    """`make kills`, shortened: worker, beat, Redis, PostgreSQL and one web process die while people call."""
    told: list[str] = []
    staff(world)
    verdict = trouble(world, Run(calls=8, seconds=18, blow_every=3.0, away=2.5), told.append)
    assert len({line.split("killed ")[1].split(",")[0] for line in told}) >= 4, told
    assert verdict.faultless, (verdict, told)
    assert verdict.met + verdict.promised == 8, (verdict, told)
    assert verdict.met, "somebody was talked to meanwhile"
