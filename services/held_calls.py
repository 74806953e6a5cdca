"""What a call that is held back says or presses: on to the queue, to 988, or goodbye."""

import uuid
from datetime import datetime

from models.contacts import Contact, lock_contact, record
from routing import call_flow, held_calls
from routing.call_flow import NextStep
from routing.documents import Document, Say
from routing.held_calls import BLOCKED, CHALLENGED
from routing.vocabulary import DANGER, ContactStatus, Language
from services import escalation, knowing, wait_again
from services.house import House

MOST_CHALLENGES = 3


def answered(house: House, contact_id: uuid.UUID, digits: str, speech: str, now: datetime) -> Document:
    """A key or words: 8 leads to 988; any key, or words of danger, ends a challenge; a block stays a block."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id, caller=digits[:1] == "2")
        if contact is None or wait_again.has_hung_up(session, contact):
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        if speech:
            knowing.hear_words(session, house, contact, speech, "what", "speech", now)
        in_danger = contact.urgency in DANGER
        if digits[:1] == "8":
            wait_again.back_to_waiting(session, contact, now)
            contact.next_step = NextStep.CRISIS_988
            return escalation.way_out(session, house, contact, now)
        if CHALLENGED in contact.flow and (digits or in_danger):
            contact.flow = {key: value for key, value in contact.flow.items() if key != CHALLENGED}
            wait_again.back_to_waiting(session, contact, now)
            record(session, contact.id, "challenge_passed", now)
            return _on_to_the_queue(house, contact, digits)
        if in_danger and BLOCKED in contact.flow:
            return held_calls.held(contact_id, BLOCKED, contact.language, Say(f"voice.danger_{contact.urgency.value}"))
        asked = int(contact.flow.get(CHALLENGED, MOST_CHALLENGES))
        if asked < MOST_CHALLENGES:  # somebody speaks, and may not be able to press a key while they do
            contact.flow = {**contact.flow, CHALLENGED: asked + 1}
            return held_calls.held(contact_id, CHALLENGED, contact.language)
        if contact.status in (ContactStatus.WAITING, ContactStatus.CLAIMED):
            return _on_to_the_queue(house, contact, digits)  # the key that ended the challenge was told twice
        return call_flow.farewell(contact.language, Say("voice.goodbye"))


def _on_to_the_queue(house: House, contact: Contact, digits: str) -> Document:
    if contact.urgency in DANGER:
        return call_flow.requeue(contact.id, contact.language, Say(f"voice.danger_{contact.urgency.value}"))
    rules = house.rules
    who, funding = rules.organisation_name, rules.funding_sentence_en
    if digits[:1] == "2":
        contact.language = contact.caller.language = Language.SPANISH
        said = call_flow.greeting_in_spanish(organisation=who, funding=rules.funding_sentence_es, live=rules.live)
        return call_flow.requeue(contact.id, contact.language, *said)
    return call_flow.greeting(contact.id, organisation=who, funding=funding, live=rules.live)
