"""The provider's calls a second are one budget: danger first, then the oldest, and nobody waits for it in silence."""

from dataclasses import replace

import pytest

from models.contacts import Contact
from routing.documents import Leave, Ring
from routing.vocabulary import LegStatus, Urgency
from services import ringing, waiting
from services.house import House
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage


@pytest.fixture
def stage(house: House, paper: PaperTelephony) -> Stage:
    """A line whose provider takes one call a second."""
    return Stage(replace(house, rules=replace(house.rules, calls_per_second=1)), paper)


def numbers(stage: Stage) -> list[str]:
    return [call["to"][-3:] for call in stage.network.placed.values()]


def tick(stage: Stage) -> None:
    stage.later(1)
    ringing.dial(stage.house, stage.network, stage.now)


def test_one_call_a_second_leaves_and_the_others_stand_in_line_danger_first_then_the_oldest(stage: Stage) -> None:
    for number in range(101, 109):
        stage.counselor(number)
    first, second = stage.dials("+12125550141"), stage.dials("+12125550142")
    stage.rings(first)
    stage.later(0.1)
    in_danger = stage.dials("+12125550143")
    with stage.house.db.begin() as session:
        session.get_one(Contact, in_danger).urgency = Urgency.CALL_911
    for contact in (second, in_danger):
        stage.rings(contact)
    assert len(numbers(stage)) == 1, "whoever asks, the second is used up"

    tick(stage)
    assert LegStatus.RINGING in {leg.status for leg in stage.legs(in_danger)}
    for _ in range(8):
        tick(stage)
    assert len(numbers(stage)) == len(set(numbers(stage))) == 8, "each phone once"


def test_a_provider_that_takes_no_more_calls_costs_a_second_and_no_counselors_ring(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.network.too_many = 2

    assert stage.rings(contact) == []
    tick(stage)
    tick(stage)

    assert numbers(stage) == ["101"]
    assert [leg.end_reason for leg in stage.legs(contact)] == [None, None]


def test_a_call_whose_phones_stand_in_line_rings_them_by_itself(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    stage.network.too_many = 100
    stage.rings(contact)
    stage.later(13)
    stage.rings(contact)

    assert stage.waits(contact).steps == (Leave(),)
    ring = waiting.left(stage.house, contact, "leave", stage.now).steps[-1]
    assert isinstance(ring, Ring)
    assert [target.number for target in ring.targets] == ["+16175550101"]
    stage.network.too_many = 0
    tick(stage)
    assert numbers(stage) == [], "no worker rings the same phone as well"


def test_a_call_that_rings_by_itself_rings_at_most_what_a_dial_takes_and_always_the_on_call_phones(
    stage: Stage,
) -> None:
    on_call = tuple(f"+1617555019{number}" for number in range(4))
    stage.house = replace(stage.house, rules=replace(stage.house.rules, on_call_numbers=on_call))
    for number in range(101, 110):
        stage.counselor(number)
    contact = stage.dials()
    stage.later(50)

    assert stage.waits(contact).steps == (Leave(),)
    ring = waiting.left(stage.house, contact, "leave", stage.now).steps[-1]
    assert isinstance(ring, Ring)
    assert len(ring.targets) == 10
    assert set(on_call) <= {target.number for target in ring.targets}
    assert len([leg for leg in stage.legs(contact) if leg.end_reason == "released"]) == 2
