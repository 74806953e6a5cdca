"""The one way in which a facility is told anything of a person (42 CFR Part 2, 2.31 to 2.33).

`disclose` gives the facts that a live written consent names for this recipient and purpose, and writes down that it
did; it returns None, and nothing is read, without one. What it returns carries the notice of 2.32, which is shown,
spoken or sent with the facts. Whoever queues work for later asks `may_disclose` first and `disclose` at the moment of
telling: a consent that was taken back meanwhile is then seen. A text that tells something is queued with
`disclosure_id` (services.telling): taking the consent back cancels it.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from models import disclosures, outbox
from models.contacts import Contact, record
from models.disclosures import Disclosure, DisclosureConsent
from models.texts import TextMessage
from routing.disclosure import Basis, Fact, SharedFor, Told, permitting
from routing.vocabulary import Language
from services import consent_words, disclosed_facts, knowing
from services.house import House

NOTICE_VERSION: Final = "2.32-2024"  # the wording of 42 CFR 2.32(a) since the rule of 2024, in phrases `notice.*`


@dataclass(frozen=True)
class Disclosed:
    """What may be told now, and what has to be told with it.

    `facts`: words by kind, only of kinds that the consent names. `notice`: the statement of 2.32(a)(1);
    `short_notice`: that of 2.32(a)(2), for a text or a voice. `scope`: what the consent covers (2.32(b)).
    """

    id: uuid.UUID
    recipient: str
    facts: Mapping[Fact, str]
    labels: Mapping[Fact, str]  # what each kind is called
    notice: str
    short_notice: str
    scope: str
    expires_at: datetime


def may_disclose(
    session: Session, contact: Contact, facility_id: int, purpose: SharedFor, now: datetime
) -> frozenset[Fact]:
    """Which kinds of facts could be told now; empty without a live consent. Reads no fact and writes nothing."""
    consent = _consent(session, contact, facility_id, purpose, now, lock=False)
    return consent.grant().facts if consent is not None else frozenset()


def disclose(
    session: Session,
    house: House,
    contact: Contact,
    facility_id: int,
    purpose: SharedFor,
    how: Told,
    now: datetime,
    *,
    actor_id: uuid.UUID | None = None,
    only: Collection[Fact] | None = None,
    language: Language = Language.ENGLISH,
) -> Disclosed | None:
    """Tell a facility what the person agreed to, in this transaction; None without a live consent that names them.

    `only`: fewer kinds than the consent has. `actor_id`: the counselor who tells it, None when the line does by itself.
    """
    consent = _consent(session, contact, facility_id, purpose, now, lock=True)
    if consent is None:
        return None
    grant = consent.grant()
    wanted = grant.facts if only is None else grant.facts & frozenset(only)
    name = consent.subject_name if consent.signs_as else consent.signed_name
    facts = disclosed_facts.facts(house, contact, wanted, name, language)
    row = Disclosure(
        id=uuid.uuid4(),
        at=now,
        contact_id=contact.id,
        basis=Basis.CONSENT,
        consent_id=consent.id,
        facility_id=facility_id,
        recipient=consent.recipient,
        purpose=purpose,
        facts=[fact.value for fact in facts],
        how=how,
        actor_id=actor_id,
        notice_version=NOTICE_VERSION,
        documented_at=now,
    )
    session.add(row)
    session.flush()
    by = {"by": str(actor_id)} if actor_id else {}
    record(session, contact.id, "disclosed", now, how=how.value, purpose=purpose.value, count=len(facts), **by)
    outbox.touch(session, contact.id)
    return _with_notice(house, consent, row.id, facts, purpose, language)


def still_allowed(session: Session, message: TextMessage, now: datetime) -> bool:
    """Whether a text that tells something of a person may still go: the consent behind it is live at this moment."""
    if message.disclosure_id is None:
        return True
    consent = disclosures.consent_behind(session, message.disclosure_id)
    return consent is not None and consent.grant().live(now)


def is_about_the_signer(contact: Contact) -> bool:
    """Whether what is known is of the person who signs: one's consent releases nothing of another (DESIGN.md)."""
    return knowing.value_of(contact, "for_whom") in (None, "self")


def _consent(
    session: Session, contact: Contact, facility_id: int, purpose: SharedFor, now: datetime, *, lock: bool
) -> DisclosureConsent | None:
    every = disclosures.consents_of_contact(session, contact.id, lock=lock)
    mine = is_about_the_signer(contact)
    consents = {row.id: row for row in every if mine or row.signs_as is not None}
    found = permitting((row.grant() for row in consents.values()), facility_id, purpose, now)
    return consents[found.id] if found is not None else None


def _with_notice(
    house: House,
    consent: DisclosureConsent,
    disclosure_id: uuid.UUID,
    facts: Mapping[Fact, str],
    purpose: SharedFor,
    language: Language,
) -> Disclosed:
    labels = {fact: consent_words.fact_words(house, fact, language) for fact in Fact}
    scope = house.phrases.text(
        "notice.scope",
        language,
        purpose=consent_words.purpose_words(house, purpose, language),
        facts="; ".join(labels[fact] for fact in Fact if fact in consent.grant().facts),
        until=consent_words.last_day(house, consent.expires_at, language),
    )
    return Disclosed(
        id=disclosure_id,
        recipient=consent.recipient,
        facts=facts,
        labels={fact: labels[fact] for fact in facts},
        notice=house.phrases.text("notice.long", language),
        short_notice=house.phrases.text("notice.short", language),
        scope=scope,
        expires_at=consent.expires_at,
    )
