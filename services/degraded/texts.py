"""Texts while the database is gone: words that help at once, and a journal, so that each is read and answered later."""

import time
from collections import OrderedDict
from datetime import datetime
from typing import Final

from models.crypto import lookup_hash
from routing import phone
from routing.consent import keyword_of
from routing.vocabulary import Language
from services.degraded.calls import note
from services.house import House
from services.text_contacts import LONGEST_KEPT, Inbound

SAID_AGAIN_AFTER = 600.0  # seconds: somebody who writes five texts in a row needs the same words once
_REMEMBERED: Final = 10_000
_said: OrderedDict[bytes, float] = OrderedDict()  # of this process; by hashed number


def answer(house: House, inbound: Inbound, now: datetime) -> str:
    """What to answer, empty for nothing; the text itself goes into the journal."""
    fields = {**inbound.__dict__, "body": inbound.body[:LONGEST_KEPT]}
    note(house, "text", now, **fields)
    sender = phone.e164(inbound.sender)
    if sender is None or sender in house.rules.helpline_numbers or keyword_of(inbound.body, inbound.opt_out_type):
        return ""  # short codes, ourselves, and STOP, START, HELP, which the network answers
    if house.triage is not None and house.triage.understand(inbound.body, Language.ENGLISH.value, None).in_danger:
        return _words(house, "text.degraded_danger")
    return _words(house, "text.fallback") if _not_said_lately(sender) else ""


def _words(house: House, key: str) -> str:
    """In every language: nobody knows here which one they read."""
    return " ".join(house.phrases.text(key, language) for language in Language)


def _not_said_lately(sender: str) -> bool:
    who, at = lookup_hash(sender), time.monotonic()
    before = _said.pop(who, None)
    lately = before is not None and at - before < SAID_AGAIN_AFTER
    _said[who] = before if lately and before is not None else at
    while len(_said) > _REMEMBERED:
        _said.popitem(last=False)
    return not lately
