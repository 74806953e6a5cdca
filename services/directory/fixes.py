"""An admin's word about a facility: it wins over every file until it is taken back, and is shown as such."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy.orm import Session

from models.directory import Facility, state_exists, zip_code
from models.live_facts import FacilityFix, standing_fix, standing_fixes
from models.versions import next_live_version
from routing import phone
from routing.codes import bits_of
from routing.identity import operator_digits, zip5
from routing.match_index import Columns, state_number
from services import audit
from services.directory.refused import Refused
from services.directory.rows import clean, is_unsafe

# Fields of a listing that may be put right, and facts that no file has
REPLACING = frozenset({"name1", "name2", "street1", "street2", "city", "state", "zip5", "phone", "website"})
ADDED = frozenset({"admissions_phone", "admissions_hours", "tip"})
CODES_ADDED, CODES_REMOVED = "codes_added", "codes_removed"
FIELDS = REPLACING | ADDED | {CODES_ADDED, CODES_REMOVED}
INDEXED = (CODES_ADDED, CODES_REMOVED, "phone", "zip5", "state")  # what of them the match looks at
NEVER_BLANK = frozenset({"name1", "city", "zip5", "state", *ADDED})
MAX_VALUE = 500
TIP_REASON = "tip"  # a tip is its own reason
_CODES = re.compile(r"[A-Z0-9]{1,8}(?: [A-Z0-9]{1,8})*\Z")
Fixes = dict[int, dict[str, str]]  # facility -> field -> value
if TYPE_CHECKING:
    from services.house import House  # which holds the match, which reads the fixes


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
        version = next_live_version(session, facility_id)
        _end(session, facility_id, field, version)
        session.add(
            FacilityFix(
                id=uuid.uuid4(), facility_id=facility_id, field=field, value=value, reason=reason.strip(),
                by=actor_id, at=now, since=version,
            )
        )  # fmt: skip
        audit.write(session, "facility_fixed", actor_id, now, facility_id=facility_id, field=field)
    return None


def take_fix_back(
    house: "House", facility_id: int, field: str, now: datetime, actor_id: uuid.UUID | None
) -> Refused | None:
    """Believe the files again about one field."""
    with house.db.begin() as session:
        version = next_live_version(session, facility_id)
        if not _end(session, facility_id, field, version):
            session.rollback()
            return Refused.NOT_CHANGED
        audit.write(session, "facility_fix_ended", actor_id, now, facility_id=facility_id, field=field)
    return None


def fixes_by_facility(session: Session, facilities: Sequence[int] | None = None, version: int | None = None) -> Fixes:
    """Field -> value of each of these facilities (None: of all) that has any, now or at a past live version."""
    found: Fixes = {}
    for fix in standing_fixes(session, facilities, version):
        found.setdefault(fix.facility_id, {})[fix.field] = fix.value
    return found


def indexed_fixes(session: Session, facilities: Sequence[int] | None = None, version: int | None = None) -> Fixes:
    """Those of them that concern the match index; a tip or a name does not."""
    every = fixes_by_facility(session, facilities, version)
    concerned = {id_: {field: fix[field] for field in INDEXED if field in fix} for id_, fix in every.items()}
    return {id_: fix for id_, fix in concerned.items() if fix}


def put_right(columns: Columns, fixes: Fixes) -> None:
    """Change in the columns of the match index what admins have put right."""
    for row in np.isin(columns.facilities, list(fixes)).nonzero()[0].tolist():
        facility = int(columns.facilities[row])
        fix = fixes[facility]
        word = int(columns.words[row]) | bits_of(fix.get(CODES_ADDED, "").split())
        columns.words[row] = word & ~bits_of(fix.get(CODES_REMOVED, "").split())
        if "phone" in fix:
            columns.operators[row] = operator_digits(fix["phone"]) or -facility
        if "zip5" in fix:
            columns.zips[row] = int(fix["zip5"])
        if "state" in fix:
            columns.states[row] = state_number(fix["state"])


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


def _end(session: Session, facility_id: int, field: str, version: int) -> bool:
    standing = standing_fix(session, facility_id, field)
    if standing is not None:
        standing.until = version
        session.flush()
    return standing is not None
