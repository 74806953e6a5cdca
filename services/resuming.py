"""One record across channels: who calls while texting with us, or texts while on the line, is asked nothing twice."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.contacts import Contact, going_on_elsewhere, record
from routing.vocabulary import Language
from services import flags, knowing
from services.house import House

RESUMED = "resumed"  # in the flow: looked for once in a contact
NOT_TAKEN_OVER = frozenset({"said", "typed", "not_so"})


def resume(session: Session, house: House, contact: Contact, now: datetime) -> None:
    """Take over what is known in the other channel (locked), each answer with its own source; danger too.

    Asked for before the first phone rings, so that whoever answers at once has it as well.

    Only from a contact that goes on at this moment: several people may share a number, so nothing is taken from one
    that is over (DESIGN.md, "A phone is not a person").
    """
    if RESUMED in contact.flow:
        return
    contact.flow = {**contact.flow, RESUMED: 1}
    other = going_on_elsewhere(session, contact)
    if other is None:
        return
    if contact.language is Language.ENGLISH:  # nobody has chosen; who pressed 2 keeps Spanish
        contact.language = other.language
    knowing.raise_urgency(session, house, contact, other.urgency, flags.standing(other), now)
    knowing.learn(session, contact, _taken(contact.triage or {}, other.triage or {}), now)
    record(session, contact.id, "resumed", now, from_channel=other.channel.value)


def _taken(own: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The other contact's answers that this one lacks; lists are joined, its own entries first."""
    taken: dict[str, Any] = {}
    for key in other.keys() - NOT_TAKEN_OVER:
        if isinstance(other[key], list):
            have = {entry["value"] for entry in own.get(key, ())}
            taken[key] = [*own.get(key, ()), *(entry for entry in other[key] if entry["value"] not in have)]
        elif key not in own:
            taken[key] = other[key]
    return taken
