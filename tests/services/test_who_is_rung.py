"""Who is rung for a caller, and in which order: never on a call, own language first, danger before all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import Engine, select, text, update

from models.contacts import Contact, waiting_ahead, waiting_contacts
from models.database import Database
from models.locks import Turn, take_turn
from models.people import Counselor
from models.texts import TextMessage
from routing.vocabulary import LegKind, Presence, Role
from runtime.processes import wait_until
from services import board, console, knowing, ringing, waiting
from services.house import House
from tests.fixtures.paper import PaperTelephony
from tests.services.calls import Stage


def test_a_counselor_on_a_call_is_not_rung_again(stage: Stage) -> None:
    stage.counselor(101)
    first = stage.dials()
    stage.rings(first)
    stage.takes(101)

    second = stage.dials("+12125550143")
    ringing.ring(stage.house, stage.network, second, stage.now)

    assert [leg.kind for leg in stage.legs(second)] == [LegKind.CALLER]


def test_with_nobody_on_shift_the_on_call_phones_ring_at_once(stage: Stage) -> None:
    stage.counselor(101, on_shift=False)
    house = stage.house
    rules = type(house.rules)(**{**vars(house.rules), "on_call_numbers": ("+16175550199",)})
    stage.house = type(house)(house.db, rules, house.phrases)
    contact = stage.dials()

    assert stage.rings(contact) == ["+16175550199"]
    assert console.contact_list(stage.house).waiting[0].line is None
    stage.takes(199)
    (row,) = console.contact_list(stage.house).talking
    assert (row.counselor, row.line) == (None, "on_call"), "the page says who has it"
    assert board.board(stage.house, stage.now).lines == (row,)


def test_spanish_speakers_are_rung_first_and_the_others_after_a_while(stage: Stage) -> None:
    stage.counselor(101, languages=("en", "es"))
    stage.counselor(102)
    contact = stage.dials()
    waiting.greeting_key(stage.house, contact, "2", stage.now)
    assert stage.rings(contact) == ["+16175550101"]

    stage.later(21)
    assert sorted(stage.rings(contact)) == ["+16175550101", "+16175550102"]


def test_the_wish_for_a_woman_is_met_until_it_expires_and_never_in_danger(stage: Stage) -> None:
    stage.counselor(101)
    woman = stage.counselor(102)
    with stage.house.db.begin() as session:
        session.get_one(Counselor, woman).skills = ["female"]
    contact = stage.dials()
    waiting.heard(stage.house, contact, "what", None, "could I talk to a woman", stage.now)
    assert stage.rings(contact) == ["+16175550102"]
    stage.later(45)
    assert set(stage.rings(contact)) == {"+16175550101", "+16175550102"}
    other = stage.dials("+12125550143")
    waiting.heard(stage.house, other, "what", None, "I want to kill myself, I want to speak with a woman", stage.now)
    with stage.house.db.begin() as session:
        assert knowing.counselor_wish(session.get_one(Contact, other)) is None


def test_supervisors_are_rung_after_forty_five_seconds(stage: Stage) -> None:
    stage.counselor(101, presence=Presence.AWAY)
    stage.counselor(150, role=Role.SUPERVISOR, on_shift=False)
    contact = stage.dials()
    stage.later(46)

    assert stage.rings(contact) == ["+16175550150"]


def test_two_missed_rings_put_a_counselor_away_but_never_the_last_one(stage: Stage) -> None:
    stage.counselor(101)
    contact = stage.dials()
    for _ in range(3):
        stage.rings(contact)
        stage.hangs_up(101, "no-answer")
        stage.later(9)
    assert stage.rings(contact) != [], "the last one there is rung on"

    stage.counselor(102)
    stage.hangs_up(101, "no-answer")
    stage.network.placed.clear()
    assert stage.rings(contact) == ["+16175550102"]
    with stage.house.db.begin() as session:
        text = session.scalars(select(TextMessage)).one()
        assert "Reply ON" in text.body, "told, once"


def test_two_who_miss_their_second_ring_in_the_same_moment_are_not_both_put_away(
    house: House, build_clean_engine: Callable[[], Engine]
) -> None:
    database = Database(build_clean_engine())
    stage = Stage(replace(house, db=database), PaperTelephony())
    ana, ben = stage.counselor(101), stage.counselor(102)
    contact = stage.dials()
    stage.rings(contact)
    with database.begin() as session:
        session.execute(update(Counselor).values(missed_rings=1))
    with ThreadPoolExecutor(1) as other, database.begin() as session:
        take_turn(session, Turn.GOING_AWAY)  # as it is while Ana's second missed ring is written down
        session.get_one(Counselor, ana).presence = Presence.AWAY
        session.flush()
        bens = other.submit(stage.hangs_up, 102, "no-answer")
        waits = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        assert wait_until(lambda: bens.done() or session.scalar(waits) == 1, 30)
        assert not bens.done()
        session.commit()
        bens.result(30)
    with database.begin() as session:
        assert session.get_one(Counselor, ben).presence is Presence.AVAILABLE, "the last one there is rung on"


def test_danger_goes_before_whoever_came_first_in_every_queue(stage: Stage) -> None:
    first = stage.dials("+12125550101")
    stage.later(5)
    second = stage.dials("+12125550102")
    waiting.heard(stage.house, second, "what", None, "he is not breathing", stage.now)
    with stage.house.db.begin() as session:
        assert list(waiting_contacts(session)) == [second, first]
        ahead = [waiting_ahead(session, session.get_one(Contact, contact_id)) for contact_id in (second, first)]
    assert ahead == [0, 1]
