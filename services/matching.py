"""Finds facilities for a person, explains and keeps what was found, and finds the same again on demand."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.directory import Listing, listings_by_id
from models.matches import MatchRecord
from routing.match_phrases import Phrase, PhraseTable, render
from routing.match_profile import Profile
from routing.matching import Entry, MatchAnswer
from services.match_desk import Current, MatchDesk

MILES_DIGITS = 2
SCORE_DIGITS = 3


@dataclass(frozen=True)
class FoundPlace:
    """One place of the list with its directory row; `reasons` and `open_points` by language."""

    entry: Entry
    listing: Listing

    def as_json(self, phrases: PhraseTable, language: str) -> dict[str, Any]:
        """The place as MATCHING.md R16 prints it."""
        row, entry = self.listing, self.entry
        return {
            "facility_id": entry.facility,
            "listing_id": entry.listing,
            "name": row.name1,
            "name2": row.name2,
            "street": ", ".join(part for part in (row.street1, row.street2) if part),
            "city": row.city,
            "state": row.state,
            "zip": row.zip5,
            "phone": row.phone,
            "miles": round(entry.miles, MILES_DIGITS),
            "score": round(entry.score, SCORE_DIGITS),
            "reasons": [render(phrase, phrases, language) for phrase in entry.reasons],
            "open_points": [render(phrase, phrases, language) for phrase in entry.open_points],
            "as_of": row.seen.as_of.isoformat(),
            "source": badge(row),
        }


@dataclass(frozen=True)
class Matches:
    """The answer to one need: the pure answer, the places that were looked up, and the stored record's id."""

    answer: MatchAnswer
    places: tuple[FoundPlace, ...]
    beside: tuple[tuple[Phrase, tuple[FoundPlace, ...]], ...]
    version: str
    record_id: int | None = None

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
class AskedBy:
    """Who wanted the match; both None for a command."""

    contact_id: uuid.UUID | None = None
    counselor_id: uuid.UUID | None = None


def badge(listing: Listing) -> str:
    """Where a listing comes from and when we read it; never "verified" (DOMAIN.md section 3)."""
    seen = listing.seen
    edition = f" {seen.edition}" if seen.edition and seen.edition not in seen.source else ""
    return f"{seen.source}{edition}, read {seen.at.date().isoformat()}"


def find_matches(
    desk: MatchDesk, session: Session, profile: Profile, now: datetime,
    *, limit: int | None = None, asked_by: AskedBy | None = None,
) -> Matches:  # fmt: skip
    """Match, explain the first `limit` places (all by default) and, with `asked_by`, keep a record of it."""
    current = desk.current(session)
    answer = current.matcher.match(profile, now)
    entries = current.matcher.entries(answer, 0, limit)
    record_id = _keep(desk, session, current, answer, len(entries), now, asked_by) if asked_by is not None else None
    wanted = [*entries, *(entry for section in answer.sections for entry in section.entries)]
    rows = listings_by_id(session, [entry.listing for entry in wanted])
    places = tuple(FoundPlace(entry, rows[entry.listing]) for entry in entries if entry.listing in rows)
    beside = tuple(
        (section.heading, tuple(FoundPlace(e, rows[e.listing]) for e in section.entries if e.listing in rows))
        for section in answer.sections
    )
    return Matches(answer, places, beside, desk.version, record_id)


def inputs_digest(desk: MatchDesk, current: Current, answer: MatchAnswer) -> str:
    """64 hexadecimal characters over everything that decided the order: need, rules, codes and miles of each place."""
    digest = hashlib.sha256()
    profile = {k: v for k, v in answer.situation.profile.as_json().items() if k != "id"}
    digest.update(json.dumps([desk.version, profile, str(answer.outcome)], sort_keys=True).encode())
    if answer.ranked is not None:
        index = current.matcher.index
        for column in (index.facilities, index.words, index.operators):
            digest.update(column[answer.ranked.rows].tobytes())
        digest.update(answer.ranked.miles.round(6).tobytes() + answer.ranked.scores.tobytes())
    return digest.hexdigest()


def _keep(
    desk: MatchDesk, session: Session, current: Current, answer: MatchAnswer, shown: int,
    now: datetime, asked_by: AskedBy,
) -> int:  # fmt: skip
    ranked = answer.ranked
    order = current.matcher.index.listings[ranked.rows].tolist() if ranked is not None else []
    record = MatchRecord(
        at=now,
        contact_id=asked_by.contact_id,
        counselor_id=asked_by.counselor_id,
        need=answer.situation.profile.as_json(),
        outcome=str(answer.outcome),
        radius=answer.radius,
        version=desk.version,
        generation=current.generation,
        live_version=current.live_version,
        digest=inputs_digest(desk, current, answer),
        listing_order=order,
        shown=shown,
    )
    session.add(record)
    session.flush()
    return record.id
