"""Finds facilities for a person, explains and keeps what was found, and finds the same again on demand."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.matches import MatchRecord
from routing.match_phrases import Phrase, PhraseTable, render
from routing.match_profile import Profile, read_profile, unknown_fields
from routing.matching import Entry, MatchAnswer
from services.directory.sheets import Sheet, sheets
from services.directory.zip_codes import ensure_zip_codes
from services.house import House
from services.match_desk import Current, MatchDesk

__all__ = [
    "AskedBy",
    "FoundPlace",
    "Matches",
    "Profile",
    "desk_of",
    "find_matches",
    "freshen",
    "keep",
    "match_all",
    "read_profiles",
]
# What an admin, a state or a caller's call added to a place; shown where it is known
MORE = ("admissions_phone", "admissions_hours", "tip", "fixed")
MILES_DIGITS = 2
SCORE_DIGITS = 3


@dataclass(frozen=True)
class FoundPlace:
    """One place of the list with its sheet from the directory."""

    entry: Entry
    listing: Sheet

    def as_json(self, phrases: PhraseTable, language: str) -> dict[str, Any]:
        """The place as MATCHING.md R16 prints it, and what else a counselor wants to see."""
        sheet, entry = self.listing, self.entry
        more = {name: value for name in MORE if (value := getattr(sheet, name))}
        if sheet.licence is not None:
            more["licence"] = asdict(sheet.licence)
        if sheet.verified_at is not None:
            more["verified_on"] = sheet.verified_at.date().isoformat()
        return {
            "facility_id": entry.facility,
            "listing_id": entry.listing,
            "name": sheet.name1,
            "name2": sheet.name2,
            "street": sheet.street,
            "city": sheet.city,
            "state": sheet.state,
            "zip": sheet.zip5,
            "phone": sheet.phone,
            "miles": round(entry.miles, MILES_DIGITS),
            "score": round(entry.score, SCORE_DIGITS),
            "reasons": [render(phrase, phrases, language) for phrase in entry.reasons],
            "open_points": [render(phrase, phrases, language) for phrase in entry.open_points],
            "as_of": sheet.as_of.isoformat(),
            "source": sheet.source,
            **more,
        }


@dataclass(frozen=True)
class Matches:
    """The answer to one need: the pure answer, the places that were looked up, and the record of it."""

    answer: MatchAnswer
    places: tuple[FoundPlace, ...]
    beside: tuple[tuple[Phrase, tuple[FoundPlace, ...]], ...]
    version: str
    record: MatchRecord  # in no session until it is kept

    @property
    def order(self) -> list[int]:
        """The listings of the whole list, best first."""
        return self.record.listing_order

    @property
    def complete(self) -> bool:
        """Whether every place within the radius is given."""
        return len(self.places) == self.answer.total

    def as_json(self, phrases: PhraseTable, language: str = "en") -> dict[str, Any]:
        """The whole answer as MATCHING.md R16 prints it."""
        answer = self.answer
        shown: dict[str, Any] = {} if answer.situation.profile.id is None else {"id": answer.situation.profile.id}
        return {
            **shown,
            "outcome": str(answer.outcome),
            "need": str(answer.situation.need),
            "monitored": answer.situation.monitored,
            "radius": answer.radius,
            "shortfall": answer.shortfall,
            "relaxed": answer.relaxed,
            "held_back": answer.held_back,
            "total": answer.total,
            "complete": self.complete,
            "version": self.version,
            "advice": [render(phrase, phrases, language) for phrase in answer.advice],
            "results": [place.as_json(phrases, language) for place in self.places],
            "beside": [
                {
                    "heading": render(heading, phrases, language),
                    "results": [place.as_json(phrases, language) for place in places],
                }
                for heading, places in self.beside
            ],
        }


@dataclass(frozen=True)
class ReadProfiles:
    """Profiles of a file or a command line, or what is wrong with them; sentences begin with where it stands."""

    profiles: list[Profile]
    problems: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class AskedBy:
    """Who wanted the match; both None for a command."""

    contact_id: uuid.UUID | None = None
    counselor_id: uuid.UUID | None = None


def freshen(house: House) -> None:
    """Bring this process's index up to date in a transaction that locks nothing; one small query when it already is."""
    with house.db.begin() as session:
        desk_of(house).current(session)


def find_matches(
    desk: MatchDesk, session: Session, profile: Profile, now: datetime,
    *, limit: int | None = None, asked_by: AskedBy | None = None,
) -> Matches:  # fmt: skip
    """Match, explain the first `limit` places (all by default) and, with `asked_by`, keep a record of it."""
    current = desk.current(session)
    answer = current.matcher.match(profile, now)
    entries = current.matcher.entries(answer, 0, limit)
    wanted = [*entries, *(entry for section in answer.sections for entry in section.entries)]
    rows = sheets(session, [entry.listing for entry in wanted])
    places = tuple(FoundPlace(entry, rows[entry.listing]) for entry in entries if entry.listing in rows)
    beside = tuple(
        (section.heading, tuple(FoundPlace(e, rows[e.listing]) for e in section.entries if e.listing in rows))
        for section in answer.sections
    )
    matches = Matches(answer, places, beside, desk.version, _record(desk, current, answer, now))
    if asked_by is not None:
        keep(session, matches, asked_by, shown=len(places))
    return matches


def keep(session: Session, matches: Matches, asked_by: AskedBy, *, shown: int) -> MatchRecord:
    """Keep the match, of which the first `shown` places were put before whoever asked (0: nobody has looked yet)."""
    record = matches.record
    record.contact_id, record.counselor_id, record.shown = asked_by.contact_id, asked_by.counselor_id, shown
    session.add(record)
    session.flush()
    return record


def inputs_digest(desk: MatchDesk, current: Current, answer: MatchAnswer) -> str:
    """64 hexadecimal characters over everything that decided the order: need, rules, codes and miles of each place."""
    digest = hashlib.sha256()
    profile = {k: v for k, v in answer.situation.profile.as_json().items() if k != "id"}
    digest.update(json.dumps([desk.version, profile, str(answer.outcome)], sort_keys=True).encode())
    if answer.ranked is not None:
        index, ranked = current.matcher.index, answer.ranked.in_order()
        for column in (index.facilities, index.words, index.operators):
            digest.update(column[ranked.rows].tobytes())
        digest.update(ranked.miles.round(6).tobytes() + ranked.scores.tobytes())
    return digest.hexdigest()


def listing_order(current: Current, answer: MatchAnswer) -> list[int]:
    """The listing ids of the whole list, best first."""
    if answer.ranked is None:
        return []
    return [int(id_) for id_ in current.matcher.index.listings[answer.ranked.in_order().rows]]


def _record(desk: MatchDesk, current: Current, answer: MatchAnswer, now: datetime) -> MatchRecord:
    return MatchRecord(
        at=now,
        need=answer.situation.profile.as_json(),
        outcome=str(answer.outcome),
        radius=answer.radius,
        version=desk.version,
        generation=current.generation,
        live_version=current.live_version,
        digest=inputs_digest(desk, current, answer),
        listing_order=listing_order(current, answer),
        shown=0,
    )


def match_all(house: House, profiles: Iterable[Profile], now: datetime, limit: int | None = None) -> Iterator[Matches]:
    """Answers one by one, for commands; nothing is kept of them."""
    desk = desk_of(house)
    with house.db.begin() as session:
        ensure_zip_codes(session)
        for profile in profiles:
            yield find_matches(desk, session, profile, now, limit=limit)


def read_profiles(house: House, given: Iterable[tuple[str, Any]]) -> ReadProfiles:
    """Decoded JSON objects, each with the words that say where it stands, as profiles."""
    read = ReadProfiles([], [], [])
    for where, data in given:
        profile = read_profile(data, desk_of(house).catalog)
        if isinstance(profile, Profile):
            read.profiles.append(profile)
            read.warnings.extend(
                f"{where}{name} is no field of a profile and was left out." for name in unknown_fields(data)
            )
        else:
            read.problems.extend(where + sentence for sentence in profile)
    return read


def desk_of(house: House) -> MatchDesk:
    """The house's match; a composition root that forgot it is a bug."""
    if house.match_desk is None:
        raise RuntimeError("this house was composed without a match desk")
    return house.match_desk
