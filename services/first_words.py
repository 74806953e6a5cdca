"""Words said into the greeting, before anything was asked."""

import uuid
from datetime import datetime

from models import outbox
from models.contacts import lock_contact
from routing import call_flow
from routing.call_flow import NextStep, Question
from routing.documents import Document, Say
from routing.vocabulary import ContactStatus, Language, Urgency
from services import escalation, knowing, tasks
from services.house import House


def heard(house: House, contact_id: uuid.UUID, speech: str, now: datetime) -> Document:
    """They answer the first question, which is not asked yet; danger changes what comes."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        told = knowing.hear_words(session, house, contact, speech, Question.WHAT.value, "speech", now)
        outbox.touch(session, contact_id)
        if told.urgency is not Urgency.NONE:
            tasks.ask(session, tasks.RING, contact_id, now)
        if contact.status is not ContactStatus.WAITING or contact.next_step != NextStep.RING:
            return escalation.way_out(session, house, contact, now)
        if told.urgency is not Urgency.NONE:
            return call_flow.requeue(contact.id, contact.language, Say(f"voice.danger_{told.urgency.value}"))
        return call_flow.greeting_goes_on(contact.id, contact.language)
