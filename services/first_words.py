"""Words said into the greeting, before anything was asked."""

import uuid
from dataclasses import replace
from datetime import datetime

from models import outbox
from models.contacts import lock_contact
from routing import call_flow
from routing.call_flow import NextStep, Question
from routing.documents import Document, Say
from routing.vocabulary import ContactStatus, Language, Urgency
from services import escalation, knowing, words_said
from services.house import House


def heard(house: House, contact_id: uuid.UUID, speech: str, now: datetime) -> Document:
    """They answer the first question, which is not asked yet; danger is answered before whatever comes next."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None:
            return call_flow.farewell(Language.ENGLISH, Say("voice.goodbye"))
        asked = Question.WHAT.value
        told = knowing.hear_words(session, house, contact, speech, asked, "speech", now)
        outbox.touch(session, contact_id)
        said = words_said.answer(session, house, contact, asked, speech, told, now)
        if contact.status is not ContactStatus.WAITING or contact.next_step != NextStep.RING:
            way_out = escalation.way_out(session, house, contact, now)
            return replace(way_out, steps=(said, *way_out.steps)) if said else way_out
        if said and told.urgency is not Urgency.NONE:
            return call_flow.requeue(contact.id, contact.language, said)
        return call_flow.greeting_goes_on(contact.id, contact.language, said or Say("voice.thanks"))
