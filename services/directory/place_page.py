"""Read model of one facility's page: every fact with its source, what people said, and who may answer for beds."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import facility_history as history
from models.bed_contacts import BedContact, bed_contacts_of
from models.directory import Facility, Listing, listings_of
from models.facility_pairs import kept_as, undecided_about
from models.held_places import held_places
from models.live_facts import (
    BedReport,
    DoNotRefer,
    FacilityFix,
    last_verified,
    newest_bed,
    open_checks,
    reports_of,
    standing_fixes,
    standing_hold,
)
from models.reading import names_of
from routing import phone
from routing.match_overlay import BedCount, BedState
from routing.vocabulary import BedLevel
from services.directory.badges import Badge, badge_of
from services.directory.desk_lists import pair_names
from services.directory.fixes import ADDED, CODES_ADDED, CODES_REMOVED
from services.directory.live import corrections
from services.directory.place_story import PlaceEvent, story
from services.directory.sheets import Licence, licences_of
from services.house import House
from services.matching import desk_of

ORDER = ("name1", "name2", "street1", "street2", "city", "state", "zip5", "phone", "website")
FIELDS_IN_ORDER = (*ORDER, *sorted(ADDED), CODES_ADDED, CODES_REMOVED)


@dataclass(frozen=True)
class Word:
    """An admin's word: what it is, why, who said it and when."""

    value: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Fact:
    """One field: what the list says and which one, and an admin's word that wins over it, if there is one."""

    field: str
    listed: str
    word: Word | None
    source: Badge | None = None  # None: no list says anything of it now

    @property
    def value(self) -> str:
        """What counts."""
        return self.word.value if self.word is not None else self.listed


@dataclass(frozen=True)
class Beds:
    """Open beds of one level: what was said last and what that is worth now. `who`: a masked number or a name."""

    level: str
    open: int
    state: BedState
    at: datetime
    how: str
    who: str


@dataclass(frozen=True)
class Report:
    """Something that was reported and stands. `counts`: it lowers the rank now."""

    id: uuid.UUID
    kind: str
    payer: str | None
    by: str
    at: datetime
    expires_at: datetime
    confirmed: bool
    counts: bool


@dataclass(frozen=True)
class Hold:
    """Do not refer: why, who approved it, and when it is looked at again."""

    reason: str
    approver: str
    at: datetime
    review_on: date
    overdue: bool


@dataclass(frozen=True)
class Phone:
    """A registered phone of the facility's staff; the number is masked."""

    id: uuid.UUID
    number: str
    levels: tuple[str, ...]
    hours: tuple[int, ...]
    timezone: str
    language: str
    voice_only: bool
    stopped_at: datetime | None


@dataclass(frozen=True)
class PlacePage:
    """One facility on one screen. `badges` is empty when no list has it any more."""

    facility_id: int
    facts: tuple[Fact, ...]
    codes_source: Badge | None
    codes: tuple[tuple[str, str], ...]  # code and its name, admins' words applied
    badges: tuple[Badge, ...]
    verified_at: datetime | None
    licence: Licence | None
    beds: tuple[Beds, ...]
    reports: tuple[Report, ...]
    hold: Hold | None
    held_as: str | None  # held back because it is perhaps this place under "do not refer"; nobody has said yet
    phones: tuple[Phone, ...]
    checks: tuple[str, ...]  # why somebody should call
    story: tuple[PlaceEvent, ...]

    def fact(self, field: str) -> Fact:
        """One field."""
        return next(fact for fact in self.facts if fact.field == field)


def place_page(house: House, facility_id: int, now: datetime) -> PlacePage | None:
    """Everything about one facility, or about the one that it was joined to; None when there is no such."""
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return None
        return _page(session, house, kept_as(session, facility_id), now)


def _page(session: Session, house: House, facility_id: int, now: datetime) -> PlacePage:
    listed = listings_of(session, [facility_id])
    given = _given(session, listed, facility_id)
    fixes = {fix.field: fix for fix in standing_fixes(session, [facility_id])}
    hold, reports = standing_hold(session, facility_id), reports_of(session, facility_id)
    people = [*(fix.by for fix in fixes.values()), *(report.by for report in reports), hold.approver if hold else None]
    names = names_of(session, [id_ for id_ in people if id_ is not None])
    against = {(fact.kind, fact.payer) for fact in corrections(reports) if fact.holds(now)}
    verified = last_verified(session, [facility_id]).get(facility_id)
    return PlacePage(
        facility_id=facility_id,
        facts=tuple(_fact(field, given, fixes, names, listed) for field in FIELDS_IN_ORDER),
        codes_source=badge_of(listed[0]) if listed else None,
        codes=tuple((code, house.service_codes.name(code)) for code in _codes(given["codes"], fixes)),
        badges=tuple(badge_of(row, verified) for row in listed),
        verified_at=verified,
        licence=next(iter(licences_of(session, listed).values()), None),
        beds=_beds(session, house, facility_id, now),
        reports=tuple(
            Report(
                r.id, r.kind.value, r.payer, _name(names, r.by), r.at, r.expires_at, r.confirmed,
                counts=(r.kind, r.payer) in against,
            )
            for r in reports
            if r.confirmed or r.expires_at > now
        ),
        hold=_hold(hold, names, now) if hold is not None else None,
        held_as=_held_as(session, facility_id) if hold is None else None,
        phones=tuple(_phone(contact) for contact in bed_contacts_of(session, facility_id)),
        checks=tuple(check.why for check in open_checks(session) if check.facility_id == facility_id),
        story=story(session, facility_id),
    )  # fmt: skip


def _given(session: Session, listed: Sequence[Listing], facility_id: int) -> Mapping[str, str]:
    """What the newest list says; of a facility that is on no list any more, what the last one said."""
    fields = (*ORDER, "codes")
    if listed:
        more = {field: str(listed[0].facts.get(field, "")) for field in ADDED}
        return {field: str(getattr(listed[0], field)) for field in fields} | more
    past = history.last_listings(session, [facility_id])
    return {field: str(past[0].image.get(field, "")) if past else "" for field in (*fields, *ADDED)}


def _fact(
    field: str,
    given: Mapping[str, str],
    fixes: Mapping[str, FacilityFix],
    names: Mapping[uuid.UUID, str],
    listed: Sequence[Listing],
) -> Fact:
    fix = fixes.get(field)
    word = Word(fix.value, fix.reason, _name(names, fix.by), fix.at) if fix is not None else None
    source = badge_of(listed[0]) if listed and given.get(field) else None
    return Fact(field, given.get(field, ""), word, source)


def _codes(listed: str, fixes: Mapping[str, FacilityFix]) -> list[str]:
    added, removed = (fixes[field].value.split() if field in fixes else [] for field in (CODES_ADDED, CODES_REMOVED))
    return [code for code in dict.fromkeys([*listed.split(), *added]) if code not in removed]


def _beds(session: Session, house: House, facility_id: int, now: datetime) -> tuple[Beds, ...]:
    found = [bed for level in BedLevel if (bed := newest_bed(session, facility_id, level)) is not None]
    who = who_said(session, found)
    settings = desk_of(house).settings
    return tuple(
        Beds(bed.level.value, bed.open, BedCount(bed.open, bed.at).state(now, settings), bed.at, bed.how, who[bed.id])
        for bed in found
    )


def who_said(session: Session, beds: Sequence[BedReport]) -> dict[uuid.UUID, str]:
    """Who told of these beds: a colleague's name, a masked number, or nothing."""
    numbers = history.numbers_of(session, [bed.bed_contact_id for bed in beds if bed.bed_contact_id])
    names = names_of(session, [bed.by for bed in beds if bed.by])
    return {
        bed.id: phone.masked(numbers.get(bed.bed_contact_id)) if bed.bed_contact_id else _name(names, bed.by)
        for bed in beds
    }


def _hold(hold: DoNotRefer, names: Mapping[uuid.UUID, str], now: datetime) -> Hold:
    overdue = hold.review_on <= now.date()
    return Hold(hold.reason, _name(names, hold.approver), hold.at, hold.review_on, overdue)


def _held_as(session: Session, facility_id: int) -> str | None:
    pairs = undecided_about(session, facility_id)
    held = held_places(session, [pair.facility_id for pair in pairs])
    names = pair_names(session, [pair for pair in pairs if pair.facility_id in held])
    return next((before for before, _ in names.values()), None)


def _phone(contact: BedContact) -> Phone:
    return Phone(
        id=contact.id,
        number=phone.masked(contact.number),
        levels=tuple(contact.levels),
        hours=tuple(contact.ask_hours),
        timezone=contact.timezone,
        language=contact.language.value,
        voice_only=contact.voice_only,
        stopped_at=contact.stopped_at,
    )


def _name(names: Mapping[uuid.UUID, str], person_id: uuid.UUID | None) -> str:
    return names.get(person_id, "") if person_id is not None else ""
