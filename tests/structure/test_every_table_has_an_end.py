"""Every table goes by a period, goes in some other way, or says why it stays: whoever adds one is asked."""

import models.tables  # noqa: F401  (every table registers itself)
from config.retention import KINDS
from models.base import Base

# By the periods of config/content/retention.toml: as whole rows, or emptied of words, sounds and numbers.
BY_PERIOD = {
    **dict.fromkeys(("contact", "leg", "text_message", "match_record", "filled_form"), "words"),
    **{"voicemail": "voicemail_sound", "caller": "identity", "care_plan": "identity"},
    **{"sign_in": "sign_ins", "receipt": "receipts", "block": "blocks"},
    **{"test_call": "test_calls", "setting_edit": "settings", "audit_event": "audit"},
}
# Sweeps of their own, which need no period that a helpline would choose.
GOES_BY_ITSELF = {
    "outbox": "ids only; an hour after it was published",
    "provider_copy": "as soon as the provider says that the copy is gone",
    "passkey_challenge": "with its answer, or a few minutes after it was asked",
    "shift_reminder": "when the shift is over",
    "coverage_gap": "when the gap is over",
    "directory_upload": "its file within a day; the row says who imported what",
}
STAYS = {
    "timeline without words or numbers, from which the reports are made again": {
        *("contact_event", "follow_up", "referral", "referral_ask", "referral_link", "match_choice"),
    },
    "evidence that the law asks for: consent, disclosure, STOP and START, legal holds": {
        *("consent_event", "disclosure_consent", "disclosure", "legal_hold"),
    },
    "the house's own people, for as long as they work here and as what they did is told by name": {
        *("counselor", "shift", "shift_change", "second_factor", "recovery_code", "password_link", "passkey"),
        *("sign_in_tries",),
    },
    "keys of machines and phones of places: of no person who called; taken off by page or command": {
        *("api_key", "bed_contact", "dispatch_centre"),
    },
    "what is known of places and of their lists; who said it is a colleague": {
        *("facility", "facility_alias", "facility_check", "facility_fix", "facility_likeness", "facility_pair"),
        *("facility_report", "do_not_refer", "bed_report", "bed_round", "listing", "listing_history"),
        *("directory_import", "directory_state", "refused_row", "zip_code"),
    },
    "words and plans of the line with their versions, of which no one is about a person": {
        *("phrase_edit", "plan_edit", "form_version", "words_state"),
    },
    "one row each, or a count, that says how things stand now": {
        *("line_state", "live_state", "live_change", "look_back", "call_budget", "text_budget", "alarm"),
    },
}


def test_every_table_has_a_period_or_a_written_reason() -> None:
    answers = [*BY_PERIOD, *GOES_BY_ITSELF, *(table for tables in STAYS.values() for table in tables)]
    assert sorted(answers) == sorted(Base.metadata.tables)
    assert set(BY_PERIOD.values()) | {"staff_texts"} == set(KINDS)
