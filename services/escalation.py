"""Where a caller goes when waiting in the queue is over: counselor, on-call, backup, 988, callback or voicemail."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import call_budget, outbox
from models.contacts import Contact, Leg, conversation_over, live_legs, lock_contact, record
from routing import call_flow
from routing.call_flow import NextStep
from routing.documents import Document, GoTo, HangUp, Pause, Record, Ring, Say, Target
from routing.held_calls import BLOCKED
from routing.vocabulary import DANGER, ContactStatus, Disposition, Language, LegKind, LegStatus
from services import browser_legs, direct_calls, fetching, promises, rings, tasks
from services.fetching import LET_IN
from services.house import House
from services.wait_again import back_to_waiting, give_back, has_hung_up

# As `wait_again.NEXT_TURN`, where the document lasts longer.
AFTER_RING = timedelta(seconds=60)  # Twilio's own 5 s, and two press-1 prompts
AFTER_VOICEMAIL = timedelta(seconds=Record.max_seconds + 60)
ASKED_BACK = "asked_back_at"  # in the flow: they pressed 9; without it a callback is our own promise
CRISIS_LINE = "988"
DIAL_TAKES = 10  # numbers in one <Dial>
HOLD_PAUSE = 12  # seconds of quiet between two reassurances
CRISIS_RING_SECONDS = 60


def way_out(session: Session, house: House, contact: Contact, now: datetime, *, fetched: bool = False) -> Document:
    """The document for a caller who is not (or no longer) in the provider's queue, by the contact's next step.

    `fetched`: a worker's redirect asks. While one is on its way nobody else lets the caller in (`services.fetching`).
    """
    if contact.status in (ContactStatus.CLAIMED, ContactStatus.CONNECTED):
        may_go_in = contact.counselor_joined_at is not None and (fetched or not fetching.being_fetched(contact, now))
        if may_go_in and contact.claim_leg_id is not None:
            contact.flow = {**contact.flow, LET_IN: 1}
            fetching.both_in(session, contact, now)
            connected(session, contact, now)
            return call_flow.join(contact.id, contact.language, contact.room or contact.claim_leg_id.hex)
        return call_flow.requeue(contact.id, contact.language)
    if contact.status is not ContactStatus.WAITING:
        return call_flow.farewell(contact.language, Say("voice.goodbye"))
    match NextStep(contact.next_step or NextStep.RING):
        case NextStep.DIAL:
            return _dial_circle(session, house, contact, now)
        case NextStep.BACKUP:
            return _dial_backup(session, house, contact, now)
        case NextStep.CRISIS_988:
            return _dial_988(session, contact, now)
        case NextStep.CALLBACK:
            return _promise_callback(session, house, contact, now)
        case NextStep.VOICEMAIL:
            record(session, contact.id, "voicemail_offered", now)
            contact.deadline_at = now + AFTER_VOICEMAIL
            return call_flow.voicemail(contact.id, contact.language)
        case _:
            contact.next_step = NextStep.RING
            return call_flow.requeue(contact.id, contact.language)


def connected(session: Session, contact: Contact, now: datetime) -> None:
    """The caller is being handed the way in: from here on no lost callback may take the claim back."""
    if contact.status is ContactStatus.CLAIMED:
        contact.status, contact.connected_at = ContactStatus.CONNECTED, now
        contact.claim_expires_at = contact.deadline_at = contact.held_since = None
        contact.flow = {k: v for k, v in contact.flow.items() if k != direct_calls.OTHERWISE_OVER}
        for leg in live_legs(session, contact.id):
            if leg.kind is LegKind.CALLER:
                leg.seat = leg.seated = {}  # from an earlier conversation of this call
        record(session, contact.id, "connected", now)
        outbox.touch(session, contact.id)


def _dial_circle(session: Session, house: House, contact: Contact, now: datetime) -> Document:
    """Ring the next circle from the call itself: with no worker alive, or when too many calls stand in line."""
    contact.next_step = NextStep.RING
    in_line = call_budget.take_out_of_line(session, contact.id)
    legs = [*in_line, *rings.plan(session, house, contact, now, even_supervisors=not in_line)]
    if not legs:
        return call_flow.requeue(contact.id, contact.language)
    record(session, contact.id, "dialed", now, phones=len(legs))
    return _ring(contact, legs, house, now)


def _dial_backup(session: Session, house: House, contact: Contact, now: datetime) -> Document:
    contact.next_step = NextStep.RING
    contact.flow = {**contact.flow, "backup_tried": 1}
    if not house.rules.backup_number:
        return call_flow.requeue(contact.id, contact.language)
    leg = rings.add_leg(session, contact, LegKind.BACKUP, house.rules.backup_number, None, now)
    record(session, contact.id, "dialed_backup", now)
    return _ring(contact, [leg], house, now)


def _ring(contact: Contact, legs: list[Leg], house: House, now: datetime) -> Document:
    surest = sorted(legs, key=lambda leg: leg.kind is LegKind.COUNSELOR)  # on-call and backup numbers always ring
    for leg in surest[DIAL_TAKES:]:
        rings.end_leg(leg, "released", now)
    legs = surest[:DIAL_TAKES]
    for leg in legs:
        leg.bridged = True
        leg.status = LegStatus.RINGING
        leg.placed_at = now
    contact.deadline_at = now + timedelta(seconds=house.rules.ring_seconds) + AFTER_RING
    targets = tuple(
        Target(leg.number or "", call_flow.path("number", leg.id), f"/status/call?leg={leg.id}") for leg in legs
    )
    ring = Ring(targets, house.rules.ring_seconds, call_flow.path("dialed", contact.id))
    return Document(contact.language, (Say("voice.trying_more"), ring))


def _dial_988(session: Session, contact: Contact, now: datetime) -> Document:
    """Bridge 988 with us on the line; 911 is never bridged (it would reach the wrong dispatch centre).

    Nobody is rung meanwhile: a counselor who took the call now would tear it away from 988.
    """
    contact.next_step, contact.status = NextStep.RING, ContactStatus.WITH_CRISIS_LINE
    tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)
    record(session, contact.id, "bridged_988", now)
    target = Target(CRISIS_LINE, None, None)
    ring = Ring((target,), CRISIS_RING_SECONDS, call_flow.path("crisis-after", contact.id))
    return Document(contact.language, (Say("voice.connecting_988"), ring))


def _promise_callback(session: Session, house: House, contact: Contact, now: datetime) -> Document:
    if promises.promise_callback(session, house, contact, now, asked=ASKED_BACK in contact.flow) is None:
        contact.next_step = NextStep.CRISIS_988 if contact.urgency in DANGER else NextStep.VOICEMAIL
        return way_out(session, house, contact, now)
    end(session, contact, Disposition.CALLBACK_REQUESTED, now)
    minutes = promises.CALLBACK_WITHIN // timedelta(minutes=1)
    return call_flow.farewell(contact.language, Say("voice.callback_promised", {"minutes": minutes}))


def end(session: Session, contact: Contact, disposition: Disposition, now: datetime) -> None:
    """Close the waiting part of a contact; whoever still rings is let go."""
    contact.status = ContactStatus.ENDED
    contact.disposition = disposition
    contact.ended_at = now
    contact.deadline_at = None
    tasks.ask(session, tasks.RELEASE, contact.id, now)
    outbox.touch(session, contact.id)


def dialed(house: House, contact_id: uuid.UUID, now: datetime, *, bridged: bool) -> Document:
    """After ringing from the call itself: back to the queue, or, when the two were bridged, the conversation is over.

    Whoever pressed 1 may have been gone before the provider had bridged the calls.
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            raise LookupError("no such contact")
        if has_hung_up(session, contact):
            return Document(contact.language, (HangUp(),))
        if contact.status is ContactStatus.CONNECTED and fetching.is_moving(contact):
            if fetching.being_fetched(contact, now):
                return Document(contact.language, (Pause(2), GoTo(call_flow.path("join", contact_id))))
            return way_out(session, house, contact, now)
        for leg in live_legs(session, contact_id):
            if leg.bridged and leg.answered_at is None:  # one that was answered reports its own end
                rings.end_leg(leg, "dial_over", now)
        if not bridged and contact.status in (ContactStatus.CONNECTED, ContactStatus.ENDED):
            record(session, contact.id, "gave_back", now)
            give_back(session, contact, now)
        if contact.status in (ContactStatus.WAITING, ContactStatus.CLAIMED):
            return way_out(session, house, contact, now)
        return _conversation_over(session, contact, now)


def _conversation_over(session: Session, contact: Contact, now: datetime) -> Document:
    """The counselor's side has ended (perhaps its callback was here first): the caller may come straight back.

    Whoever was on hold then, or whose counselor's browser was gone, was not finished: they wait again at once.
    """
    contact.flow = {**contact.flow, direct_calls.OTHERWISE_OVER: 1}  # nobody was cut off: they are on the line
    if not has_hung_up(session, contact) and (
        contact.held_since is not None or browser_legs.lost_in_talk(session, contact)
    ):
        record(session, contact.id, "waits_again", now)
        back_to_waiting(session, contact, now)
        return call_flow.requeue(contact.id, contact.language, Say("voice.counselor_lost"))
    if contact.status in (ContactStatus.CONNECTED, ContactStatus.HANDED_OVER):
        conversation_over(contact, now)
        record(session, contact.id, "conversation_ended", now)
        outbox.touch(session, contact.id)
    return call_flow.after_conversation(contact.id, contact.language)


def after_988(house: House, contact_id: uuid.UUID, answered: bool, now: datetime) -> Document:
    """After 988: whoever comes back is in the queue as before; an unanswered 988 is said."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            raise LookupError("no such contact")
        if has_hung_up(session, contact):
            return Document(contact.language, (HangUp(),))
        record(session, contact.id, "after_988", now, answered=answered)
        says = () if answered else (Say("voice.988_no_answer"),)
        if contact.status is ContactStatus.WITH_CRISIS_LINE and BLOCKED in contact.flow:
            contact.status, contact.ended_at = ContactStatus.ENDED, now
            contact.disposition = Disposition.CRISIS_HANDED_OVER
        elif contact.status is ContactStatus.WITH_CRISIS_LINE:
            back_to_waiting(session, contact, now)
        if contact.status is not ContactStatus.WAITING:  # the hang-up was reported before this
            return call_flow.farewell(contact.language, Say("voice.goodbye"))
        return call_flow.requeue(contact.id, contact.language, *says)


def join(house: House, contact_id: uuid.UUID, now: datetime) -> Document:
    """The caller was fetched: into the conference, or back to waiting when the claim was given back meanwhile."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            raise LookupError("no such contact")
        return way_out(session, house, contact, now, fetched=True)


def after(house: House, contact_id: uuid.UUID, now: datetime, *, there: bool = True) -> Document:
    """The conference is over for the caller: a claim that never met goes back to the queue, else a way back.

    `there`: their phone is still up; Twilio may ask for this document after a hang-up, too (TWILIO.md 4.5).
    """
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            raise LookupError("no such contact")
        if contact.status is ContactStatus.CLAIMED and not has_hung_up(session, contact):
            record(session, contact.id, "gave_back", now)
            give_back(session, contact, now)
        if contact.status is ContactStatus.WAITING:
            return way_out(session, house, contact, now)
        if not there:
            return Document(contact.language, (HangUp(),))
        return _conversation_over(session, contact, now)


def on_hold(contact_id: uuid.UUID, language: Language) -> Document:
    """What a caller on hold hears: who comes back, and that they are not forgotten; fetched again and again."""
    path = call_flow.path("on-hold", contact_id)
    return Document(language, (Say("voice.on_hold"), Pause(HOLD_PAUSE), GoTo(path)))


def alone() -> Document:
    """Said to whoever is in a conference alone; the provider does not loop it, so it fetches itself again."""
    return Document(Language.ENGLISH, (Pause(8), GoTo("/voice/hold")))
