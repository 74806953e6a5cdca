"""An admin's word about a facility: it wins over every file until it is taken back, and is shown as such."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models.directory import Facility, next_generation, state_exists, zip_code
from models.live_facts import FacilityFix, fixes_of, standing_fix
from routing import phone
from routing.codes import bits_of
from routing.identity import operator_digits, zip5
from services import audit
from services.directory.refused import Refused
from services.directory.rows import clean, is_unsafe

# Fields of a listing that may be put right, and facts that no file has
REPLACING = frozenset({"name1", "name2", "street1", "street2", "city", "state", "zip5", "phone", "website"})
ADDED = frozenset({"admissions_phone", "admissions_hours", "tip"})
CODES_ADDED, CODES_REMOVED = "codes_added", "codes_removed"
FIELDS = REPLACING | ADDED | {CODES_ADDED, CODES_REMOVED}
NEVER_BLANK = frozenset({"name1", "city", "zip5", "state", *ADDED})
MAX_VALUE = 500
TIP_REASON = "tip"  # a tip is its own reason
_CODES = re.compile(r"[A-Z0-9]{1,8}(?: [A-Z0-9]{1,8})*\Z")
if TYPE_CHECKING:
    from services.house import House  # which holds the match, which reads the fixes
IndexRow = tuple[int, int, int, int, int, str]


def fix_facility(
    house: "House", facility_id: int, field: str, value: str, reason: str, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """Put one field right for as long as nobody takes it back."""
    value = clean(value)
    problem = _problem(field, value, reason, frozenset(house.service_codes.by_code))
    if problem:
        return problem
    with house.db.begin() as session:
        if session.get(Facility, facility_id) is None:
            return Refused.UNKNOWN_FACILITY
        if problem := _unknown_place(session, field, value):
            return problem
        generation = next_generation(session)
        _end(session, facility_id, field, generation)
        session.add(
            FacilityFix(
                id=uuid.uuid4(), facility_id=facility_id, field=field, value=value, reason=reason.strip(),
                by=actor_id, at=now, since=generation,
            )
        )  # fmt: skip
        audit.write(session, "facility_fixed", actor_id, now, facility_id=facility_id, field=field)
    return None


def take_fix_back(
    house: "House", facility_id: int, field: str, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """Believe the files again about one field."""
    with house.db.begin() as session:
        generation = next_generation(session)
        if not _end(session, facility_id, field, generation):
            session.rollback()
            return Refused.NOT_CHANGED
        audit.write(session, "facility_fix_ended", actor_id, now, facility_id=facility_id, field=field)
    return None


def fixes_by_facility(session: Session, facility_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Field -> value for each facility that has any."""
    found: dict[int, dict[str, str]] = {}
    for fix in fixes_of(session, facility_ids):
        found.setdefault(fix.facility_id, {})[fix.field] = fix.value
    return found


def fixed_row(row: IndexRow, fixes: Mapping[str, str]) -> IndexRow:
    """A row of the match index with what concerns the match put right."""
    listing, facility, word, zip_number, operator, state = row
    word |= bits_of(fixes.get(CODES_ADDED, "").split())
    word &= ~bits_of(fixes.get(CODES_REMOVED, "").split())
    if "phone" in fixes:
        operator = operator_digits(fixes["phone"])
    return listing, facility, word, int(fixes.get("zip5", zip_number)), operator, fixes.get("state", state)


def _unknown_place(session: Session, field: str, value: str) -> Refused | None:
    """A ZIP code or state that does not exist would take the facility out of every match."""
    if field == "zip5" and zip_code(session, value) is None:
        return Refused.ZIP
    if field == "state" and not state_exists(session, value):
        return Refused.STATE
    return None


def _problem(field: str, value: str, reason: str, known_codes: frozenset[str]) -> Refused | None:
    if field not in FIELDS:
        return Refused.FIELD
    if not reason.strip():
        return Refused.REASON
    if len(value) > MAX_VALUE or len(reason) > MAX_VALUE:
        return Refused.TOO_LONG
    wrong = {
        Refused.BLANK: field in NEVER_BLANK and not value,
        Refused.ZIP: field == "zip5" and zip5(value) != value,
        Refused.UNSAFE: field in REPLACING - {"phone"} and is_unsafe(value),
        Refused.CODES: (field == CODES_ADDED and not (value and known_codes.issuperset(value.split())))
        or (field == CODES_REMOVED and _CODES.match(value) is None),
        Refused.NUMBER: field in {"phone", "admissions_phone"} and bool(value) and phone.e164(value) is None,
        Refused.WEBSITE: field == "website" and bool(value) and not value.startswith(("http://", "https://")),
    }
    return next((refused for refused, is_so in wrong.items() if is_so), None)


def _end(session: Session, facility_id: int, field: str, generation: int) -> bool:
    standing = standing_fix(session, facility_id, field)
    if standing is not None:
        standing.until = generation
        session.flush()
    return standing is not None
