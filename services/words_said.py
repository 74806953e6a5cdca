"""What a caller's words call for, wherever in the call they were said: the greeting or the wait."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact
from routing import care_hint
from routing.documents import Say
from routing.understanding import Understanding
from routing.vocabulary import Urgency
from services import information, knowing, tasks
from services.house import House

PRESCRIBER, DOCTOR = "prescriber_said", "doctor_said"  # in the flow: each said once in a call


def answer(
    session: Session, house: House, contact: Contact, question: str, words: str, heard: Understanding, now: datetime
) -> Say | None:
    """The sentence to say next, or None when there is no more to say than thanks. `words` were understood as `heard`.

    Danger comes first, and phones ring once more for it.
    """
    if heard.urgency is not Urgency.NONE:
        tasks.ask(session, tasks.RING, contact.id, now)
        return Say(f"voice.danger_{heard.urgency.value}")
    if question == knowing.ABOUT:
        information.choose(session, house, contact, words, heard, now)
    elif PRESCRIBER not in contact.flow and knowing.prescriber_first(house, contact):
        contact.flow = {**contact.flow, PRESCRIBER: 1}
        return Say("voice.prescriber_first")
    if DOCTOR not in contact.flow and care_hint.is_warning(heard.use):
        contact.flow = {**contact.flow, DOCTOR: 1}
        return Say("voice.speak_with_doctor")
    return None
