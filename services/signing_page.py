"""The page that a person opens from a text: what they are asked to agree to, signed once, and their copy of it."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from models import disclosures, outbox
from models.contacts import record
from models.crypto import lookup_hash
from models.disclosures import DisclosureConsent
from routing.vocabulary import Language
from services import consent_words, written_consents
from services.consent_words import ConsentText
from services.house import House
from services.written_consents import COPY, KEY_BYTES, Revoked

COPY_LASTS: Final = timedelta(days=30)  # after the consent has ended
LONGEST_NAME: Final = 80  # characters
_NAME = re.compile(r"[^\W\d_].*[^\W\d_]", re.DOTALL)  # two letters at least


class Door(StrEnum):
    """What a link is worth now."""

    OPEN = "open"
    USED = "used"
    OVER = "over"  # too old, withdrawn, or never one of ours: nobody learns which


class NotSigned(StrEnum):
    """Why a signature was not taken; the page is shown again."""

    NAME = "name"
    SUBJECT = "subject"  # for whom they sign
    AGREE = "agree"
    CHANGED = "changed"  # the words are others than those that were on the screen


@dataclass(frozen=True)
class Asked:
    """What a link opens. `text` is what there is to sign, in `language`; `for_another`: not for themselves."""

    door: Door
    language: Language | None = None
    text: ConsentText | None = None
    for_another: bool = False


@dataclass(frozen=True)
class Signature:
    """What the person sends back: the name they typed, and the digest of what was on their screen."""

    name: str
    agreed: bool
    digest: str
    language: Language
    subject: str = ""  # for whom they sign, if not for themselves


@dataclass(frozen=True)
class Copy:
    """The signed copy. `key` opens it again; `live`: nothing has ended it."""

    key: str
    language: Language
    words: str
    name: str
    subject: str  # whom it is about, when somebody else signed
    signed_at: datetime
    version: str
    digest: str
    live: bool
    revoked_at: datetime | None


def open_link(house: House, key: str, language: Language | None, now: datetime) -> Asked:
    """What the link of a text opens now, in the language that was asked for or the contact's own. Changes nothing."""
    with house.db.begin() as session:
        found = disclosures.consent_by_link(session, key)
        door = _door(found, now)
        if found is None or door is not Door.OPEN:
            return Asked(door)
        language = language or found.contact.language
        text = consent_words.text_of(house, found, language)
        return Asked(door, language, text, found.signs_as is not None)


def _door(found: DisclosureConsent | None, now: datetime) -> Door:
    if found is None or (found.signed_at is None and (found.revoked_at is not None or found.link_until <= now)):
        return Door.OVER
    return Door.OPEN if found.signed_at is None else Door.USED


def sign(house: House, key: str, given: Signature, now: datetime) -> Copy | NotSigned | Door:
    """Take a signature, once. The copy comes back, and its link goes to the person by text where that is safe."""
    with house.db.begin() as session:
        found = disclosures.consent_by_link(session, key)
        found = disclosures.lock_consent(session, found.id) if found is not None else None
        door = _door(found, now)
        if found is None or door is not Door.OPEN:
            return door
        text = consent_words.text_of(house, found, given.language)
        refused = _not_signed(given, text, for_another=found.signs_as is not None)
        if refused is not None:
            return refused
        copy_key = secrets.token_urlsafe(KEY_BYTES)
        found.signed_at, found.signed_name = now, given.name.strip()
        found.subject_name = given.subject.strip() if found.signs_as else None
        found.signed_text, found.text_version, found.text_digest = text.whole, text.version, text.digest
        found.language, found.copy_hash = given.language, lookup_hash(copy_key)
        written_consents.text_link(session, house, found.contact, "text.consent_copy", COPY, copy_key, now)
        record(session, found.contact_id, "consent_signed", now)
        outbox.touch(session, found.contact_id)
        return _copy(found, copy_key, now)


def _not_signed(given: Signature, text: ConsentText, *, for_another: bool) -> NotSigned | None:
    if given.digest != text.digest.hex():
        return NotSigned.CHANGED
    if not _is_name(given.name):
        return NotSigned.NAME
    if for_another and not _is_name(given.subject):
        return NotSigned.SUBJECT
    return None if given.agreed else NotSigned.AGREE


def _is_name(words: str) -> bool:
    return bool(_NAME.search(words)) and len(words.strip()) <= LONGEST_NAME


def copy_of(house: House, key: str, now: datetime) -> Copy | None:
    """The signed copy that this key opens, until thirty days after the consent's end."""
    with house.db.begin() as session:
        found = _by_copy(session, key, now)
        return _copy(found, key, now) if found is not None else None


def take_back(house: House, key: str, now: datetime) -> Copy | None:
    """The person takes their consent back on the page of their copy; the same again changes nothing."""
    with house.db.begin() as session:
        found = _by_copy(session, key, now)
        found = disclosures.lock_consent(session, found.id) if found is not None else None
        if found is None:
            return None
        if found.grant().live(now):
            written_consents.revoke_in(session, found, Revoked.BY_PERSON, now)
        return _copy(found, key, now)


def _by_copy(session: Session, key: str, now: datetime) -> DisclosureConsent | None:
    found = disclosures.consent_by_copy(session, key)
    if found is None or now >= (found.revoked_at or found.expires_at) + COPY_LASTS:
        return None
    return found


def _copy(found: DisclosureConsent, key: str, now: datetime) -> Copy:
    if found.signed_at is None or found.language is None or found.text_digest is None:
        raise ValueError("a copy is of a signed consent")
    return Copy(
        key=key,
        language=found.language,
        words=found.signed_text or "",
        name=found.signed_name or "",
        subject=found.subject_name or "",
        signed_at=found.signed_at,
        version=found.text_version or "",
        digest=found.text_digest.hex(),
        live=found.grant().live(now),
        revoked_at=found.revoked_at,
    )
