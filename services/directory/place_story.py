"""The history of one facility, newest first: what lists changed, what people said, found and put right."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models import facility_history as history
from models.directory import DirectoryImport, Listing, ListingHistory, listings_of
from models.facility_pairs import SAME, pairs_about, together
from models.live_facts import BedReport, DoNotRefer, FacilityFix
from models.reading import names_of
from services.directory.desk_lists import pair_names

LONGEST = 60
Word = TypeVar("Word", FacilityFix, DoNotRefer, BedReport)
COMPARED = ("name1", "name2", "street1", "street2", "city", "state", "zip5", "phone", "website", "codes")


@dataclass(frozen=True)
class PlaceEvent:
    """Something that happened to what we say of a facility; the web has a sentence for each `kind`."""

    at: datetime
    kind: str
    by: str = ""
    field: str = ""
    data: Mapping[str, Any] = default(default_factory=dict)


def story(session: Session, facility_id: int) -> tuple[PlaceEvent, ...]:
    """The newest events of a facility."""
    listed = listings_of(session, [facility_id])
    whole = together(session, facility_id)
    past = history.past_listings(session, whole)
    imports = history.imports_by_id(
        session, [*(row.import_id for row in listed), *(row.import_id for row in past if row.import_id)]
    )
    events = [*_listed(listed, past, imports), *_said(session, whole), *_joined(session, facility_id, whole)]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:LONGEST])


def _listed(
    listed: Sequence[Listing], past: Sequence[ListingHistory], imports: Mapping[int, DirectoryImport]
) -> Iterator[PlaceEvent]:
    """What each list said when: brought in, changed from one edition to the next, no longer listed."""
    later: dict[int, Mapping[str, Any]] = {
        row.id: {name: str(getattr(row, name)) for name in COMPARED} for row in listed
    }
    changed_by = {row.listing_id for row in past if row.import_id is not None}
    for row in listed:
        if row.id not in changed_by and row.import_id in imports:
            source = imports[row.import_id]
            yield PlaceEvent(source.at, "listed", data={"source": source.source})
    for then in past:  # newest first
        if then.import_id is None:  # it only moved, which is told as such
            later[then.listing_id] = then.image
            continue
        source = imports[then.import_id]
        after = later.get(then.listing_id)
        if after is None:
            yield PlaceEvent(source.at, "unlisted", data={"source": source.source})
        else:
            for name in COMPARED:
                old, new = str(then.image.get(name, "")), str(after.get(name, ""))
                if old != new:
                    yield PlaceEvent(source.at, "relisted", field=name, data={"old": old, "new": new})
        later[then.listing_id] = then.image


def _joined(session: Session, facility_id: int, whole: Sequence[int]) -> Iterator[PlaceEvent]:
    """That it was found to be another place too, or not to be one."""
    pairs = [p for p in pairs_about(session, whole) if p.verdict == SAME or facility_id in {p.facility_id, p.other_id}]
    names = pair_names(session, pairs)
    by = names_of(session, [pair.decided_by for pair in pairs if pair.decided_by is not None])
    for pair in pairs:
        before, after = names[pair.id]
        kind = "joined" if pair.verdict == SAME else "told_apart"
        data = {"before": before, "after": after, "reason": pair.reason}
        if pair.decided_at is not None:
            yield PlaceEvent(pair.decided_at, kind, by.get(pair.decided_by, "") if pair.decided_by else "", data=data)


def _said(session: Session, whole: Sequence[int]) -> Iterator[PlaceEvent]:
    fixes, holds = _once(history.all_fixes(session, whole)), _once(history.all_holds(session, whole))
    beds, checks = _once(history.all_beds(session, whole)), history.all_checks(session, whole)
    people = [*(f.by for f in fixes), *(h.approver for h in holds), *(b.by for b in beds), *(c.done_by for c in checks)]
    names = names_of(session, [id_ for id_ in people if id_ is not None])

    def name(person_id: uuid.UUID | None) -> str:
        return names.get(person_id, "") if person_id is not None else ""

    for fix in fixes:
        data = {"value": fix.value, "reason": fix.reason}
        kind = fix.field if fix.field == "tip" else "fixed"
        yield PlaceEvent(fix.at, kind if fix.until is None else f"{kind}_then", name(fix.by), fix.field, data)
    for hold in holds:
        data = {"reason": hold.reason, "review": hold.review_on.isoformat()}
        yield PlaceEvent(hold.at, "held" if hold.until is None else "held_then", name(hold.approver), data=data)
    for bed in beds:
        told: dict[str, Any] = {"open": bed.open, "level": bed.level.value, "how": bed.how}
        yield PlaceEvent(bed.at, "beds", name(bed.by), data=told)
    for check in checks:
        if check.done_at is not None:
            kind = "checked_same" if check.verified else "checked_other"
            yield PlaceEvent(check.done_at, kind, name(check.done_by), data={"why": check.why})


def _once(rows: Sequence[Word]) -> Sequence[Word]:
    """Each word once: one that moved with its place was ended there and said again here."""
    found: dict[object, Word] = {}
    for row in sorted(rows, key=lambda row: row.until is not None):
        found.setdefault((row.at, getattr(row, "field", ""), getattr(row, "level", "")), row)
    return list(found.values())
