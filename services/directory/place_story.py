"""The history of one facility, newest first: what lists changed, what people said, found and put right."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import facility_history as history
from models.directory import DirectoryImport, Listing, ListingHistory, listings_of
from models.reading import names_of

LONGEST = 60
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
    past = history.past_listings(session, facility_id)
    imports = history.imports_by_id(session, [*(row.import_id for row in listed), *(row.import_id for row in past)])
    events = [*_listed(listed, past, imports), *_said(session, facility_id)]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:LONGEST])


def _listed(
    listed: Sequence[Listing], past: Sequence[ListingHistory], imports: Mapping[int, DirectoryImport]
) -> Iterator[PlaceEvent]:
    """What each list said when: brought in, changed from one edition to the next, no longer listed."""
    later: dict[int, Mapping[str, Any]] = {
        row.id: {name: str(getattr(row, name)) for name in COMPARED} for row in listed
    }
    changed_by = {row.listing_id for row in past}
    for row in listed:
        if row.id not in changed_by and row.import_id in imports:
            source = imports[row.import_id]
            yield PlaceEvent(source.at, "listed", data={"source": source.source})
    for then in past:  # newest first
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


def _said(session: Session, facility_id: int) -> Iterator[PlaceEvent]:
    fixes, holds = history.all_fixes(session, facility_id), history.all_holds(session, facility_id)
    beds, checks = history.all_beds(session, facility_id), history.all_checks(session, facility_id)
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
