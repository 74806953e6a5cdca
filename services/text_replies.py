"""What the service itself says in a conversation: replies in the contact's language, queued as one turn."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.contacts import Contact
from routing.dialogue_state import Reply
from routing.sending import Purpose
from services import suggestions, text_contacts
from services.house import House


def words(house: House, contact: Contact, reply: Reply) -> str:
    """A reply in words, its choices as a numbered list of names."""
    values = dict(reply.values)
    if "choices" in values:
        values["choices"] = suggestions.numbered_names(house, values["choices"].split("|"), contact.language)
    return house.phrases.text(reply.key, contact.language, organisation=house.rules.organisation_name, **values)


def say(
    session: Session,
    house: House,
    contact: Contact,
    replies: Iterable[Reply],
    now: datetime,
    purpose: Purpose = Purpose.REPLY,
) -> None:
    """Queue these replies to the contact's caller."""
    text_contacts.answer(session, contact, [words(house, contact, reply) for reply in replies], now, purpose)
