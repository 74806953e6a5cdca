"""What a counselor sees about telling others: consents of a contact, and what was told."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import directory, disclosures, reading
from models.contacts import Contact
from models.disclosures import Disclosure, DisclosureConsent
from models.referrals import referrals_of
from routing.disclosure import CONSENTABLE, Fact, SharedFor, SignsAs
from routing.vocabulary import Language
from services import consent_words, disclosure, emergency_disclosure
from services.house import House
from services.written_consents import LASTING


@dataclass(frozen=True)
class ConsentRow:
    """One consent in words. `state`: asked, lapsed (the link ran out), live, over, revoked or withdrawn."""

    id: uuid.UUID
    state: str
    recipient: str
    facility_id: int
    purposes: tuple[tuple[str, str], ...]  # word and what it is called
    facts: tuple[str, ...]
    prepared_at: datetime
    signed_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    revoked_how: str | None
    signs_as: str | None  # word; None: the person signs


@dataclass(frozen=True)
class DisclosureRow:
    """Something that was told. `reason` only in an emergency."""

    id: uuid.UUID
    at: datetime
    documented_at: datetime
    basis: str
    recipient: str
    facts: tuple[str, ...]
    purpose: str
    how: str
    who: str | None
    reason: str


@dataclass(frozen=True)
class Sharing:
    """Everything about telling others, for a contact's page. `for_another`: the facts are not the caller's own."""

    consents: tuple[ConsentRow, ...]
    told: tuple[DisclosureRow, ...]
    for_another: bool
    undocumented: bool  # dispatch was called in an emergency, and what they were told is not written down
    places: tuple[tuple[int, str], ...]  # to which the contact was sent: listing and name
    facts: tuple[tuple[str, str], ...]  # that a consent may name
    purposes: tuple[tuple[str, str], ...]
    lasting: tuple[int, ...] = LASTING
    signs_as: tuple[str, ...] = tuple(SignsAs)


def sharing(house: House, contact_id: uuid.UUID, language: str, now: datetime) -> Sharing | None:
    """The consents of a contact and what was told, in the reader's language; None: no such contact."""
    with house.db.begin() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            return None
        said = Language(language)
        return Sharing(
            consents=consent_rows(session, house, contact_id, said, now),
            told=disclosure_rows(session, house, contact_id, said),
            for_another=not disclosure.is_about_the_signer(contact),
            undocumented=emergency_disclosure.undocumented(session, contact_id),
            places=_places(session, contact_id),
            facts=tuple((fact.value, consent_words.fact_words(house, fact, said)) for fact in CONSENTABLE),
            purposes=tuple((one.value, consent_words.purpose_words(house, one, said)) for one in SharedFor),
        )


def emergency_facts(house: House, language: str) -> list[tuple[str, str]]:
    """Every kind of fact, what the emergency is first."""
    kinds = sorted(Fact, key=lambda fact: fact is not Fact.DANGER)
    return [(fact.value, consent_words.fact_words(house, fact, Language(language))) for fact in kinds]


def consent_rows(
    session: Session, house: House, contact_id: uuid.UUID, language: Language, now: datetime
) -> tuple[ConsentRow, ...]:
    """A contact's consents in words, the newest first."""
    rows = reversed(disclosures.consents_of_contact(session, contact_id))
    return tuple(_consent(house, row, language, now) for row in rows)


def _consent(house: House, row: DisclosureConsent, language: Language, now: datetime) -> ConsentRow:
    return ConsentRow(
        id=row.id,
        state=state_of(row, now),
        recipient=row.recipient,
        facility_id=row.facility_id,
        purposes=tuple((one, consent_words.purpose_words(house, one, language)) for one in row.purposes),
        facts=tuple(consent_words.fact_words(house, fact, language) for fact in row.facts),
        prepared_at=row.prepared_at,
        signed_at=row.signed_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_how=row.revoked_how,
        signs_as=row.signs_as.value if row.signs_as else None,
    )


def state_of(row: DisclosureConsent, now: datetime) -> str:
    """Where a consent stands."""
    if row.revoked_at is not None:
        return "revoked" if row.signed_at else "withdrawn"
    if row.signed_at is None:
        return "asked" if now < row.link_until else "lapsed"
    return "live" if row.grant().live(now) else "over"


def disclosure_rows(
    session: Session, house: House, contact_id: uuid.UUID, language: Language
) -> tuple[DisclosureRow, ...]:
    """What was told, in words, in order."""
    return rows_in_words(session, house, disclosures.disclosures_of(session, contact_id), language)


def rows_in_words(
    session: Session, house: House, rows: Sequence[Disclosure], language: Language
) -> tuple[DisclosureRow, ...]:
    """These disclosures in words, in the same order."""
    names = reading.names_of(session, [row.actor_id for row in rows if row.actor_id])
    return tuple(_disclosure(house, row, names, language) for row in rows)


def _disclosure(house: House, row: Disclosure, names: Mapping[uuid.UUID, str], language: Language) -> DisclosureRow:
    return DisclosureRow(
        id=row.id,
        at=row.at,
        documented_at=row.documented_at,
        basis=row.basis.value,
        recipient=row.recipient,
        facts=tuple(consent_words.fact_words(house, fact, language) for fact in row.facts),
        purpose=consent_words.purpose_words(house, row.purpose, language) if row.purpose else "",
        how=row.how.value,
        who=names.get(row.actor_id) if row.actor_id else None,
        reason=row.reason or "",
    )


def _places(session: Session, contact_id: uuid.UUID) -> tuple[tuple[int, str], ...]:
    ids: Sequence[int] = [row.listing_id for row in referrals_of(session, contact_id)]
    listings = directory.listings_by_id(session, ids)
    return tuple((id_, listings[id_].name1) for id_ in ids if id_ in listings)
