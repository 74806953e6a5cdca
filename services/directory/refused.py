"""Why a change to what is known of a facility was refused; the web says each in words, in the reader's language."""

from enum import StrEnum


class Refused(StrEnum):
    """An expected refusal: nothing was changed."""

    UNKNOWN_FACILITY = "unknown_facility"
    BED_COUNT = "bed_count"
    MORE_OPEN_THAN_BEDS = "more_open_than_beds"
    NUMBER = "number"
    NUMBER_OF_OURS = "number_of_ours"
    NUMBER_TAKEN = "number_taken"
    LEVELS = "levels"
    HOURS = "hours"
    UNKNOWN_PHONE = "unknown_phone"
    REASON = "reason"
    TOO_LONG = "too_long"
    FIELD = "field"
    BLANK = "blank"
    ZIP = "zip"
    STATE = "state"
    CODES = "codes"
    WEBSITE = "website"
    UNSAFE = "unsafe"
    NOT_CHANGED = "not_changed"
    REVIEW_DAY = "review_day"
    HELD_ALREADY = "held_already"
    NOT_HELD = "not_held"
    REPORT_OVER = "report_over"
    PAYER = "payer"
    UNKNOWN_CONTACT = "unknown_contact"
