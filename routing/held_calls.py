"""Calls that do not go straight to the queue: a blocked number, and strangers while the line is under attack.

Whatever the reason, they hear where help in danger is, and 8 leads to 988.
"""

import uuid

from routing.call_flow import path
from routing.documents import Ask, Document, HangUp, Say
from routing.vocabulary import Language

BLOCKED, CHALLENGED = "blocked", "challenged"  # in the flow of the contact


def held(contact_id: uuid.UUID, why: str, language: Language, *first: Say) -> Document:
    """The words for a call that is held back; the challenge is asked twice."""
    ask = Ask((*first, Say("voice.emergency"), Say(f"voice.{why}")), path("held", contact_id), speech=True, seconds=6)
    again = (
        (Ask((Say(f"voice.{why}"),), path("held", contact_id), speech=True, seconds=6),) if why == CHALLENGED else ()
    )
    return Document(language, (ask, *again, Say("voice.goodbye"), HangUp()))
