"""How a history ends: no more inputs, then everybody hangs up, and what is left over must be nothing."""

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from models.contacts import Contact, ContactEvent, Leg
from models.follow_ups import FollowUp
from routing.vocabulary import ContactStatus, FollowUpKind, FollowUpStatus, Presence
from simulator.clock import as_datetime
from tests.histories.plans import Pickup
from tests.histories.watch import CallerWatch, Watch
from tests.histories.world import World

STEP = 10.0
BLOCKED = timedelta(minutes=5)  # the longest that a counselor may look busy to us without a call
CLEAN_UP = 330.0
CALLBACK_WITHIN = 900.0
LIVE = (
    ContactStatus.WAITING,
    ContactStatus.CLAIMED,
    ContactStatus.CONNECTED,
    ContactStatus.HANDED_OVER,
    ContactStatus.WITH_CRISIS_LINE,
)
GOOD = (Pickup("answer", after=3.0, key="1", think=2.0, stays=40.0),)


def run(world: World, watch: Watch) -> None:
    """From the first call to the last row."""
    _until_nothing_more_comes(world, watch)
    _all_hang_up(world)
    _keep_promises(world, watch)
    _nothing_is_left_over(world)


def _until_nothing_more_comes(world: World, watch: Watch) -> None:
    """All plans are done, and every caller is served or gone."""
    last = max((caller.at for caller in world.history.callers), default=0.0)
    longest = last + watch.patience + 60 + sum(act.wait for caller in world.history.callers for act in caller.acts)
    while world.engine.now - world.began < longest:
        world.pass_time(STEP)
        if all(caller.done for caller in world.callers) and all(caller.settled for caller in watch.callers):
            return


def _all_hang_up(world: World) -> None:
    """Inputs and trouble end; whoever is on a phone leaves; the line has time to notice."""
    world.exchange.faults.clear()
    world.workers.healthy = True
    world.http.broken = type(world.http.broken)()
    for caller in world.callers:
        caller.hang_up()
    for call in list(world.exchange.calls.values()):
        if not call.over and call.direction != "inbound" and call.answered:
            call.finish("completed")
    for person in world.answering:
        person.pickups = (Pickup("ignore"),)
    _clean_up(world)


def _clean_up(world: World) -> None:
    """Time for the line to notice that everybody is gone; less when it has."""
    until = world.engine.now + CLEAN_UP
    world.pass_time(STEP)
    while world.engine.now < until and (_left_over(world) or not world.workers.idle):
        world.pass_time(STEP)


def _keep_promises(world: World, watch: Watch) -> None:
    """With a counselor who answers, each callback that is due is made."""
    for caller in watch.callers:
        if caller.promised and not _follow_ups(world, caller):
            world.problem(f"caller {caller.caller.index} was promised a callback that is nowhere written down")
    for contact in _forgotten(world):
        world.problem(f"the callback of contact {str(contact)[:4]} was dropped though nobody has talked with them")
    if not world.counselors or not _owed(world):
        return
    for person in world.answering:
        person.pickups = GOOD
    for index in range(len(world.counselors)):
        world.says(index, Presence.AVAILABLE)
    until = world.engine.now + CALLBACK_WITHIN
    owed = _owed(world)
    while world.engine.now < until and owed:
        world.pass_time(STEP)
        still = _owed(world)
        owed = [one for one in owed if one in still]
    for contact in owed:
        world.problem(f"the callback of contact {str(contact)[:4]} was not made within {CALLBACK_WITHIN:.0f} s")
    _clean_up(world)


def _follow_ups(world: World, caller: CallerWatch) -> bool:
    call = caller.caller.call
    with world.house.db.begin() as session:
        contact = session.scalar(select(Leg.contact_id).where(Leg.provider_sid == (call.sid if call else "")))
        found = select(FollowUp.id).where(FollowUp.contact_id == contact, FollowUp.kind == FollowUpKind.CALLBACK)
        return session.scalar(found.limit(1)) is not None


def _forgotten(world: World) -> list[object]:
    """Contacts whose callback a later call took over, in which nobody answered and none was promised."""
    owner, other, later = aliased(Contact), aliased(Contact), aliased(FollowUp)
    same = (other.caller_id == owner.caller_id) & (other.id != owner.id)
    met = exists().where(same, ContactEvent.contact_id == other.id, ContactEvent.kind == "connected")
    promised = exists().where(same, later.contact_id == other.id, later.kind == FollowUpKind.CALLBACK)
    query = select(FollowUp.contact_id).join(owner).where(FollowUp.last_outcome == "superseded", ~met, ~promised)
    with world.house.db.begin() as session:
        return list(session.scalars(query))


def _owed(world: World) -> list[object]:
    """Contacts whose callback is due or under way."""
    now = as_datetime(world.engine.now)
    due = (FollowUp.status == FollowUpStatus.STARTED) | (
        (FollowUp.status == FollowUpStatus.PENDING) & (FollowUp.due_at <= now)
    )
    with world.house.db.begin() as session:
        return list(session.scalars(select(FollowUp.contact_id).where(FollowUp.kind == FollowUpKind.CALLBACK, due)))


def _nothing_is_left_over(world: World) -> None:
    for what in _left_over(world):
        world.problem(what)
    if not world.workers.idle:
        world.problem("the outbox or the broker still holds work")


def _left_over(world: World) -> list[str]:
    """What would still be there though nobody is on the phone; a callback may ring counselors on and on."""
    with world.house.db.begin() as session:
        live = list(session.scalars(select(Contact).where(Contact.status.in_(LIVE))))
        legs = list(session.scalars(select(Leg).where(Leg.ended_at.is_(None))))
    calling_back = {one.id for one in live if one.calling_back and one.status is ContactStatus.WAITING}
    found = [f"a contact is still {one.status} with nobody on the phone" for one in live if one.id not in calling_back]
    now = as_datetime(world.engine.now)
    for leg in legs:
        if leg.contact_id not in calling_back or now - leg.planned_at > BLOCKED:
            found.append(f"a {leg.kind} leg is still {leg.status} with nobody on the phone")
    for call in world.exchange.calls.values():
        if not call.over and not (calling_back and not call.answered):
            found.append(f"a call of {call.number} is still {call.status}")
    return found
