"""A text conversation at the console: taken, answered, and ended by its counselor."""

import uuid
from datetime import datetime

from models.contacts import lock_contact
from routing.vocabulary import Channel, ContactStatus
from services import hand_over
from services.house import House


def end_text(house: House, contact_id: uuid.UUID, counselor_id: uuid.UUID, now: datetime) -> bool:
    """The counselor is done with a conversation; False when it is not theirs or over already."""
    with house.db.begin() as session:
        contact = lock_contact(session, contact_id)
        if contact is None or contact.claimed_by != counselor_id:
            return False
        if contact.channel is not Channel.TEXT or contact.status is not ContactStatus.CONVERSING:
            return False
        hand_over.finish(session, contact, now)
        return True
