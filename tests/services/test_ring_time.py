"""How long a phone may ring before the sweep asks what became of it."""

from dataclasses import replace

from models.contacts import Contact, Leg
from routing.vocabulary import LegKind, LegStatus
from services import bridging, rings
from tests.services.calls import Stage

INTAKE = "+16175550190"


def test_a_leg_without_a_word_from_the_provider_ends_after_its_ring_time(stage: Stage) -> None:
    counselor = stage.counselor(101)
    stage.network.unsure.add("+16175550101")
    contact = stage.dials()
    stage.rings(contact)

    stage.later(60)
    bridging.sweep(stage.house, stage.network, stage.now)

    lost = [leg for leg in stage.legs(contact) if leg.kind is LegKind.COUNSELOR]
    assert lost[0].ended_at is not None, "the counselor is free again"
    assert stage.missed_rings(counselor) == 0, "nobody knows whether that phone ever rang"


def test_the_switchboard_of_a_place_may_ring_as_long_as_the_line_allows(stage: Stage) -> None:
    stage.house = replace(stage.house, rules=replace(stage.house.rules, intake_ring_seconds=100))
    stage.counselor(101)
    contact = stage.talks_with(101)
    with stage.house.db.begin() as session:
        desk = rings.add_leg(
            session, session.get_one(Contact, contact), LegKind.FACILITY, "+16175550190", None, stage.now
        )
        desk.status, desk.placed_at, desk.provider_sid = LegStatus.RINGING, stage.now, "CAdesk"
    for seconds, has_ended in ((90, False), (45, True)):
        stage.later(seconds)
        bridging.sweep(stage.house, stage.network, stage.now)
        with stage.house.db.begin() as session:
            assert (session.get_one(Leg, desk.id).ended_at is not None) is has_ended
