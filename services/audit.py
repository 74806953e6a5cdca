"""Who read or changed what: every kind of audit event with its exact keys. Values are ids, words and counts."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.people import AuditEvent

KINDS: dict[str, frozenset[str]] = {
    "signed_in": frozenset(),
    "sign_in_refused": frozenset({"reason"}),
    "signed_out": frozenset(),
    "counselor_added": frozenset({"counselor_id", "role"}),
    "password_set": frozenset({"counselor_id"}),
    "presence_set": frozenset({"presence"}),
    "presence_set_of": frozenset({"counselor_id", "presence"}),
    "roster_imported": frozenset({"added", "changed", "unchanged"}),
    "time_off_taken": frozenset({"counselor_id"}),
    "shift_offered": frozenset({"to"}),
    "shift_taken": frozenset({"change_id"}),
    "shift_declined": frozenset({"change_id"}),
    "shift_change_withdrawn": frozenset({"change_id"}),
    "shift_added": frozenset({"counselor_id", "shift"}),
    "shift_removed": frozenset({"counselor_id", "shift"}),
    "shift_moved": frozenset({"counselor_id", "shift", "to", "later_ones"}),
    "reminder_set": frozenset({"minutes"}),
    "directory_imported": frozenset({"import_id", "read", "added", "changed", "unchanged", "retired", "refused"}),
    "facility_fixed": frozenset({"facility_id", "field"}),
    "facility_fix_ended": frozenset({"facility_id", "field"}),
    "facility_held_back": frozenset({"facility_id"}),
    "facility_released": frozenset({"facility_id"}),
    "facility_reported": frozenset({"facility_id", "report"}),
    "report_confirmed": frozenset({"facility_id", "report"}),
    "report_ended": frozenset({"facility_id", "report"}),
    "place_chosen": frozenset({"contact_id", "listing_id"}),
    "facilities_joined": frozenset({"facility_id", "other_id"}),
    "facilities_parted": frozenset({"facility_id", "other_id"}),
    "facilities_told_apart": frozenset({"facility_id", "other_id"}),
    "facility_pair_reopened": frozenset({"facility_id", "other_id"}),
    "facility_checked": frozenset({"facility_id", "verified"}),
    "bed_phone_registered": frozenset({"facility_id"}),
    "bed_phone_removed": frozenset({"facility_id"}),
    "beds_told": frozenset({"facility_id", "level"}),
    "directory_import_undone": frozenset({"import_id"}),
    "directory_exported": frozenset({"places", "services"}),
    "api_key_added": frozenset({"name"}),
    "api_key_revoked": frozenset({"name"}),
    "contact_opened": frozenset({"contact_id"}),
    "number_revealed": frozenset({"contact_id"}),
    "notes_written": frozenset({"contact_id"}),
    "form_begun": frozenset({"contact_id"}),
    "form_defined": frozenset({"version"}),
    "phrase_changed": frozenset({"key", "version"}),
    "phrase_as_shipped": frozenset({"key", "version"}),
    "plan_changed": frozenset({"plan", "version"}),
    "plan_as_shipped": frozenset({"plan", "version"}),
    "voicemail_heard": frozenset({"voicemail_id"}),
    "safe_contact_written": frozenset({"contact_id"}),
    "dispatch_centre_added": frozenset({"centre_id"}),
    "dispatch_centre_removed": frozenset({"centre_id"}),
    "call_supervised": frozenset({"contact_id", "part"}),
    "call_taken": frozenset({"contact_id"}),
    "call_reassigned": frozenset({"contact_id", "counselor_id"}),
    "called_out": frozenset({"contact_id"}),
    "care_plan_written": frozenset({"contact_id"}),
    "number_blocked": frozenset({"block_id", "reason", "days"}),
    "number_unblocked": frozenset({"block_id"}),
    "failure_tried_again": frozenset({"failure", "id"}),
    "failure_let_go": frozenset({"failure", "id", "reason"}),
    "password_link_made": frozenset({"counselor_id"}),
    "role_changed": frozenset({"counselor_id", "role"}),
    "counselor_deactivated": frozenset({"counselor_id"}),
    "counselor_reactivated": frozenset({"counselor_id"}),
    "sessions_ended": frozenset({"counselor_id"}),
    "hold_placed": frozenset({"hold_id", "caller_id"}),
    "hold_ended": frozenset({"hold_id", "caller_id"}),
    "person_exported": frozenset({"caller_id"}),
    "person_forgotten": frozenset({"caller_id"}),
    "retention_applied": frozenset({"record", "count"}),
    "provider_copies_removed": frozenset({"count"}),
    "second_factor_set": frozenset(),
    "second_factor_reset": frozenset({"counselor_id"}),
    "recovery_codes_made": frozenset(),
    "recovery_code_used": frozenset({"left"}),
    "consent_prepared": frozenset({"contact_id", "consent_id"}),
    "consent_revoked": frozenset({"contact_id", "consent_id"}),
    "record_read": frozenset({"contact_id"}),
    "disclosures_read": frozenset(),
    "emergency_told": frozenset({"contact_id", "disclosure_id"}),
    "audit_read": frozenset({"who", "what", "contact_id"}),
    "audit_exported": frozenset({"who", "what", "contact_id"}),
}


def write(session: Session, kind: str, actor_id: uuid.UUID | None, now: datetime, **data: Any) -> None:
    """Note that `actor_id` (None: the system or a command) did something. An undeclared kind or key is a bug."""
    if KINDS[kind] != set(data):
        raise ValueError(f"audit event {kind} wants exactly {sorted(KINDS[kind])}, got {sorted(data)}")
    plain = {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in data.items()}
    session.add(AuditEvent(at=now, actor_id=actor_id, kind=kind, data=plain))
